DROP TABLE erased_documents;
DROP INDEX cases_by_officer_id;
DROP TABLE erased_cases;
DROP TABLE erasure_items;
DROP TABLE erasures;
DROP TABLE litigation_holds;
DROP TRIGGER log_personal_no_delete;
CREATE TRIGGER log_personal_no_delete BEFORE DELETE ON log_personal
WHEN NOT EXISTS (SELECT 1 FROM log_entry WHERE kind = 'payload.erased' AND seq = (SELECT size - 1 FROM log_head WHERE id = 1))
BEGIN SELECT RAISE(ABORT, 'A personal payload is erased only together with its payload.erased entry.'); END;
DROP TRIGGER scope_edits_no_delete;
CREATE TRIGGER scope_edits_no_delete BEFORE DELETE ON scope_edits BEGIN SELECT RAISE(ABORT, 'Who edited a scope is never rewritten.'); END;
DROP TRIGGER approvals_no_delete;
CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals BEGIN SELECT RAISE(ABORT, 'An approval is never rewritten.'); END;
