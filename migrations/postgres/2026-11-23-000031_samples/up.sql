-- Random samples of the log. What was drawn stands in the log too, with the seed, so that it can be drawn again.
CREATE TABLE samples (
    id uuid NOT NULL PRIMARY KEY,
    list text COLLATE "C" NOT NULL,
    filters text COLLATE "C" NOT NULL,
    size bigint NOT NULL,
    population bigint NOT NULL,
    seed text COLLATE "C" NOT NULL,
    drawn_by uuid NOT NULL REFERENCES staff (id),
    drawn_at timestamptz NOT NULL,
    seq bigint NOT NULL
);

CREATE INDEX samples_by_drawn_at ON samples (drawn_at);

-- Each entry drawn, and who looked at it.
CREATE TABLE sample_items (
    sample_id uuid NOT NULL REFERENCES samples (id),
    entry_seq bigint NOT NULL,
    ticked_by uuid REFERENCES staff (id),
    ticked_at timestamptz,
    PRIMARY KEY (sample_id, entry_seq)
);
