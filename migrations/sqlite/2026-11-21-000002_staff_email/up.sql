-- Where Writ's mails to a member of staff go.
ALTER TABLE staff ADD COLUMN email TEXT;
