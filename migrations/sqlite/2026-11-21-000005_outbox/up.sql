-- Mails to staff: written in the act they tell of, sent after its commit. What a mail says is made when it is sent;
-- here stand only its kind, its case and whom it goes to.

CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    to_staff TEXT NOT NULL REFERENCES staff (id),
    kind TEXT NOT NULL,
    reference TEXT,
    once TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    not_before TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    sent_at TEXT,
    failed_at TEXT,
    dropped_at TEXT
) STRICT;

CREATE INDEX outbox_waiting ON outbox (not_before) WHERE sent_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at);
CREATE INDEX outbox_failed ON outbox (failed_at);
