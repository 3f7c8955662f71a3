DROP INDEX cases_open_by_late_at;
DROP INDEX cases_open_by_assignee_id;
ALTER TABLE cases ADD COLUMN due_at TEXT;
ALTER TABLE cases ADD COLUMN due_sort TEXT NOT NULL DEFAULT '9999-12-31';
UPDATE cases SET due_at = late_at WHERE late_at < '9999-12-30';
UPDATE cases SET due_sort = CASE WHEN late_at >= '9999-12-30' THEN date(late_at) ELSE due_on END;
ALTER TABLE cases DROP COLUMN late_at;
CREATE INDEX cases_open_by_due_sort ON cases
    (due_sort, id, team_id, compartment, assignee_id, is_emergency, wait_kind, awaits_approval, drafted_by, stage,
     returned_at)
    WHERE closed_at IS NULL;
CREATE INDEX cases_open_by_assignee_id ON cases (assignee_id, due_sort, id) WHERE closed_at IS NULL;
