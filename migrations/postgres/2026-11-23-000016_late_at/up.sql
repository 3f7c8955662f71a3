-- What lists sort by is the moment at which the next duty is late, and not its day: hours count. It is never null:
-- 9999-12-30 stands for a clock that is stopped, 9999-12-31 for none; a day alone is late when it is over.
ALTER TABLE cases ADD COLUMN late_at timestamptz NOT NULL DEFAULT '9999-12-31T00:00:00Z';
UPDATE cases SET late_at = CASE
    WHEN due_sort >= '9999-12-30' THEN due_sort::timestamp AT TIME ZONE 'UTC'
    ELSE coalesce(due_at, (due_sort + 1)::timestamp AT TIME ZONE 'UTC')
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
