-- The clocks of a case with their arithmetic, as they were last counted, and the waits that are over.
ALTER TABLE cases ADD COLUMN clocks text COLLATE "C" NOT NULL DEFAULT '[]';
ALTER TABLE cases ADD COLUMN past_waits text COLLATE "C" NOT NULL DEFAULT '[]';
-- The moment at which the next duty is late; null where none is dated.
ALTER TABLE cases ADD COLUMN due_at timestamptz;

-- The clocks that run, over all cases: for the agenda and for reminders. What they are counted from stands in cases.
CREATE TABLE clocks (
    case_id uuid NOT NULL REFERENCES cases (id),
    rule text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    owner text COLLATE "C" NOT NULL,
    otherwise text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    due_on date NOT NULL,
    zone text COLLATE "C" NOT NULL,
    told text COLLATE "C" NOT NULL,
    warn_at text COLLATE "C" NOT NULL,
    warn_from timestamptz NOT NULL,
    is_still boolean NOT NULL,
    PRIMARY KEY (case_id, rule)
);

CREATE INDEX clocks_due ON clocks (due_at, case_id);
CREATE INDEX clocks_warn ON clocks (warn_from);

-- The secret address under which somebody's calendar program reads the agenda; only its hash is kept.
CREATE TABLE feeds (
    staff_id uuid NOT NULL PRIMARY KEY REFERENCES staff (id),
    secret_sha256 text COLLATE "C" NOT NULL UNIQUE,
    made_at timestamptz NOT NULL
);
