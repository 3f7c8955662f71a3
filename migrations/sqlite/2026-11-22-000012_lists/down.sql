ALTER TABLE registers DROP COLUMN cases_changed;
DROP INDEX search_words_by_case_id;
CREATE INDEX search_words_by_case_id ON search_words (case_id, source);
DROP INDEX cases_by_agency_id_closed_at;
DROP INDEX cases_open_by_assignee_id;
CREATE INDEX cases_by_assignee_id_due_on ON cases (assignee_id, due_on);
DROP INDEX cases_open_by_due_sort;
CREATE INDEX cases_open_by_due_sort ON cases (due_sort, id) WHERE closed_at IS NULL;
