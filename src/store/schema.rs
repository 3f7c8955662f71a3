//! The tables, one description for both databases.

table! {
    use crate::store::types::DbTime;
    use diesel::sql_types::*;

    witness_mails (address) {
        address -> Text,
        size -> BigInt,
        sent_at -> DbTime,
    }
}

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    registers (id) {
        id -> Integer,
        origin -> Text,
        is_demo -> Bool,
        software -> Text,
        created_at -> DbTime,
        generation -> Text,
        cases_changed -> BigInt,
        rulebook -> Nullable<Text>,
    }
}

table! {
    use crate::store::types::DbTime;
    use diesel::sql_types::*;

    law_texts (sha256) {
        sha256 -> Text,
        text -> Text,
        kept_at -> DbTime,
    }
}

table! {
    use crate::store::types::DbTime;
    use diesel::sql_types::*;

    rulebooks (sha256) {
        sha256 -> Text,
        facts -> Text,
        packs -> Text,
        kept_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    law_proposals (id) {
        id -> DbUuid,
        rulebook -> Text,
        because -> Text,
        proposed_by -> DbUuid,
        proposed_at -> DbTime,
        ended_at -> Nullable<DbTime>,
        ended_by -> Nullable<DbUuid>,
        ended_as -> Nullable<Text>,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    teams (id) {
        id -> DbUuid,
        name -> Text,
        version -> Integer,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    staff (id) {
        id -> DbUuid,
        name -> Text,
        full_name -> Text,
        is_cleared -> Bool,
        is_active -> Bool,
        password_hash -> Text,
        created_at -> DbTime,
        version -> Integer,
        email -> Nullable<Text>,
        must_change_password -> Bool,
        password_made_at -> Nullable<DbTime>,
        signed_in_at -> Nullable<DbTime>,
        admin_until -> Nullable<DbTime>,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    staff_roles (staff_id, role) {
        staff_id -> DbUuid,
        role -> Text,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    staff_teams (staff_id, team_id) {
        staff_id -> DbUuid,
        team_id -> DbUuid,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    sessions (id_hash) {
        id_hash -> Text,
        staff_id -> DbUuid,
        created_at -> DbTime,
        seen_at -> DbTime,
        ends_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    api_tokens (id) {
        id -> DbUuid,
        staff_id -> DbUuid,
        name -> Text,
        token_hash -> Text,
        created_at -> DbTime,
        revoked_at -> Nullable<DbTime>,
        expires_at -> Nullable<DbTime>,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    throttles (key) {
        key -> Text,
        failures -> Integer,
        last_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    form_posts (id) {
        id -> Text,
        staff_id -> DbUuid,
        went_to -> Text,
        posted_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    views (session_hash, subject_id) {
        session_hash -> Text,
        subject_id -> DbUuid,
        seen_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    data_keys (owner) {
        owner -> Text,
        wrapped -> Binary,
        created_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    reference_series (year) {
        year -> Integer,
        next_number -> Integer,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    agencies (id) {
        id -> DbUuid,
        name -> Text,
        search_name -> Text,
        country -> Text,
        level -> Text,
        kind -> Text,
        state -> Nullable<Text>,
        version -> Integer,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    officers (id) {
        id -> DbUuid,
        agency_id -> DbUuid,
        name -> Text,
        title -> Nullable<Text>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        version -> Integer,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    cases (id) {
        id -> DbUuid,
        reference -> Text,
        stage -> Text,
        compartment -> Text,
        named -> Text,
        team_id -> DbUuid,
        instrument -> Text,
        agency_id -> DbUuid,
        officer_id -> Nullable<DbUuid>,
        country -> Text,
        customer -> Text,
        docket -> Nullable<Text>,
        is_emergency -> Bool,
        received_at -> DbTime,
        return_by -> Nullable<Date>,
        paper -> Text,
        next_position -> Integer,
        scope_salt -> Text,
        scope_revision -> Integer,
        assessed_at -> Nullable<DbTime>,
        assessed_by -> Nullable<DbUuid>,
        assessed_revision -> Nullable<Integer>,
        drafted_at -> Nullable<DbTime>,
        drafted_by -> Nullable<DbUuid>,
        scope_hash -> Nullable<Text>,
        approvals_needed -> Nullable<Integer>,
        returned_at -> Nullable<DbTime>,
        returned_by -> Nullable<DbUuid>,
        returned_because -> Nullable<Text>,
        released_at -> Nullable<DbTime>,
        released_by -> Nullable<DbUuid>,
        released_to -> Nullable<Text>,
        release_method -> Nullable<Text>,
        manifest_sha256 -> Nullable<Text>,
        release_files -> Nullable<Integer>,
        closed_at -> Nullable<DbTime>,
        closed_by -> Nullable<DbUuid>,
        closed_from -> Nullable<Text>,
        outcome -> Nullable<Text>,
        closing_note -> Nullable<Text>,
        opened_at -> DbTime,
        opened_by -> DbUuid,
        version -> Integer,
        assignee_id -> Nullable<DbUuid>,
        due_on -> Nullable<Date>,
        stopped_days -> Integer,
        wait_kind -> Nullable<Text>,
        wait_because -> Nullable<Text>,
        wait_expected_on -> Nullable<Date>,
        wait_by -> Nullable<DbUuid>,
        wait_at -> Nullable<DbTime>,
        ticks -> Text,
        redirects -> Text,
        redirect_result -> Nullable<Text>,
        has_override -> Bool,
        awaits_approval -> Bool,
        clocks -> Text,
        past_waits -> Text,
        late_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    clocks (case_id, rule) {
        case_id -> DbUuid,
        rule -> Text,
        kind -> Text,
        title -> Text,
        owner -> Text,
        otherwise -> Text,
        due_at -> DbTime,
        due_on -> Date,
        zone -> Text,
        told -> Text,
        warn_at -> Text,
        warn_from -> DbTime,
        is_still -> Bool,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    feeds (staff_id) {
        staff_id -> DbUuid,
        secret_sha256 -> Text,
        made_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    documents (id) {
        id -> DbUuid,
        case_id -> DbUuid,
        kind -> Text,
        demand_id -> Nullable<DbUuid>,
        file_name -> Text,
        media_type -> Text,
        size -> BigInt,
        sha256 -> Text,
        received_at -> DbTime,
        received_by -> DbUuid,
        seq -> BigInt,
        waits_since -> Nullable<DbTime>,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    checks (id) {
        id -> DbUuid,
        case_id -> DbUuid,
        method -> Text,
        result -> Text,
        account -> Text,
        checked_by -> DbUuid,
        checked_at -> DbTime,
        cleared_at -> Nullable<DbTime>,
        seq -> BigInt,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    demands (id) {
        id -> DbUuid,
        case_id -> DbUuid,
        position -> Integer,
        identifier_kind -> Text,
        identifier_received -> Text,
        identifier_normalised -> Text,
        identifier_at -> Nullable<DbTime>,
        identifier_port -> Nullable<Integer>,
        service -> Text,
        category -> Text,
        data_class -> Text,
        words -> Nullable<Text>,
        period_from -> Nullable<Date>,
        period_to -> Nullable<Date>,
        in_signed_paper -> Nullable<Bool>,
        is_ours -> Nullable<Bool>,
        assessment -> Nullable<Text>,
        decision -> Nullable<Text>,
        decision_reason -> Nullable<Text>,
        redirect_to -> Nullable<Text>,
        decision_note -> Nullable<Text>,
        override_reason -> Nullable<Text>,
        result -> Nullable<Text>,
        result_account -> Nullable<Text>,
        result_files -> Nullable<Text>,
        result_by -> Nullable<DbUuid>,
        result_at -> Nullable<DbTime>,
        removed_at -> Nullable<DbTime>,
        organisation_name -> Nullable<Text>,
        organisation_contact -> Nullable<Text>,
        organisation_reach -> Nullable<Text>,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    comments (id) {
        id -> DbUuid,
        case_id -> DbUuid,
        text -> Text,
        written_by -> DbUuid,
        written_at -> DbTime,
        seq -> BigInt,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    case_links (id) {
        id -> DbUuid,
        case_id -> DbUuid,
        other_id -> DbUuid,
        kind -> Text,
        note -> Nullable<Text>,
        linked_by -> DbUuid,
        linked_at -> DbTime,
        removed_at -> Nullable<DbTime>,
        seq -> BigInt,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    secrecy_orders (id) {
        id -> DbUuid,
        case_id -> DbUuid,
        source -> Text,
        issuer -> Nullable<Text>,
        docket -> Nullable<Text>,
        grounds -> Nullable<Text>,
        starts_on -> Date,
        ends -> Text,
        recorded_by -> DbUuid,
        recorded_at -> DbTime,
        seq -> BigInt,
        last_on -> Nullable<Date>,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    scope_edits (case_id, revision) {
        case_id -> DbUuid,
        revision -> Integer,
        staff_id -> DbUuid,
        edited_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    approvals (id) {
        id -> DbUuid,
        case_id -> DbUuid,
        scope_revision -> Integer,
        scope_hash -> Text,
        staff_id -> DbUuid,
        approved_at -> DbTime,
        seq -> BigInt,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    log_entry (seq) {
        seq -> BigInt,
        at_micros -> BigInt,
        actor -> Text,
        kind -> Text,
        case_key -> Nullable<Text>,
        bytes -> Binary,
        leaf -> Binary,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    log_process (seq) {
        seq -> BigInt,
        salt -> Binary,
        payload -> Text,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    log_personal (seq) {
        seq -> BigInt,
        key_owner -> Text,
        sealed -> Binary,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    log_node (level, position) {
        level -> Integer,
        position -> BigInt,
        hash -> Binary,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    log_checkpoint (number) {
        number -> BigInt,
        size -> BigInt,
        root -> Binary,
        note -> Text,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    log_head (id) {
        id -> Integer,
        size -> BigInt,
        root -> Binary,
        at_micros -> BigInt,
        checkpoints -> BigInt,
        installation_key -> Text,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    job_turns (job) {
        job -> Text,
        taken_at -> DbTime,
        next_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    staff_requests (id) {
        id -> DbUuid,
        staff_id -> DbUuid,
        change -> Text,
        roles -> Text,
        asked_by -> DbUuid,
        asked_at -> DbTime,
        half -> Nullable<Binary>,
        ended_at -> Nullable<DbTime>,
        ended_by -> Nullable<DbUuid>,
        ended_as -> Nullable<Text>,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    staff_watches (id) {
        id -> DbUuid,
        staff_id -> DbUuid,
        cause -> Text,
        since -> DbTime,
        until -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    past_cases (id) {
        id -> DbUuid,
        source -> Text,
        source_reference -> Text,
        received_on -> Date,
        is_day_known -> Bool,
        country -> Text,
        instrument -> Nullable<Text>,
        agency_name -> Nullable<Text>,
        docket -> Nullable<Text>,
        customer -> Text,
        identifier_count -> Integer,
        outcome -> Text,
        disclosed_by -> Nullable<Text>,
        services -> Text,
        imported_at -> DbTime,
        seq -> BigInt,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    outbox (id) {
        id -> DbUuid,
        to_staff -> DbUuid,
        kind -> Text,
        reference -> Nullable<Text>,
        once -> Text,
        created_at -> DbTime,
        not_before -> DbTime,
        attempts -> Integer,
        last_error -> Nullable<Text>,
        sent_at -> Nullable<DbTime>,
        failed_at -> Nullable<DbTime>,
        dropped_at -> Nullable<DbTime>,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    unsealed_entries (session_hash, seq) {
        session_hash -> Text,
        seq -> BigInt,
        unsealed_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    search_words (word, case_id, source) {
        word -> Text,
        case_id -> DbUuid,
        source -> Text,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    search_keys (kind, key, case_id) {
        kind -> Text,
        key -> Text,
        case_id -> DbUuid,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    saved_views (id) {
        id -> DbUuid,
        staff_id -> DbUuid,
        name -> Text,
        filters -> Text,
        saved_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    slips (id) {
        id -> DbUuid,
        staff_id -> DbUuid,
        sealed -> Binary,
        made_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    alarms (id) {
        id -> DbUuid,
        once -> Text,
        raised_at -> DbTime,
        place -> Text,
        seq -> Nullable<BigInt>,
        fault -> Text,
        recorded_seq -> Nullable<BigInt>,
        settled_at -> Nullable<DbTime>,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    alarm_acknowledgements (alarm_id, role) {
        alarm_id -> DbUuid,
        role -> Text,
        staff_id -> DbUuid,
        because -> Text,
        acknowledged_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    verifications (id) {
        id -> DbUuid,
        slot -> Text,
        by_actor -> Text,
        is_scheduled -> Bool,
        begun_at -> DbTime,
        ended_at -> Nullable<DbTime>,
        size -> BigInt,
        is_sound -> Nullable<Bool>,
        root -> Nullable<Text>,
        checkpoints -> Nullable<BigInt>,
        signed_size -> Nullable<BigInt>,
        erased -> Nullable<BigInt>,
        fault -> Nullable<Text>,
        alarm_id -> Nullable<DbUuid>,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    samples (id) {
        id -> DbUuid,
        list -> Text,
        filters -> Text,
        size -> BigInt,
        population -> BigInt,
        seed -> Text,
        drawn_by -> DbUuid,
        drawn_at -> DbTime,
        seq -> BigInt,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    sample_items (sample_id, entry_seq) {
        sample_id -> DbUuid,
        entry_seq -> BigInt,
        ticked_by -> Nullable<DbUuid>,
        ticked_at -> Nullable<DbTime>,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    audit_notes (id) {
        id -> DbUuid,
        severity -> Nullable<Text>,
        status -> Nullable<Text>,
        entry_seq -> Nullable<BigInt>,
        case_id -> Nullable<DbUuid>,
        sample_id -> Nullable<DbUuid>,
        written_by -> DbUuid,
        written_at -> DbTime,
        seq -> BigInt,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    audit_answers (note_id, seq) {
        note_id -> DbUuid,
        seq -> BigInt,
        status -> Text,
        given_by -> DbUuid,
        given_at -> DbTime,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    litigation_holds (id) {
        id -> DbUuid,
        case_id -> DbUuid,
        what_for -> Text,
        placed_by -> DbUuid,
        placed_at -> DbTime,
        lifted_because -> Nullable<Text>,
        lifted_by -> Nullable<DbUuid>,
        lifted_at -> Nullable<DbTime>,
        seq -> BigInt,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    erasures (id) {
        id -> DbUuid,
        ground -> Text,
        schedules -> Text,
        because -> Nullable<Text>,
        proposed_by -> DbUuid,
        proposed_at -> DbTime,
        answered_as -> Nullable<Text>,
        answered_by -> Nullable<DbUuid>,
        answered_at -> Nullable<DbTime>,
        seq -> BigInt,
        sealed_case_id -> Nullable<DbUuid>,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    erasure_items (erasure_id, case_id) {
        erasure_id -> DbUuid,
        case_id -> DbUuid,
        schedule -> Nullable<Text>,
        ended_as -> Nullable<Text>,
        ended_at -> Nullable<DbTime>,
    }
}

table! {
    use crate::store::types::{DbTime, DbUuid};
    use diesel::sql_types::*;

    erased_cases (case_id) {
        case_id -> DbUuid,
        erasure_id -> DbUuid,
        reference -> Text,
        compartment -> Text,
        team_id -> DbUuid,
        named -> Text,
        counted -> Text,
        erased_at -> DbTime,
        seq -> BigInt,
    }
}

table! {
    use crate::store::types::DbUuid;
    #[allow(unused_imports)]
    use diesel::sql_types::*;

    erased_documents (document_id) {
        document_id -> DbUuid,
    }
}

joinable!(cases -> agencies (agency_id));
joinable!(erasure_items -> erasures (erasure_id));
joinable!(clocks -> cases (case_id));
joinable!(feeds -> staff (staff_id));
joinable!(cases -> officers (officer_id));
joinable!(sessions -> staff (staff_id));
joinable!(api_tokens -> staff (staff_id));
joinable!(log_process -> log_entry (seq));
joinable!(log_personal -> log_entry (seq));

allow_tables_to_appear_in_same_query!(
    registers,
    teams,
    staff,
    staff_roles,
    staff_teams,
    sessions,
    api_tokens,
    throttles,
    form_posts,
    views,
    data_keys,
    reference_series,
    agencies,
    officers,
    cases,
    documents,
    checks,
    demands,
    comments,
    case_links,
    secrecy_orders,
    scope_edits,
    approvals,
    log_entry,
    log_process,
    log_personal,
    log_node,
    log_checkpoint,
    log_head,
    job_turns,
    staff_requests,
    law_texts,
    rulebooks,
    law_proposals,
    staff_watches,
    outbox,
    witness_mails,
    unsealed_entries,
    search_words,
    search_keys,
    saved_views,
    slips,
    clocks,
    feeds,
    alarms,
    alarm_acknowledgements,
    verifications,
    samples,
    sample_items,
    audit_notes,
    audit_answers,
    litigation_holds,
    erasures,
    erasure_items,
    erased_cases,
    erased_documents
);
