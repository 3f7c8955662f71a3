DROP TABLE audit_answers;
DROP TABLE audit_notes;
