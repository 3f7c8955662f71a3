-- Cases closed before Writ, imported. They never passed a gate and are counted in reports only.

CREATE TABLE past_cases (
    id uuid NOT NULL PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    source_reference text COLLATE "C" NOT NULL,
    received_on date NOT NULL,
    is_day_known boolean NOT NULL,
    country text COLLATE "C" NOT NULL,
    instrument text COLLATE "C",
    agency_name text COLLATE "C",
    docket text COLLATE "C",
    customer text COLLATE "C" NOT NULL,
    identifier_count integer NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    disclosed_by text COLLATE "C",
    services text COLLATE "C" NOT NULL,
    imported_at timestamptz NOT NULL,
    seq bigint NOT NULL,
    UNIQUE (source, source_reference)
);

CREATE INDEX past_cases_received ON past_cases (received_on, id);
