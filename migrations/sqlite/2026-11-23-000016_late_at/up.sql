-- What lists sort by is the moment at which the next duty is late, and not its day: hours count. It is never null:
-- 9999-12-30 stands for a clock that is stopped, 9999-12-31 for none; a day alone is late when it is over.
ALTER TABLE cases ADD COLUMN late_at TEXT NOT NULL DEFAULT '9999-12-31T00:00:00.000000Z';
UPDATE cases SET late_at = CASE
    WHEN due_sort >= '9999-12-30' THEN due_sort || 'T00:00:00.000000Z'
    ELSE coalesce(due_at, date(due_sort, '+1 day') || 'T00:00:00.000000Z')
END;

DROP INDEX cases_open_by_due_sort;
DROP INDEX cases_open_by_assignee_id;
ALTER TABLE cases DROP COLUMN due_at;
ALTER TABLE cases DROP COLUMN due_sort;
CREATE INDEX cases_open_by_late_at ON cases
    (late_at, id, team_id, compartment, assignee_id, is_emergency, wait_kind, awaits_approval, drafted_by, stage,
     returned_at)
    WHERE closed_at IS NULL;
CREATE INDEX cases_open_by_assignee_id ON cases (assignee_id, late_at, id) WHERE closed_at IS NULL;
