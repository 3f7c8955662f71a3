-- Which checkpoint each witness was last sent by mail: the next mail proves that the log goes on from there.

CREATE TABLE witness_mails (
    address text COLLATE "C" NOT NULL PRIMARY KEY,
    size bigint NOT NULL,
    sent_at timestamptz NOT NULL
);
