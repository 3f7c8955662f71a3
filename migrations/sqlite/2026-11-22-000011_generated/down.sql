ALTER TABLE registers DROP COLUMN generation;
