-- The register: staff, agencies, cases and what belongs to them, and the log.
-- Enums are text. What is hashed is kept as the very text that was hashed.

CREATE TABLE registers (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    origin TEXT NOT NULL,
    is_demo INTEGER NOT NULL,
    software TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE teams (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE staff (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL,
    is_cleared INTEGER NOT NULL,
    is_active INTEGER NOT NULL,
    password_hash TEXT NOT NULL,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_roles (
    staff_id TEXT NOT NULL REFERENCES staff (id),
    role TEXT NOT NULL,
    PRIMARY KEY (staff_id, role)
) STRICT;

CREATE TABLE staff_teams (
    staff_id TEXT NOT NULL REFERENCES staff (id),
    team_id TEXT NOT NULL REFERENCES teams (id),
    PRIMARY KEY (staff_id, team_id)
) STRICT;

CREATE TABLE sessions (
    id_hash TEXT NOT NULL PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    ends_at TEXT NOT NULL
) STRICT;

CREATE TABLE api_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    revoked_at TEXT
) STRICT;

CREATE TABLE throttles (
    key TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at TEXT NOT NULL
) STRICT;

CREATE TABLE form_posts (
    id TEXT NOT NULL PRIMARY KEY,
    staff_id TEXT NOT NULL,
    went_to TEXT NOT NULL,
    posted_at TEXT NOT NULL
) STRICT;

CREATE TABLE views (
    session_hash TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (session_hash, subject_id)
) STRICT;

CREATE TABLE data_keys (
    owner TEXT NOT NULL PRIMARY KEY,
    wrapped BLOB NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE reference_series (
    year INTEGER NOT NULL PRIMARY KEY,
    next_number INTEGER NOT NULL
) STRICT;

CREATE TABLE agencies (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    search_name TEXT NOT NULL,
    country TEXT NOT NULL,
    level TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE officers (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (id),
    name TEXT NOT NULL,
    title TEXT,
    email TEXT,
    phone TEXT,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE cases (
    id TEXT NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    stage TEXT NOT NULL,
    compartment TEXT NOT NULL,
    named TEXT NOT NULL,
    team_id TEXT NOT NULL REFERENCES teams (id),
    instrument TEXT NOT NULL,
    agency_id TEXT NOT NULL REFERENCES agencies (id),
    officer_id TEXT REFERENCES officers (id),
    country TEXT NOT NULL,
    customer TEXT NOT NULL,
    docket TEXT,
    is_emergency INTEGER NOT NULL,
    received_at TEXT NOT NULL,
    return_by TEXT,
    paper TEXT NOT NULL,
    next_position INTEGER NOT NULL,
    scope_salt TEXT NOT NULL,
    scope_revision INTEGER NOT NULL,
    assessed_at TEXT,
    assessed_by TEXT,
    assessed_revision INTEGER,
    drafted_at TEXT,
    drafted_by TEXT,
    scope_hash TEXT,
    approvals_needed INTEGER,
    returned_at TEXT,
    returned_by TEXT,
    returned_because TEXT,
    released_at TEXT,
    released_by TEXT,
    released_to TEXT,
    release_method TEXT,
    manifest_sha256 TEXT,
    release_files INTEGER,
    closed_at TEXT,
    closed_by TEXT,
    closed_from TEXT,
    outcome TEXT,
    closing_note TEXT,
    opened_at TEXT NOT NULL,
    opened_by TEXT NOT NULL REFERENCES staff (id),
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE documents (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    demand_id TEXT,
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    received_at TEXT NOT NULL,
    received_by TEXT NOT NULL REFERENCES staff (id),
    seq INTEGER NOT NULL
) STRICT;

CREATE TABLE checks (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    method TEXT NOT NULL,
    result TEXT NOT NULL,
    account TEXT NOT NULL,
    checked_by TEXT NOT NULL REFERENCES staff (id),
    checked_at TEXT NOT NULL,
    cleared_at TEXT,
    seq INTEGER NOT NULL
) STRICT;

CREATE TABLE demands (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    position INTEGER NOT NULL,
    identifier_kind TEXT NOT NULL,
    identifier_received TEXT NOT NULL,
    identifier_normalised TEXT NOT NULL,
    identifier_at TEXT,
    identifier_port INTEGER,
    service TEXT NOT NULL,
    category TEXT NOT NULL,
    data_class TEXT NOT NULL,
    words TEXT,
    period_from TEXT,
    period_to TEXT,
    in_signed_paper INTEGER,
    is_ours INTEGER,
    assessment TEXT,
    decision TEXT,
    decision_reason TEXT,
    redirect_to TEXT,
    decision_note TEXT,
    override_reason TEXT,
    result TEXT,
    result_account TEXT,
    result_files TEXT,
    result_by TEXT,
    result_at TEXT,
    removed_at TEXT,
    UNIQUE (case_id, position)
) STRICT;

CREATE TABLE secrecy_orders (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    source TEXT NOT NULL,
    issuer TEXT,
    docket TEXT,
    grounds TEXT,
    starts_on TEXT NOT NULL,
    ends TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES staff (id),
    recorded_at TEXT NOT NULL,
    seq INTEGER NOT NULL
) STRICT;

CREATE TABLE scope_edits (
    case_id TEXT NOT NULL REFERENCES cases (id),
    revision INTEGER NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    edited_at TEXT NOT NULL,
    PRIMARY KEY (case_id, revision)
) STRICT;

CREATE TABLE approvals (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    scope_revision INTEGER NOT NULL,
    scope_hash TEXT NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    approved_at TEXT NOT NULL,
    seq INTEGER NOT NULL,
    UNIQUE (case_id, scope_revision, staff_id)
) STRICT;

CREATE TABLE log_entry (
    seq INTEGER NOT NULL PRIMARY KEY,
    at_micros INTEGER NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    case_key TEXT,
    bytes BLOB NOT NULL,
    leaf BLOB NOT NULL
) STRICT;

CREATE TABLE log_process (
    seq INTEGER NOT NULL PRIMARY KEY,
    salt BLOB NOT NULL,
    payload TEXT NOT NULL
) STRICT;

CREATE TABLE log_personal (
    seq INTEGER NOT NULL PRIMARY KEY,
    key_owner TEXT NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE log_node (
    level INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, position)
) STRICT;

CREATE TABLE log_checkpoint (
    number INTEGER NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL
) STRICT;

CREATE TABLE log_head (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    at_micros INTEGER NOT NULL,
    checkpoints INTEGER NOT NULL
) STRICT;

CREATE INDEX cases_by_stage_received_at_id ON cases (stage, received_at, id);
CREATE INDEX cases_by_received_at_id ON cases (received_at, id);
CREATE INDEX cases_by_docket ON cases (docket);
CREATE INDEX documents_by_case_id ON documents (case_id);
CREATE INDEX checks_by_case_id ON checks (case_id);
CREATE INDEX demands_by_identifier_normalised ON demands (identifier_normalised);
CREATE INDEX secrecy_orders_by_case_id ON secrecy_orders (case_id);
CREATE INDEX log_entry_by_case_key_seq ON log_entry (case_key, seq);
CREATE INDEX sessions_by_staff_id ON sessions (staff_id);

-- Triggers stop accidents; the Merkle tree exposes the rest.
CREATE TRIGGER log_entry_no_update BEFORE UPDATE ON log_entry BEGIN SELECT RAISE(ABORT, 'The log is append-only.'); END;
CREATE TRIGGER log_entry_no_delete BEFORE DELETE ON log_entry BEGIN SELECT RAISE(ABORT, 'The log is append-only.'); END;
CREATE TRIGGER log_process_no_update BEFORE UPDATE ON log_process BEGIN SELECT RAISE(ABORT, 'The log is append-only.'); END;
CREATE TRIGGER log_process_no_delete BEFORE DELETE ON log_process BEGIN SELECT RAISE(ABORT, 'The log is append-only.'); END;
CREATE TRIGGER scope_edits_no_update BEFORE UPDATE ON scope_edits BEGIN SELECT RAISE(ABORT, 'Who edited a scope is never rewritten.'); END;
CREATE TRIGGER scope_edits_no_delete BEFORE DELETE ON scope_edits BEGIN SELECT RAISE(ABORT, 'Who edited a scope is never rewritten.'); END;
CREATE TRIGGER approvals_no_update BEFORE UPDATE ON approvals BEGIN SELECT RAISE(ABORT, 'An approval is never rewritten.'); END;
CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals BEGIN SELECT RAISE(ABORT, 'An approval is never rewritten.'); END;
CREATE TRIGGER log_checkpoint_no_update BEFORE UPDATE ON log_checkpoint BEGIN SELECT RAISE(ABORT, 'A checkpoint is never rewritten.'); END;
CREATE TRIGGER log_checkpoint_no_delete BEFORE DELETE ON log_checkpoint BEGIN SELECT RAISE(ABORT, 'A checkpoint is never rewritten.'); END;
CREATE TRIGGER log_node_no_update BEFORE UPDATE ON log_node BEGIN SELECT RAISE(ABORT, 'The tree is append-only.'); END;
CREATE TRIGGER log_node_no_delete BEFORE DELETE ON log_node BEGIN SELECT RAISE(ABORT, 'The tree is append-only.'); END;
CREATE TRIGGER log_personal_no_update BEFORE UPDATE ON log_personal BEGIN SELECT RAISE(ABORT, 'The log is append-only.'); END;
-- A personal payload goes only after an entry that says so; erasure comes with that entry's own release.
CREATE TRIGGER log_personal_no_delete BEFORE DELETE ON log_personal
WHEN NOT EXISTS (SELECT 1 FROM log_entry WHERE kind = 'payload.erased' AND seq = (SELECT size - 1 FROM log_head WHERE id = 1))
BEGIN SELECT RAISE(ABORT, 'A personal payload is erased only together with its payload.erased entry.'); END;
CREATE TRIGGER log_head_no_delete BEFORE DELETE ON log_head BEGIN SELECT RAISE(ABORT, 'The log has one head.'); END;
CREATE TRIGGER log_head_grows BEFORE UPDATE ON log_head WHEN NEW.size < OLD.size OR NEW.checkpoints < OLD.checkpoints
BEGIN SELECT RAISE(ABORT, 'The log only grows.'); END;
-- REPLACE takes rows away without asking the triggers above; PostgreSQL has nothing of the kind.
CREATE TRIGGER log_entry_no_replace BEFORE INSERT ON log_entry WHEN EXISTS (SELECT 1 FROM log_entry WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'The log is append-only.'); END;
CREATE TRIGGER log_process_no_replace BEFORE INSERT ON log_process WHEN EXISTS (SELECT 1 FROM log_process WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'The log is append-only.'); END;
CREATE TRIGGER log_personal_no_replace BEFORE INSERT ON log_personal WHEN EXISTS (SELECT 1 FROM log_personal WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'The log is append-only.'); END;
CREATE TRIGGER log_node_no_replace BEFORE INSERT ON log_node
WHEN EXISTS (SELECT 1 FROM log_node WHERE level = NEW.level AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'The tree is append-only.'); END;
CREATE TRIGGER log_checkpoint_no_replace BEFORE INSERT ON log_checkpoint
WHEN EXISTS (SELECT 1 FROM log_checkpoint WHERE number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'A checkpoint is never rewritten.'); END;
CREATE TRIGGER log_head_no_replace BEFORE INSERT ON log_head WHEN EXISTS (SELECT 1 FROM log_head)
BEGIN SELECT RAISE(ABORT, 'The log has one head.'); END;
CREATE TRIGGER scope_edits_no_replace BEFORE INSERT ON scope_edits
WHEN EXISTS (SELECT 1 FROM scope_edits WHERE case_id = NEW.case_id AND revision = NEW.revision)
BEGIN SELECT RAISE(ABORT, 'Who edited a scope is never rewritten.'); END;
CREATE TRIGGER approvals_no_replace BEFORE INSERT ON approvals
WHEN EXISTS (SELECT 1 FROM approvals WHERE id = NEW.id
    OR (case_id = NEW.case_id AND scope_revision = NEW.scope_revision AND staff_id = NEW.staff_id))
BEGIN SELECT RAISE(ABORT, 'An approval is never rewritten.'); END;
-- Four eyes: whoever edited any revision of a scope can't approve it.
CREATE TRIGGER approvals_four_eyes BEFORE INSERT ON approvals
WHEN EXISTS (SELECT 1 FROM scope_edits WHERE case_id = NEW.case_id AND staff_id = NEW.staff_id)
BEGIN SELECT RAISE(ABORT, 'An editor of the scope cannot approve it.'); END;
CREATE TRIGGER approvals_current BEFORE INSERT ON approvals
WHEN NEW.scope_revision <> (SELECT max(revision) FROM scope_edits WHERE case_id = NEW.case_id)
BEGIN SELECT RAISE(ABORT, 'Only the current revision of a scope can be approved.'); END;
