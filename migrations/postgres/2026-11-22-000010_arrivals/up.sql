-- Papers that somebody took in and opened no case for are looked for by person and day.
CREATE INDEX documents_by_receiver ON documents (received_by, received_at);
