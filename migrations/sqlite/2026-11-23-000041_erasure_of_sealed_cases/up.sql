-- Erasures of cases of the closed compartment: one case each, and sealed like all that is done on it.

ALTER TABLE erasures ADD COLUMN sealed_case_id TEXT;
