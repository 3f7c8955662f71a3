-- The law by which cases were decided: every text that was ever asked is kept, so that an old answer can be had again.
CREATE TABLE law_texts (
    sha256 text COLLATE "C" NOT NULL PRIMARY KEY,
    text text COLLATE "C" NOT NULL,
    kept_at timestamptz NOT NULL
);

-- The declared facts and the packs together; named by the hash over theirs.
CREATE TABLE rulebooks (
    sha256 text COLLATE "C" NOT NULL PRIMARY KEY,
    facts text COLLATE "C" NOT NULL REFERENCES law_texts (sha256),
    packs text COLLATE "C" NOT NULL,
    kept_at timestamptz NOT NULL
);

-- A rulebook that somebody wants to be law here, until a second person adopts it or it is declined.
CREATE TABLE law_proposals (
    id uuid NOT NULL PRIMARY KEY,
    rulebook text COLLATE "C" NOT NULL REFERENCES rulebooks (sha256),
    because text COLLATE "C" NOT NULL,
    proposed_by uuid NOT NULL REFERENCES staff (id),
    proposed_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by uuid REFERENCES staff (id),
    ended_as text COLLATE "C",
    CHECK (ended_as <> 'adopted' OR ended_by <> proposed_by)
);

CREATE INDEX law_proposals_open ON law_proposals (ended_at, proposed_at);

-- The rulebook in force here; none until the first is adopted.
ALTER TABLE registers ADD COLUMN rulebook text COLLATE "C";

CREATE TRIGGER law_texts_no_update BEFORE UPDATE ON law_texts FOR EACH ROW EXECUTE FUNCTION writ_never('A text of the law is never rewritten.');
CREATE TRIGGER law_texts_no_delete BEFORE DELETE ON law_texts FOR EACH ROW EXECUTE FUNCTION writ_never('A text of the law is never rewritten.');
CREATE TRIGGER law_texts_no_truncate BEFORE TRUNCATE ON law_texts FOR EACH STATEMENT EXECUTE FUNCTION writ_never('A text of the law is never rewritten.');
CREATE TRIGGER rulebooks_no_update BEFORE UPDATE ON rulebooks FOR EACH ROW EXECUTE FUNCTION writ_never('A rulebook is never rewritten.');
CREATE TRIGGER rulebooks_no_delete BEFORE DELETE ON rulebooks FOR EACH ROW EXECUTE FUNCTION writ_never('A rulebook is never rewritten.');
CREATE TRIGGER rulebooks_no_truncate BEFORE TRUNCATE ON rulebooks FOR EACH STATEMENT EXECUTE FUNCTION writ_never('A rulebook is never rewritten.');
