-- The clocks of a case with their arithmetic, as they were last counted, and the waits that are over.
ALTER TABLE cases ADD COLUMN clocks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE cases ADD COLUMN past_waits TEXT NOT NULL DEFAULT '[]';
-- The moment at which the next duty is late; null where none is dated.
ALTER TABLE cases ADD COLUMN due_at TEXT;

-- The clocks that run, over all cases: for the agenda and for reminders. What they are counted from stands in cases.
CREATE TABLE clocks (
    case_id TEXT NOT NULL REFERENCES cases (id),
    rule TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    owner TEXT NOT NULL,
    otherwise TEXT NOT NULL,
    due_at TEXT NOT NULL,
    due_on TEXT NOT NULL,
    zone TEXT NOT NULL,
    told TEXT NOT NULL,
    warn_at TEXT NOT NULL,
    warn_from TEXT NOT NULL,
    is_still INTEGER NOT NULL,
    PRIMARY KEY (case_id, rule)
) STRICT;

CREATE INDEX clocks_due ON clocks (due_at, case_id);
CREATE INDEX clocks_warn ON clocks (warn_from);

-- The secret address under which somebody's calendar program reads the agenda; only its hash is kept.
CREATE TABLE feeds (
    staff_id TEXT NOT NULL PRIMARY KEY REFERENCES staff (id),
    secret_sha256 TEXT NOT NULL UNIQUE,
    made_at TEXT NOT NULL
) STRICT;
