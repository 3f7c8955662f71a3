DROP TABLE staff_watches;
DROP TABLE staff_requests;
ALTER TABLE api_tokens DROP COLUMN expires_at;
ALTER TABLE staff DROP COLUMN admin_until;
ALTER TABLE staff DROP COLUMN signed_in_at;
ALTER TABLE staff DROP COLUMN password_made_at;
ALTER TABLE staff DROP COLUMN must_change_password;
