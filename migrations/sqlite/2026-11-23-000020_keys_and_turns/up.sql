-- Which installation's key is in force, by its public id; empty until the next start writes it down.
ALTER TABLE log_head ADD COLUMN installation_key TEXT NOT NULL DEFAULT '';

-- Jobs that one node does for all: who has taken a turn, and until when nobody else does.
CREATE TABLE job_turns (
    job TEXT NOT NULL PRIMARY KEY,
    taken_at TEXT NOT NULL,
    next_at TEXT NOT NULL
) STRICT;
