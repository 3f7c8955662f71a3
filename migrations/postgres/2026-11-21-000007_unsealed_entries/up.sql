-- Which entries a session has unsealed: the page shows the personal part for 15 minutes from then on.
CREATE TABLE unsealed_entries (
    session_hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    unsealed_at timestamptz NOT NULL,
    PRIMARY KEY (session_hash, seq)
);

-- What the auditor's list filters by; each ends in the number that the pages go on from.
CREATE INDEX log_entry_by_kind_seq ON log_entry (kind, seq);
CREATE INDEX log_entry_by_actor_seq ON log_entry (actor, seq);
CREATE INDEX log_entry_by_at_micros_seq ON log_entry (at_micros, seq);
