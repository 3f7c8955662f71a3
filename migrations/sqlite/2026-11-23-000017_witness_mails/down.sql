DROP TABLE witness_mails;
