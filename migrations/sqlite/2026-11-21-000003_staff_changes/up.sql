-- What admins do with the staff, and what needs a second one of them.
-- The password was made by somebody else: its owner chooses another before anything else.
ALTER TABLE staff ADD COLUMN must_change_password INTEGER NOT NULL DEFAULT 0;
-- When an admin last made this person's password.
ALTER TABLE staff ADD COLUMN password_made_at TEXT;
ALTER TABLE staff ADD COLUMN signed_in_at TEXT;
-- When this person last ceased to be an active admin.
ALTER TABLE staff ADD COLUMN admin_until TEXT;
ALTER TABLE api_tokens ADD COLUMN expires_at TEXT;

-- Changes that one admin asked for and another answers. `half` is the first half of a password, sealed.
CREATE TABLE staff_requests (
    id TEXT NOT NULL PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    change TEXT NOT NULL,
    roles TEXT NOT NULL,
    asked_by TEXT NOT NULL REFERENCES staff (id),
    asked_at TEXT NOT NULL,
    half BLOB,
    ended_at TEXT,
    ended_by TEXT REFERENCES staff (id),
    ended_as TEXT,
    CHECK (ended_as <> 'confirmed' OR (ended_by <> asked_by AND ended_by <> staff_id))
) STRICT;

CREATE INDEX staff_requests_open ON staff_requests (ended_at, staff_id);

-- What the only admin did alone: shown on the approvals of that person from `since` to `until`.
CREATE TABLE staff_watches (
    id TEXT NOT NULL PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    cause TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL
) STRICT;

CREATE INDEX staff_watches_staff ON staff_watches (staff_id);
