-- A paper that was taken in and has no case yet: since when. It is asked for on every page of the queue, and most papers
-- have their case.
ALTER TABLE documents ADD COLUMN waits_since timestamptz;
UPDATE documents SET waits_since = received_at
    WHERE NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = documents.case_id);
DROP INDEX documents_by_receiver;
CREATE INDEX documents_waiting_by_receiver ON documents (received_by, waits_since) WHERE waits_since IS NOT NULL;
