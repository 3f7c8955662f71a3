DROP INDEX cases_closed_by_closed_at;
DROP INDEX erasure_items_by_case_id;
ALTER TABLE erasures DROP COLUMN sealed_case_id;
