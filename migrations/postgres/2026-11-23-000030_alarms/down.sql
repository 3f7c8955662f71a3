DROP TABLE verifications;
DROP TABLE alarm_acknowledgements;
DROP TABLE alarms;
