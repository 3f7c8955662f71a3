-- Work at the desk: who has a case, what it waits for, what a reviewer saw on the paper, what became of a redirect.
ALTER TABLE cases ADD COLUMN assignee_id uuid REFERENCES staff (id);
ALTER TABLE cases ADD COLUMN due_on date;
ALTER TABLE cases ADD COLUMN stopped_days integer NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN wait_kind text COLLATE "C";
ALTER TABLE cases ADD COLUMN wait_because text COLLATE "C";
ALTER TABLE cases ADD COLUMN wait_expected_on date;
ALTER TABLE cases ADD COLUMN wait_by uuid;
ALTER TABLE cases ADD COLUMN wait_at timestamptz;
ALTER TABLE cases ADD COLUMN ticks text COLLATE "C" NOT NULL DEFAULT '[]';
ALTER TABLE cases ADD COLUMN redirects text COLLATE "C" NOT NULL DEFAULT '[]';
ALTER TABLE cases ADD COLUMN redirect_result text COLLATE "C";
UPDATE cases SET due_on = return_by;

-- The organisation whose account is asked about.
ALTER TABLE demands ADD COLUMN organisation_name text COLLATE "C";
ALTER TABLE demands ADD COLUMN organisation_contact text COLLATE "C";
ALTER TABLE demands ADD COLUMN organisation_reach text COLLATE "C";

-- Words among colleagues, and links between cases. Neither is ever changed.
CREATE TABLE comments (
    id uuid NOT NULL PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    text text COLLATE "C" NOT NULL,
    written_by uuid NOT NULL REFERENCES staff (id),
    written_at timestamptz NOT NULL,
    seq bigint NOT NULL
);

CREATE TABLE case_links (
    id uuid NOT NULL PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    other_id uuid NOT NULL REFERENCES cases (id),
    kind text COLLATE "C" NOT NULL,
    note text COLLATE "C",
    linked_by uuid NOT NULL REFERENCES staff (id),
    linked_at timestamptz NOT NULL,
    removed_at timestamptz,
    seq bigint NOT NULL
);

CREATE INDEX comments_by_case_id_seq ON comments (case_id, seq);
CREATE INDEX case_links_by_case_id ON case_links (case_id);
CREATE INDEX case_links_by_other_id ON case_links (other_id);
CREATE INDEX cases_by_assignee_id_due_on ON cases (assignee_id, due_on);
CREATE INDEX cases_by_stage_due_on ON cases (stage, due_on, id);
