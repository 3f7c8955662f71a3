-- Which installation's key is in force, by its public id; empty until the next start writes it down.
ALTER TABLE log_head ADD COLUMN installation_key text COLLATE "C" NOT NULL DEFAULT '';

-- Jobs that one node does for all: who has taken a turn, and until when nobody else does.
CREATE TABLE job_turns (
    job text COLLATE "C" NOT NULL PRIMARY KEY,
    taken_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL
);
