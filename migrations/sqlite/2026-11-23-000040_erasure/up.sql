-- Litigation holds, erasures that were proposed, and what is kept of erased cases.

CREATE TABLE litigation_holds (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    what_for TEXT NOT NULL,
    placed_by TEXT NOT NULL REFERENCES staff (id),
    placed_at TEXT NOT NULL,
    lifted_because TEXT,
    lifted_by TEXT REFERENCES staff (id),
    lifted_at TEXT,
    seq INTEGER NOT NULL
) STRICT;

CREATE INDEX litigation_holds_by_case_id ON litigation_holds (case_id);

CREATE TABLE erasures (
    id TEXT NOT NULL PRIMARY KEY,
    ground TEXT NOT NULL,
    schedules TEXT NOT NULL,
    because TEXT,
    proposed_by TEXT NOT NULL REFERENCES staff (id),
    proposed_at TEXT NOT NULL,
    answered_as TEXT,
    answered_by TEXT REFERENCES staff (id),
    answered_at TEXT,
    seq INTEGER NOT NULL,
    CHECK (answered_as <> 'approved' OR answered_by <> proposed_by)
) STRICT;

CREATE INDEX erasures_by_proposed_at ON erasures (proposed_at);

-- The cases of an erasure. `ended_as` is empty while one waits to be erased.
CREATE TABLE erasure_items (
    erasure_id TEXT NOT NULL REFERENCES erasures (id),
    case_id TEXT NOT NULL,
    schedule TEXT,
    ended_as TEXT,
    ended_at TEXT,
    PRIMARY KEY (erasure_id, case_id)
) STRICT;

CREATE INDEX erasure_items_open ON erasure_items (case_id) WHERE ended_as IS NULL;

-- What is kept of a case whose personal data is gone: its name, who might know of it, and what reports count.
CREATE TABLE erased_cases (
    case_id TEXT NOT NULL PRIMARY KEY,
    erasure_id TEXT NOT NULL REFERENCES erasures (id),
    reference TEXT NOT NULL UNIQUE,
    compartment TEXT NOT NULL,
    team_id TEXT NOT NULL REFERENCES teams (id),
    named TEXT NOT NULL,
    counted TEXT NOT NULL,
    erased_at TEXT NOT NULL,
    seq INTEGER NOT NULL
) STRICT;

CREATE INDEX erased_cases_by_erasure_id ON erased_cases (erasure_id);

-- Whether an officer is named by another case.
CREATE INDEX cases_by_officer_id ON cases (officer_id);

-- Documents of erased cases whose files are still to be taken out of the folder. Their keys are gone already.
CREATE TABLE erased_documents (
    document_id TEXT NOT NULL PRIMARY KEY
) STRICT;

-- What triggers keep goes only in the act whose entry says so, which is the last entry then.
DROP TRIGGER log_personal_no_delete;
CREATE TRIGGER log_personal_no_delete BEFORE DELETE ON log_personal
WHEN NOT EXISTS (SELECT 1 FROM log_entry WHERE kind = 'payload.erased' AND seq = (SELECT max(seq) FROM log_entry))
BEGIN SELECT RAISE(ABORT, 'A personal payload is erased only together with its payload.erased entry.'); END;
DROP TRIGGER scope_edits_no_delete;
CREATE TRIGGER scope_edits_no_delete BEFORE DELETE ON scope_edits
WHEN NOT EXISTS (SELECT 1 FROM log_entry WHERE kind = 'payload.erased' AND seq = (SELECT max(seq) FROM log_entry))
BEGIN SELECT RAISE(ABORT, 'Who edited a scope is never rewritten.'); END;
DROP TRIGGER approvals_no_delete;
CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals
WHEN NOT EXISTS (SELECT 1 FROM log_entry WHERE kind = 'payload.erased' AND seq = (SELECT max(seq) FROM log_entry))
BEGIN SELECT RAISE(ABORT, 'An approval is never rewritten.'); END;
