-- Erasures of cases of the closed compartment: one case each, and sealed like all that is done on it.

ALTER TABLE erasures ADD COLUMN sealed_case_id TEXT;

-- Whether something was erased.
CREATE INDEX erasure_items_by_case_id ON erasure_items (case_id);

-- What is due, the earliest closed first.
CREATE INDEX cases_closed_by_closed_at ON cases (closed_at, id) WHERE closed_at IS NOT NULL;
