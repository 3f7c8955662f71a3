DROP INDEX documents_by_receiver;
