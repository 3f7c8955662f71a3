-- When the log was verified and what came of it, and the alarms that followed. These tables are written without the log,
-- so that an alarm stands also where the log itself can't be written to.

-- What is wrong with the log. `once` says which fault it is, and holds it to one alarm until the log is sound again;
-- `recorded_seq` is the entry that tells of the alarm; `settled_at` is when an admin and an auditor had acknowledged it.
CREATE TABLE alarms (
    id TEXT NOT NULL PRIMARY KEY,
    once TEXT NOT NULL UNIQUE,
    raised_at TEXT NOT NULL,
    place TEXT NOT NULL,
    seq INTEGER,
    fault TEXT NOT NULL,
    recorded_seq INTEGER,
    settled_at TEXT
) STRICT;

CREATE INDEX alarms_open ON alarms (settled_at);

CREATE TABLE alarm_acknowledgements (
    alarm_id TEXT NOT NULL REFERENCES alarms (id),
    role TEXT NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    because TEXT NOT NULL,
    acknowledged_at TEXT NOT NULL,
    PRIMARY KEY (alarm_id, role),
    UNIQUE (alarm_id, staff_id)
) STRICT;

-- `slot` is taken by one node alone: of scheduled verifications it names the one before. `ended_at` is empty while one is
-- under way, or where its node died.
CREATE TABLE verifications (
    id TEXT NOT NULL PRIMARY KEY,
    slot TEXT NOT NULL UNIQUE,
    by_actor TEXT NOT NULL,
    is_scheduled INTEGER NOT NULL,
    begun_at TEXT NOT NULL,
    ended_at TEXT,
    size INTEGER NOT NULL,
    is_sound INTEGER,
    root TEXT,
    checkpoints INTEGER,
    signed_size INTEGER,
    erased INTEGER,
    fault TEXT,
    alarm_id TEXT REFERENCES alarms (id)
) STRICT;

CREATE INDEX verifications_by_ended_at ON verifications (ended_at);
CREATE INDEX verifications_by_begun_at ON verifications (is_scheduled, begun_at);
