-- Cases closed before Writ, imported. They never passed a gate and are counted in reports only.

CREATE TABLE past_cases (
    id TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    source_reference TEXT NOT NULL,
    received_on TEXT NOT NULL,
    is_day_known INTEGER NOT NULL,
    country TEXT NOT NULL,
    instrument TEXT,
    agency_name TEXT,
    docket TEXT,
    customer TEXT NOT NULL,
    identifier_count INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    disclosed_by TEXT,
    services TEXT NOT NULL,
    imported_at TEXT NOT NULL,
    seq INTEGER NOT NULL,
    UNIQUE (source, source_reference)
) STRICT;

CREATE INDEX past_cases_received ON past_cases (received_on, id);
