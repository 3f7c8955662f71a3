DROP TABLE job_turns;
ALTER TABLE log_head DROP COLUMN installation_key;
