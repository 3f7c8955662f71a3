-- Notes and findings of auditors, and what was answered. Their words stand in the log alone, in the personal payloads of the
-- entries that `seq` names, sealed under the key of their case: erasing the case erases them. A note may be
-- about a case that is erased.
CREATE TABLE audit_notes (
    id TEXT NOT NULL PRIMARY KEY,
    severity TEXT,
    status TEXT,
    entry_seq INTEGER,
    case_id TEXT,
    sample_id TEXT REFERENCES samples (id),
    written_by TEXT NOT NULL REFERENCES staff (id),
    written_at TEXT NOT NULL,
    seq INTEGER NOT NULL
) STRICT;

CREATE INDEX audit_notes_by_entry ON audit_notes (entry_seq);
CREATE INDEX audit_notes_by_status ON audit_notes (status, written_at);

CREATE TABLE audit_answers (
    note_id TEXT NOT NULL REFERENCES audit_notes (id),
    seq INTEGER NOT NULL,
    status TEXT NOT NULL,
    given_by TEXT NOT NULL REFERENCES staff (id),
    given_at TEXT NOT NULL,
    PRIMARY KEY (note_id, seq)
) STRICT;
