ALTER TABLE registers DROP COLUMN rulebook;
DROP TABLE law_proposals;
DROP TABLE rulebooks;
DROP TABLE law_texts;
