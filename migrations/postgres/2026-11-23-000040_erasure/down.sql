DROP TABLE erased_documents;
DROP INDEX cases_by_officer_id;
DROP TABLE erased_cases;
DROP TABLE erasure_items;
DROP TABLE erasures;
DROP TABLE litigation_holds;
CREATE OR REPLACE FUNCTION writ_personal_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM log_entry WHERE kind = 'payload.erased' AND seq = (SELECT size - 1 FROM log_head WHERE id = 1)) THEN
        RAISE EXCEPTION 'A personal payload is erased only together with its payload.erased entry.';
    END IF;
    RETURN OLD;
END $$;
DROP TRIGGER scope_edits_no_delete ON scope_edits;
CREATE TRIGGER scope_edits_no_delete BEFORE DELETE ON scope_edits FOR EACH ROW EXECUTE FUNCTION writ_never('Who edited a scope is never rewritten.');
DROP TRIGGER approvals_no_delete ON approvals;
CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals FOR EACH ROW EXECUTE FUNCTION writ_never('An approval is never rewritten.');
DROP FUNCTION writ_erased_delete();
