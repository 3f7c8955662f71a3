-- The register: staff, agencies, cases and what belongs to them, and the log.
-- Enums are text. What is hashed is kept as the very text that was hashed.

CREATE TABLE registers (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    origin text COLLATE "C" NOT NULL,
    is_demo boolean NOT NULL,
    software text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE teams (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    version integer NOT NULL
);

CREATE TABLE staff (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    full_name text COLLATE "C" NOT NULL,
    is_cleared boolean NOT NULL,
    is_active boolean NOT NULL,
    password_hash text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    version integer NOT NULL
);

CREATE TABLE staff_roles (
    staff_id uuid NOT NULL REFERENCES staff (id),
    role text COLLATE "C" NOT NULL,
    PRIMARY KEY (staff_id, role)
);

CREATE TABLE staff_teams (
    staff_id uuid NOT NULL REFERENCES staff (id),
    team_id uuid NOT NULL REFERENCES teams (id),
    PRIMARY KEY (staff_id, team_id)
);

CREATE TABLE sessions (
    id_hash text COLLATE "C" NOT NULL PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff (id),
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);

CREATE TABLE api_tokens (
    id uuid NOT NULL PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff (id),
    name text COLLATE "C" NOT NULL,
    token_hash text COLLATE "C" NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE TABLE throttles (
    key text COLLATE "C" NOT NULL PRIMARY KEY,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL
);

CREATE TABLE form_posts (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    staff_id uuid NOT NULL,
    went_to text COLLATE "C" NOT NULL,
    posted_at timestamptz NOT NULL
);

CREATE TABLE views (
    session_hash text COLLATE "C" NOT NULL,
    subject_id uuid NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (session_hash, subject_id)
);

CREATE TABLE data_keys (
    owner text COLLATE "C" NOT NULL PRIMARY KEY,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE reference_series (
    year integer NOT NULL PRIMARY KEY,
    next_number integer NOT NULL
);

CREATE TABLE agencies (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    search_name text COLLATE "C" NOT NULL,
    country text COLLATE "C" NOT NULL,
    level text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    state text COLLATE "C",
    version integer NOT NULL
);

CREATE TABLE officers (
    id uuid NOT NULL PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies (id),
    name text COLLATE "C" NOT NULL,
    title text COLLATE "C",
    email text COLLATE "C",
    phone text COLLATE "C",
    version integer NOT NULL
);

CREATE TABLE cases (
    id uuid NOT NULL PRIMARY KEY,
    reference text COLLATE "C" NOT NULL UNIQUE,
    stage text COLLATE "C" NOT NULL,
    compartment text COLLATE "C" NOT NULL,
    named text COLLATE "C" NOT NULL,
    team_id uuid NOT NULL REFERENCES teams (id),
    instrument text COLLATE "C" NOT NULL,
    agency_id uuid NOT NULL REFERENCES agencies (id),
    officer_id uuid REFERENCES officers (id),
    country text COLLATE "C" NOT NULL,
    customer text COLLATE "C" NOT NULL,
    docket text COLLATE "C",
    is_emergency boolean NOT NULL,
    received_at timestamptz NOT NULL,
    return_by date,
    paper text COLLATE "C" NOT NULL,
    next_position integer NOT NULL,
    scope_salt text COLLATE "C" NOT NULL,
    scope_revision integer NOT NULL,
    assessed_at timestamptz,
    assessed_by uuid,
    assessed_revision integer,
    drafted_at timestamptz,
    drafted_by uuid,
    scope_hash text COLLATE "C",
    approvals_needed integer,
    returned_at timestamptz,
    returned_by uuid,
    returned_because text COLLATE "C",
    released_at timestamptz,
    released_by uuid,
    released_to text COLLATE "C",
    release_method text COLLATE "C",
    manifest_sha256 text COLLATE "C",
    release_files integer,
    closed_at timestamptz,
    closed_by uuid,
    closed_from text COLLATE "C",
    outcome text COLLATE "C",
    closing_note text COLLATE "C",
    opened_at timestamptz NOT NULL,
    opened_by uuid NOT NULL REFERENCES staff (id),
    version integer NOT NULL
);

CREATE TABLE documents (
    id uuid NOT NULL PRIMARY KEY,
    case_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    demand_id uuid,
    file_name text COLLATE "C" NOT NULL,
    media_type text COLLATE "C" NOT NULL,
    size bigint NOT NULL,
    sha256 text COLLATE "C" NOT NULL,
    received_at timestamptz NOT NULL,
    received_by uuid NOT NULL REFERENCES staff (id),
    seq bigint NOT NULL
);

CREATE TABLE checks (
    id uuid NOT NULL PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    method text COLLATE "C" NOT NULL,
    result text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    checked_by uuid NOT NULL REFERENCES staff (id),
    checked_at timestamptz NOT NULL,
    cleared_at timestamptz,
    seq bigint NOT NULL
);

CREATE TABLE demands (
    id uuid NOT NULL PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    position integer NOT NULL,
    identifier_kind text COLLATE "C" NOT NULL,
    identifier_received text COLLATE "C" NOT NULL,
    identifier_normalised text COLLATE "C" NOT NULL,
    identifier_at timestamptz,
    identifier_port integer,
    service text COLLATE "C" NOT NULL,
    category text COLLATE "C" NOT NULL,
    data_class text COLLATE "C" NOT NULL,
    words text COLLATE "C",
    period_from date,
    period_to date,
    in_signed_paper boolean,
    is_ours boolean,
    assessment text COLLATE "C",
    decision text COLLATE "C",
    decision_reason text COLLATE "C",
    redirect_to text COLLATE "C",
    decision_note text COLLATE "C",
    override_reason text COLLATE "C",
    result text COLLATE "C",
    result_account text COLLATE "C",
    result_files text COLLATE "C",
    result_by uuid,
    result_at timestamptz,
    removed_at timestamptz,
    UNIQUE (case_id, position)
);

CREATE TABLE secrecy_orders (
    id uuid NOT NULL PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    source text COLLATE "C" NOT NULL,
    issuer text COLLATE "C",
    docket text COLLATE "C",
    grounds text COLLATE "C",
    starts_on date NOT NULL,
    ends text COLLATE "C" NOT NULL,
    recorded_by uuid NOT NULL REFERENCES staff (id),
    recorded_at timestamptz NOT NULL,
    seq bigint NOT NULL
);

CREATE TABLE scope_edits (
    case_id uuid NOT NULL REFERENCES cases (id),
    revision integer NOT NULL,
    staff_id uuid NOT NULL REFERENCES staff (id),
    edited_at timestamptz NOT NULL,
    PRIMARY KEY (case_id, revision)
);

CREATE TABLE approvals (
    id uuid NOT NULL PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    scope_revision integer NOT NULL,
    scope_hash text COLLATE "C" NOT NULL,
    staff_id uuid NOT NULL REFERENCES staff (id),
    approved_at timestamptz NOT NULL,
    seq bigint NOT NULL,
    UNIQUE (case_id, scope_revision, staff_id)
);

CREATE TABLE log_entry (
    seq bigint NOT NULL PRIMARY KEY,
    at_micros bigint NOT NULL,
    actor text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    case_key text COLLATE "C",
    bytes bytea NOT NULL,
    leaf bytea NOT NULL
);

CREATE TABLE log_process (
    seq bigint NOT NULL PRIMARY KEY,
    salt bytea NOT NULL,
    payload text COLLATE "C" NOT NULL
);

CREATE TABLE log_personal (
    seq bigint NOT NULL PRIMARY KEY,
    key_owner text COLLATE "C" NOT NULL,
    sealed bytea NOT NULL
);

CREATE TABLE log_node (
    level integer NOT NULL,
    position bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (level, position)
);

CREATE TABLE log_checkpoint (
    number bigint NOT NULL PRIMARY KEY,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text COLLATE "C" NOT NULL
);

CREATE TABLE log_head (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    size bigint NOT NULL,
    root bytea NOT NULL,
    at_micros bigint NOT NULL,
    checkpoints bigint NOT NULL
);

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
CREATE FUNCTION writ_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$;
CREATE TRIGGER log_entry_no_update BEFORE UPDATE ON log_entry FOR EACH ROW EXECUTE FUNCTION writ_never('The log is append-only.');
CREATE TRIGGER log_entry_no_delete BEFORE DELETE ON log_entry FOR EACH ROW EXECUTE FUNCTION writ_never('The log is append-only.');
CREATE TRIGGER log_entry_no_truncate BEFORE TRUNCATE ON log_entry FOR EACH STATEMENT EXECUTE FUNCTION writ_never('The log is append-only.');
CREATE TRIGGER log_process_no_update BEFORE UPDATE ON log_process FOR EACH ROW EXECUTE FUNCTION writ_never('The log is append-only.');
CREATE TRIGGER log_process_no_delete BEFORE DELETE ON log_process FOR EACH ROW EXECUTE FUNCTION writ_never('The log is append-only.');
CREATE TRIGGER log_process_no_truncate BEFORE TRUNCATE ON log_process FOR EACH STATEMENT EXECUTE FUNCTION writ_never('The log is append-only.');
CREATE TRIGGER scope_edits_no_update BEFORE UPDATE ON scope_edits FOR EACH ROW EXECUTE FUNCTION writ_never('Who edited a scope is never rewritten.');
CREATE TRIGGER scope_edits_no_delete BEFORE DELETE ON scope_edits FOR EACH ROW EXECUTE FUNCTION writ_never('Who edited a scope is never rewritten.');
CREATE TRIGGER scope_edits_no_truncate BEFORE TRUNCATE ON scope_edits FOR EACH STATEMENT EXECUTE FUNCTION writ_never('Who edited a scope is never rewritten.');
CREATE TRIGGER approvals_no_update BEFORE UPDATE ON approvals FOR EACH ROW EXECUTE FUNCTION writ_never('An approval is never rewritten.');
CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals FOR EACH ROW EXECUTE FUNCTION writ_never('An approval is never rewritten.');
CREATE TRIGGER approvals_no_truncate BEFORE TRUNCATE ON approvals FOR EACH STATEMENT EXECUTE FUNCTION writ_never('An approval is never rewritten.');
CREATE TRIGGER log_checkpoint_no_update BEFORE UPDATE ON log_checkpoint FOR EACH ROW EXECUTE FUNCTION writ_never('A checkpoint is never rewritten.');
CREATE TRIGGER log_checkpoint_no_delete BEFORE DELETE ON log_checkpoint FOR EACH ROW EXECUTE FUNCTION writ_never('A checkpoint is never rewritten.');
CREATE TRIGGER log_checkpoint_no_truncate BEFORE TRUNCATE ON log_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION writ_never('A checkpoint is never rewritten.');
CREATE TRIGGER log_node_no_update BEFORE UPDATE ON log_node FOR EACH ROW EXECUTE FUNCTION writ_never('The tree is append-only.');
CREATE TRIGGER log_node_no_delete BEFORE DELETE ON log_node FOR EACH ROW EXECUTE FUNCTION writ_never('The tree is append-only.');
CREATE TRIGGER log_node_no_truncate BEFORE TRUNCATE ON log_node FOR EACH STATEMENT EXECUTE FUNCTION writ_never('The tree is append-only.');
CREATE TRIGGER log_personal_no_update BEFORE UPDATE ON log_personal FOR EACH ROW EXECUTE FUNCTION writ_never('The log is append-only.');
CREATE TRIGGER log_personal_no_truncate BEFORE TRUNCATE ON log_personal FOR EACH STATEMENT EXECUTE FUNCTION writ_never('The log is append-only.');
CREATE TRIGGER log_head_no_delete BEFORE DELETE ON log_head FOR EACH ROW EXECUTE FUNCTION writ_never('The log has one head.');
CREATE TRIGGER log_head_no_truncate BEFORE TRUNCATE ON log_head FOR EACH STATEMENT EXECUTE FUNCTION writ_never('The log has one head.');
-- A personal payload goes only after an entry that says so; erasure comes with that entry's own release.
CREATE FUNCTION writ_personal_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM log_entry WHERE kind = 'payload.erased' AND seq = (SELECT size - 1 FROM log_head WHERE id = 1)) THEN
        RAISE EXCEPTION 'A personal payload is erased only together with its payload.erased entry.';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER log_personal_no_delete BEFORE DELETE ON log_personal FOR EACH ROW EXECUTE FUNCTION writ_personal_delete();
CREATE FUNCTION writ_head_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size < OLD.size OR NEW.checkpoints < OLD.checkpoints THEN RAISE EXCEPTION 'The log only grows.'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_head_grows BEFORE UPDATE ON log_head FOR EACH ROW EXECUTE FUNCTION writ_head_grows();
-- Four eyes: whoever edited any revision of a scope can't approve it.
CREATE FUNCTION writ_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM scope_edits WHERE case_id = NEW.case_id AND staff_id = NEW.staff_id) THEN
        RAISE EXCEPTION 'An editor of the scope cannot approve it.';
    END IF;
    IF NEW.scope_revision <> (SELECT max(revision) FROM scope_edits WHERE case_id = NEW.case_id) THEN
        RAISE EXCEPTION 'Only the current revision of a scope can be approved.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approvals_four_eyes BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION writ_four_eyes();
