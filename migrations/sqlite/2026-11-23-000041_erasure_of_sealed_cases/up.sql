-- Erasures of cases of the closed compartment: one case each, and sealed like all that is done on it.

ALTER TABLE erasures ADD COLUMN sealed_case_id TEXT;

-- Whether something was erased.
CREATE INDEX erasure_items_by_case_id ON erasure_items (case_id);
