DROP TABLE past_cases;
