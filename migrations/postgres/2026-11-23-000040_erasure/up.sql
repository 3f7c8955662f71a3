-- Litigation holds, erasures that were proposed, and what is kept of erased cases.

CREATE TABLE litigation_holds (
    id uuid NOT NULL PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    what_for text COLLATE "C" NOT NULL,
    placed_by uuid NOT NULL REFERENCES staff (id),
    placed_at timestamptz NOT NULL,
    lifted_because text COLLATE "C",
    lifted_by uuid REFERENCES staff (id),
    lifted_at timestamptz,
    seq bigint NOT NULL
);

CREATE INDEX litigation_holds_by_case_id ON litigation_holds (case_id);

CREATE TABLE erasures (
    id uuid NOT NULL PRIMARY KEY,
    ground text COLLATE "C" NOT NULL,
    schedules text COLLATE "C" NOT NULL,
    because text COLLATE "C",
    proposed_by uuid NOT NULL REFERENCES staff (id),
    proposed_at timestamptz NOT NULL,
    answered_as text COLLATE "C",
    answered_by uuid REFERENCES staff (id),
    answered_at timestamptz,
    seq bigint NOT NULL,
    CHECK (answered_as <> 'approved' OR answered_by <> proposed_by)
);

CREATE INDEX erasures_by_proposed_at ON erasures (proposed_at);

-- The cases of an erasure. `ended_as` is empty while one waits to be erased.
CREATE TABLE erasure_items (
    erasure_id uuid NOT NULL REFERENCES erasures (id),
    case_id uuid NOT NULL,
    schedule text COLLATE "C",
    ended_as text COLLATE "C",
    ended_at timestamptz,
    PRIMARY KEY (erasure_id, case_id)
);

CREATE INDEX erasure_items_open ON erasure_items (case_id) WHERE ended_as IS NULL;

-- What is kept of a case whose personal data is gone: its name, who might know of it, and what reports count.
CREATE TABLE erased_cases (
    case_id uuid NOT NULL PRIMARY KEY,
    erasure_id uuid NOT NULL REFERENCES erasures (id),
    reference text COLLATE "C" NOT NULL UNIQUE,
    compartment text COLLATE "C" NOT NULL,
    team_id uuid NOT NULL REFERENCES teams (id),
    named text COLLATE "C" NOT NULL,
    counted text COLLATE "C" NOT NULL,
    erased_at timestamptz NOT NULL,
    seq bigint NOT NULL
);

CREATE INDEX erased_cases_by_erasure_id ON erased_cases (erasure_id);

-- Whether an officer is named by another case.
CREATE INDEX cases_by_officer_id ON cases (officer_id);

-- Documents of erased cases whose files are still to be taken out of the folder. Their keys are gone already.
CREATE TABLE erased_documents (
    document_id uuid NOT NULL PRIMARY KEY
);

-- What triggers keep goes only in the act whose entry says so, which is the last entry then.
CREATE OR REPLACE FUNCTION writ_personal_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM log_entry WHERE kind = 'payload.erased' AND seq = (SELECT max(seq) FROM log_entry)) THEN
        RAISE EXCEPTION 'A personal payload is erased only together with its payload.erased entry.';
    END IF;
    RETURN OLD;
END $$;
DROP TRIGGER log_personal_no_delete ON log_personal;
CREATE TRIGGER log_personal_no_delete BEFORE DELETE ON log_personal FOR EACH ROW EXECUTE FUNCTION writ_personal_delete();
CREATE FUNCTION writ_erased_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM log_entry WHERE kind = 'payload.erased' AND seq = (SELECT max(seq) FROM log_entry)) THEN
        RAISE EXCEPTION '%', TG_ARGV[0];
    END IF;
    RETURN OLD;
END $$;
DROP TRIGGER scope_edits_no_delete ON scope_edits;
CREATE TRIGGER scope_edits_no_delete BEFORE DELETE ON scope_edits FOR EACH ROW EXECUTE FUNCTION writ_erased_delete('Who edited a scope is never rewritten.');
DROP TRIGGER approvals_no_delete ON approvals;
CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals FOR EACH ROW EXECUTE FUNCTION writ_erased_delete('An approval is never rewritten.');
