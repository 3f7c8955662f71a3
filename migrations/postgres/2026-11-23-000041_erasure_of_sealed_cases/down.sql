ALTER TABLE erasures DROP COLUMN sealed_case_id;
