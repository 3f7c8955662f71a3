ALTER TABLE registers DROP COLUMN cases_changed;
DROP INDEX cases_by_agency_id_closed_at;
DROP INDEX cases_open_by_due_sort;
CREATE INDEX cases_open_by_due_sort ON cases (due_sort, id) WHERE closed_at IS NULL;
