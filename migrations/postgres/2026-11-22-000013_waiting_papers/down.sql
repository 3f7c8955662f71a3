DROP INDEX documents_waiting_by_receiver;
CREATE INDEX documents_by_receiver ON documents (received_by, received_at);
ALTER TABLE documents DROP COLUMN waits_since;
