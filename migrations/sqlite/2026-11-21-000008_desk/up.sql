-- Work at the desk: who has a case, what it waits for, what a reviewer saw on the paper, what became of a redirect.
ALTER TABLE cases ADD COLUMN assignee_id TEXT REFERENCES staff (id);
ALTER TABLE cases ADD COLUMN due_on TEXT;
ALTER TABLE cases ADD COLUMN stopped_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN wait_kind TEXT;
ALTER TABLE cases ADD COLUMN wait_because TEXT;
ALTER TABLE cases ADD COLUMN wait_expected_on TEXT;
ALTER TABLE cases ADD COLUMN wait_by TEXT;
ALTER TABLE cases ADD COLUMN wait_at TEXT;
ALTER TABLE cases ADD COLUMN ticks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE cases ADD COLUMN redirects TEXT NOT NULL DEFAULT '[]';
ALTER TABLE cases ADD COLUMN redirect_result TEXT;
UPDATE cases SET due_on = return_by;

-- The organisation whose account is asked about.
ALTER TABLE demands ADD COLUMN organisation_name TEXT;
ALTER TABLE demands ADD COLUMN organisation_contact TEXT;
ALTER TABLE demands ADD COLUMN organisation_reach TEXT;

-- Words among colleagues, and links between cases. Neither is ever changed.
CREATE TABLE comments (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    text TEXT NOT NULL,
    written_by TEXT NOT NULL REFERENCES staff (id),
    written_at TEXT NOT NULL,
    seq INTEGER NOT NULL
) STRICT;

CREATE TABLE case_links (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    other_id TEXT NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL,
    note TEXT,
    linked_by TEXT NOT NULL REFERENCES staff (id),
    linked_at TEXT NOT NULL,
    removed_at TEXT,
    seq INTEGER NOT NULL
) STRICT;

CREATE INDEX comments_by_case_id_seq ON comments (case_id, seq);
CREATE INDEX case_links_by_case_id ON case_links (case_id);
CREATE INDEX case_links_by_other_id ON case_links (other_id);
CREATE INDEX cases_by_assignee_id_due_on ON cases (assignee_id, due_on);
CREATE INDEX cases_by_stage_due_on ON cases (stage, due_on, id);
