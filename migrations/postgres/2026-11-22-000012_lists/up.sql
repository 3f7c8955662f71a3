-- Open cases in the order of the queue, with all that its lanes and the bar of every page count: counting reads the
-- index alone. What a person is named in is read from the few restricted cases themselves.
DROP INDEX cases_open_by_due_sort;
CREATE INDEX cases_open_by_due_sort ON cases
    (due_sort, id, team_id, compartment, assignee_id, is_emergency, wait_kind, awaits_approval, drafted_by, stage,
     returned_at)
    WHERE closed_at IS NULL;

-- What somebody has, without all they ever had.
DROP INDEX cases_by_assignee_id_due_on;
CREATE INDEX cases_open_by_assignee_id ON cases (assignee_id, due_sort, id) WHERE closed_at IS NULL;

-- Whether an agency has cases in a lane.
CREATE INDEX cases_by_agency_id_closed_at ON cases (agency_id, closed_at, team_id, compartment);

-- Whether a word stands in a case.
DROP INDEX search_words_by_case_id;
CREATE INDEX search_words_by_case_id ON search_words (case_id, word);

-- The size of the log after the last act that changed a case: what was counted over cases before is known as long.
ALTER TABLE registers ADD COLUMN cases_changed BIGINT NOT NULL DEFAULT 0;
