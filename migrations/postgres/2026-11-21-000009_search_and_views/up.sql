-- What lists mark and sort by, kept on the row: a decision beyond a verdict, a scope that lacks approvals, and a due
-- date that is never null.
-- 9999-12-30 stands for a clock that is stopped, 9999-12-31 for no date.
ALTER TABLE cases ADD COLUMN has_override boolean NOT NULL DEFAULT false;
ALTER TABLE cases ADD COLUMN awaits_approval boolean NOT NULL DEFAULT false;
ALTER TABLE cases ADD COLUMN due_sort date NOT NULL DEFAULT '9999-12-31';
UPDATE cases SET has_override = true
WHERE EXISTS (SELECT 1 FROM demands WHERE case_id = cases.id AND override_reason IS NOT NULL AND removed_at IS NULL);
UPDATE cases SET awaits_approval = true
WHERE stage = 'approval' AND approvals_needed > (
    SELECT count(*) FROM approvals WHERE case_id = cases.id AND approvals.scope_revision = cases.scope_revision
);
UPDATE cases SET due_sort = coalesce(due_on, '9999-12-31');
UPDATE cases SET due_sort = '9999-12-30'
WHERE closed_at IS NULL AND wait_kind IS NOT NULL AND wait_kind <> 'objection_window';

-- The last day of a secrecy order, where one is stated.
ALTER TABLE secrecy_orders ADD COLUMN last_on date;
UPDATE secrecy_orders SET last_on = (ends::jsonb ->> 'is')::date;

-- What finds a case: words by where they stand, and keys of accounts, dockets, officers and documents.
-- `writ migrate` fills both for cases opened before.
CREATE TABLE search_words (
    word text COLLATE "C" NOT NULL,
    case_id uuid NOT NULL REFERENCES cases (id),
    source text COLLATE "C" NOT NULL,
    PRIMARY KEY (word, case_id, source)
);

CREATE TABLE search_keys (
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    case_id uuid NOT NULL REFERENCES cases (id),
    PRIMARY KEY (kind, key, case_id)
);

-- A person's own views of the queue, and slips: what a page must show once more after it was left, for an hour.
CREATE TABLE saved_views (
    id uuid NOT NULL PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff (id),
    name text COLLATE "C" NOT NULL,
    filters text COLLATE "C" NOT NULL,
    saved_at timestamptz NOT NULL,
    UNIQUE (staff_id, name)
);

CREATE TABLE slips (
    id uuid NOT NULL PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff (id),
    sealed bytea NOT NULL,
    made_at timestamptz NOT NULL
);

CREATE INDEX search_words_by_case_id ON search_words (case_id, source);
CREATE INDEX search_keys_by_case_id ON search_keys (case_id);
CREATE INDEX slips_by_made_at ON slips (made_at);
CREATE INDEX cases_open_by_due_sort ON cases (due_sort, id) WHERE closed_at IS NULL;
-- Holds all that counting closed cases asks for.
CREATE INDEX cases_closed_by_received_at ON cases (received_at, id, team_id, compartment, agency_id, closed_at) WHERE closed_at IS NOT NULL;
