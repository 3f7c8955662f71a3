-- Notes and findings of auditors, and what was answered. Their words stand in the log alone, in the personal payloads of the
-- entries that `seq` names, sealed under the key of their case: erasing the case erases them. A note may be
-- about a case that is erased.
CREATE TABLE audit_notes (
    id uuid NOT NULL PRIMARY KEY,
    severity text COLLATE "C",
    status text COLLATE "C",
    entry_seq bigint,
    case_id uuid,
    sample_id uuid REFERENCES samples (id),
    written_by uuid NOT NULL REFERENCES staff (id),
    written_at timestamptz NOT NULL,
    seq bigint NOT NULL
);

CREATE INDEX audit_notes_by_entry ON audit_notes (entry_seq);
CREATE INDEX audit_notes_by_status ON audit_notes (status, written_at);

CREATE TABLE audit_answers (
    note_id uuid NOT NULL REFERENCES audit_notes (id),
    seq bigint NOT NULL,
    status text COLLATE "C" NOT NULL,
    given_by uuid NOT NULL REFERENCES staff (id),
    given_at timestamptz NOT NULL,
    PRIMARY KEY (note_id, seq)
);
