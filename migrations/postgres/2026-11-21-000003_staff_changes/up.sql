-- What admins do with the staff, and what needs a second one of them.
-- The password was made by somebody else: its owner chooses another before anything else.
ALTER TABLE staff ADD COLUMN must_change_password boolean NOT NULL DEFAULT false;
-- When an admin last made this person's password.
ALTER TABLE staff ADD COLUMN password_made_at timestamptz;
ALTER TABLE staff ADD COLUMN signed_in_at timestamptz;
-- When this person last ceased to be an active admin.
ALTER TABLE staff ADD COLUMN admin_until timestamptz;
ALTER TABLE api_tokens ADD COLUMN expires_at timestamptz;

-- Changes that one admin asked for and another answers. `half` is the first half of a password, sealed.
CREATE TABLE staff_requests (
    id uuid NOT NULL PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff (id),
    change text COLLATE "C" NOT NULL,
    roles text COLLATE "C" NOT NULL,
    asked_by uuid NOT NULL REFERENCES staff (id),
    asked_at timestamptz NOT NULL,
    half bytea,
    ended_at timestamptz,
    ended_by uuid REFERENCES staff (id),
    ended_as text COLLATE "C",
    CHECK (ended_as <> 'confirmed' OR (ended_by <> asked_by AND ended_by <> staff_id))
);

CREATE INDEX staff_requests_open ON staff_requests (ended_at, staff_id);

-- What the only admin did alone: shown on the approvals of that person from `since` to `until`.
CREATE TABLE staff_watches (
    id uuid NOT NULL PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff (id),
    cause text COLLATE "C" NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL
);

CREATE INDEX staff_watches_staff ON staff_watches (staff_id);
