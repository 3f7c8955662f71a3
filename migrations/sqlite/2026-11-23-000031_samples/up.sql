-- Random samples of the log. What was drawn stands in the log too, with the seed, so that it can be drawn again.
CREATE TABLE samples (
    id TEXT NOT NULL PRIMARY KEY,
    list TEXT NOT NULL,
    filters TEXT NOT NULL,
    size INTEGER NOT NULL,
    population INTEGER NOT NULL,
    seed TEXT NOT NULL,
    drawn_by TEXT NOT NULL REFERENCES staff (id),
    drawn_at TEXT NOT NULL,
    seq INTEGER NOT NULL
) STRICT;

CREATE INDEX samples_by_drawn_at ON samples (drawn_at);

-- Each entry drawn, and who looked at it.
CREATE TABLE sample_items (
    sample_id TEXT NOT NULL REFERENCES samples (id),
    entry_seq INTEGER NOT NULL,
    ticked_by TEXT REFERENCES staff (id),
    ticked_at TEXT,
    PRIMARY KEY (sample_id, entry_seq)
) STRICT;
