-- Whether the cases were generated for trials and measurements: none, under_way (not to be served), done.
ALTER TABLE registers ADD COLUMN generation TEXT NOT NULL DEFAULT 'none' CHECK (generation IN ('none', 'under_way', 'done'));
