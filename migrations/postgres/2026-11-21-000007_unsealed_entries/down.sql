DROP INDEX log_entry_by_at_micros_seq;
DROP INDEX log_entry_by_actor_seq;
DROP INDEX log_entry_by_kind_seq;
DROP TABLE unsealed_entries;
