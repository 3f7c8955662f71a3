-- Which checkpoint each witness was last sent by mail: the next mail proves that the log goes on from there.

CREATE TABLE witness_mails (
    address TEXT NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    sent_at TEXT NOT NULL
) STRICT;
