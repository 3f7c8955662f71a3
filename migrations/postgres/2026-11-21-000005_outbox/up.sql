-- Mails to staff: written in the act they tell of, sent after its commit. What a mail says is made when it is sent;
-- here stand only its kind, its case and whom it goes to.

CREATE TABLE outbox (
    id uuid NOT NULL PRIMARY KEY,
    to_staff uuid NOT NULL REFERENCES staff (id),
    kind text COLLATE "C" NOT NULL,
    reference text COLLATE "C",
    once text COLLATE "C" NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    not_before timestamptz NOT NULL,
    attempts integer NOT NULL,
    last_error text COLLATE "C",
    sent_at timestamptz,
    failed_at timestamptz,
    dropped_at timestamptz
);

CREATE INDEX outbox_waiting ON outbox (not_before) WHERE sent_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at);
CREATE INDEX outbox_failed ON outbox (failed_at);
