-- The law by which cases were decided: every text that was ever asked is kept, so that an old answer can be had again.
CREATE TABLE law_texts (
    sha256 TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL,
    kept_at TEXT NOT NULL
) STRICT;

-- The declared facts and the packs together; named by the hash over theirs.
CREATE TABLE rulebooks (
    sha256 TEXT NOT NULL PRIMARY KEY,
    facts TEXT NOT NULL REFERENCES law_texts (sha256),
    packs TEXT NOT NULL,
    kept_at TEXT NOT NULL
) STRICT;

-- A rulebook that somebody wants to be law here, until a second person adopts it or it is declined.
CREATE TABLE law_proposals (
    id TEXT NOT NULL PRIMARY KEY,
    rulebook TEXT NOT NULL REFERENCES rulebooks (sha256),
    because TEXT NOT NULL,
    proposed_by TEXT NOT NULL REFERENCES staff (id),
    proposed_at TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT REFERENCES staff (id),
    ended_as TEXT,
    CHECK (ended_as <> 'adopted' OR ended_by <> proposed_by)
) STRICT;

CREATE INDEX law_proposals_open ON law_proposals (ended_at, proposed_at);

-- The rulebook in force here; none until the first is adopted.
ALTER TABLE registers ADD COLUMN rulebook TEXT;

CREATE TRIGGER law_texts_no_update BEFORE UPDATE ON law_texts BEGIN SELECT RAISE(ABORT, 'A text of the law is never rewritten.'); END;
CREATE TRIGGER law_texts_no_delete BEFORE DELETE ON law_texts BEGIN SELECT RAISE(ABORT, 'A text of the law is never rewritten.'); END;
CREATE TRIGGER rulebooks_no_update BEFORE UPDATE ON rulebooks BEGIN SELECT RAISE(ABORT, 'A rulebook is never rewritten.'); END;
CREATE TRIGGER rulebooks_no_delete BEFORE DELETE ON rulebooks BEGIN SELECT RAISE(ABORT, 'A rulebook is never rewritten.'); END;
