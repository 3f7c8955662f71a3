-- When the log was verified and what came of it, and the alarms that followed. These tables are written without the log,
-- so that an alarm stands also where the log itself can't be written to.

-- What is wrong with the log. `once` says which fault it is, and holds it to one alarm until the log is sound again;
-- `recorded_seq` is the entry that tells of the alarm; `settled_at` is when an admin and an auditor had acknowledged it.
CREATE TABLE alarms (
    id uuid NOT NULL PRIMARY KEY,
    once text COLLATE "C" NOT NULL UNIQUE,
    raised_at timestamptz NOT NULL,
    place text COLLATE "C" NOT NULL,
    seq bigint,
    fault text COLLATE "C" NOT NULL,
    recorded_seq bigint,
    settled_at timestamptz
);

CREATE INDEX alarms_open ON alarms (settled_at);

CREATE TABLE alarm_acknowledgements (
    alarm_id uuid NOT NULL REFERENCES alarms (id),
    role text COLLATE "C" NOT NULL,
    staff_id uuid NOT NULL REFERENCES staff (id),
    because text COLLATE "C" NOT NULL,
    acknowledged_at timestamptz NOT NULL,
    PRIMARY KEY (alarm_id, role),
    UNIQUE (alarm_id, staff_id)
);

-- `slot` is taken by one node alone: of scheduled verifications it names the one before. `ended_at` is empty while one is
-- under way, or where its node died.
CREATE TABLE verifications (
    id uuid NOT NULL PRIMARY KEY,
    slot text COLLATE "C" NOT NULL UNIQUE,
    by_actor text COLLATE "C" NOT NULL,
    is_scheduled boolean NOT NULL,
    begun_at timestamptz NOT NULL,
    ended_at timestamptz,
    size bigint NOT NULL,
    is_sound boolean,
    root text COLLATE "C",
    checkpoints bigint,
    signed_size bigint,
    erased bigint,
    fault text COLLATE "C",
    alarm_id uuid REFERENCES alarms (id)
);

CREATE INDEX verifications_by_ended_at ON verifications (ended_at);
CREATE INDEX verifications_by_begun_at ON verifications (is_scheduled, begun_at);
