//! One entry of the log: what is kept of it, its bytes, its place in the tree, and its personal part, sealed until an
//! auditor unseals it with a reason.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::case_parts::{Moment, grouped};
use super::findings::NoteCard;
use super::payload::{Fact, facts};
use crate::actions::audit_notes::{WriteNote, write_note};
use crate::actions::entries::{actor_name, kind_label};
use crate::actions::unseal_entry::{step_up_for_entry, unseal_entry};
use crate::actions::view_entry::{EntryView, Personal, view_entry};
use crate::audit::SEALED_KIND;
use crate::audit::entry::layout;
use crate::audit::erasure::ERASED_KIND;
use crate::audit::proof::{Side, sides};
use crate::domain::audit_note::Severity;
use crate::domain::id::SampleId;
use crate::domain::staff::Verb;
use crate::web::WebError;
use crate::web::extract::{Visitor, WithId};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};

/// The sample that somebody comes from.
#[derive(Debug, Default, Deserialize)]
pub struct InSample {
    sample: Option<SampleId>,
}

#[derive(Template)]
#[template(path = "entry.html")]
struct EntryTemplate {
    frame: Frame,
    form: Form,
    seq: i64,
    kind: String,
    label: String,
    by: String,
    at: Moment,
    case: Option<(String, bool)>,
    is_of_compartment: bool,
    is_sealed: bool,
    process: Vec<Fact>,
    process_text: String,
    process_fits: bool,
    process_hash: String,
    personal: PersonalPart,
    personal_hash: String,
    bytes: Vec<Piece>,
    byte_count: usize,
    leaf: String,
    leaf_fits: bool,
    tree: Tree,
    notes: Vec<NoteCard>,
    may_note: bool,
}

enum PersonalPart {
    /// It can be unsealed.
    Sealed,
    /// It can't, by this person: why, and who can.
    Kept(String),
    Open {
        facts: Vec<Fact>,
        text: String,
        fits: bool,
        until: Moment,
    },
    Erased(i64),
    Gone,
}

/// One field of the bytes.
struct Piece {
    at: String,
    hex: String,
    name: &'static str,
    reads: String,
}

struct Tree {
    size: u64,
    is_signed: bool,
    is_included: bool,
    has_newer: bool,
    steps: Vec<Step>,
    root: String,
}

struct Step {
    number: usize,
    is_left: bool,
    hash: String,
}

/// `GET /log/{id}`
///
/// # Errors
/// As [`view_entry`].
pub async fn show(visitor: Visitor, entry: WithId<i64>, asked: web::Query<InSample>) -> Result<HttpResponse, WebError> {
    let sample = asked.sample.map(|sample| sample.to_string()).unwrap_or_default();
    ok(&page(&visitor, entry.0, Form::filled(Fields::filled([("sample", sample)]))).await?)
}

/// `POST /log/{id}/unseal`
///
/// # Errors
/// As [`step_up_for_entry`] and [`unseal_entry`].
pub async fn unseal(visitor: Visitor, entry: WithId<i64>, fields: Fields) -> Result<HttpResponse, WebError> {
    let seq = entry.0;
    let mut errors = Errors::default();
    let because = fields.required_prose("because", &mut errors);
    if !fields.has("password") {
        errors.add("password", "Give your password again.");
    }
    if let Some(because) = because.filter(|_| errors.is_empty()) {
        let password = fields.password("password");
        let done = post_once(&visitor, &fields, || async {
            let act = visitor.run(move |ctx, who| {
                let fresh = step_up_for_entry(ctx, who, seq, &password)?;
                unseal_entry(ctx, who, seq, because, fresh)
            });
            act.await?;
            Ok(format!("/log/{seq}#personal"))
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&page(&visitor, seq, Form::again(fields, errors)).await?)
}

/// `POST /log/{id}/notes`: a note, or with a severity a finding.
///
/// # Errors
/// As [`write_note`].
pub async fn note(visitor: Visitor, entry: WithId<i64>, fields: Fields) -> Result<HttpResponse, WebError> {
    let seq = entry.0;
    let mut errors = Errors::default();
    let text = fields.required_prose("text", &mut errors);
    let severity = fields.optional_word("severity", &mut errors);
    let sample = fields.text("sample").parse().ok();
    if let Some(text) = text.filter(|_| errors.is_empty()) {
        let done = post_once(&visitor, &fields, || async {
            let with = WriteNote { seq, sample, severity, text };
            visitor.run(move |ctx, who| write_note(ctx, who, with)).await?;
            Ok(match sample {
                Some(sample) => format!("/log/samples/{sample}"),
                None => format!("/log/{seq}#notes"),
            })
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&page(&visitor, seq, Form::again(fields, errors)).await?)
}

async fn page(visitor: &Visitor, seq: i64, form: Form) -> Result<EntryTemplate, WebError> {
    let view = visitor.run(move |ctx, who| view_entry(ctx, who, seq)).await?;
    Ok(EntryTemplate::of(visitor, view, form))
}

impl EntryTemplate {
    fn of(visitor: &Visitor, view: EntryView, form: Form) -> EntryTemplate {
        let row = &view.row;
        let is_sealed = row.is_sealed();
        let pieces = pieces(&view);
        let hash = |name: &str| pieces.iter().find(|p| p.name == name).map(|p| p.hex.clone()).unwrap_or_default();
        EntryTemplate {
            frame: visitor.frame(format!("Entry {}", row.seq), Place::Log),
            form,
            seq: row.seq,
            label: kind_label(&row.kind).to_owned(),
            by: actor_name(&row.actor, &view.names),
            at: Moment::new(row.at, visitor.now()),
            case: view.case.as_ref().map(|case| (case.reference.to_string(), case.is_open)),
            is_of_compartment: view.is_of_compartment,
            is_sealed,
            process: if is_sealed { Vec::new() } else { facts(&row.process, &view.names) },
            process_text: row.process.clone(),
            process_fits: view.process_fits,
            process_hash: hash("process"),
            personal: personal(&view, visitor),
            personal_hash: hash("personal"),
            byte_count: view.bytes.len(),
            bytes: pieces,
            leaf: grouped(&row.leaf),
            leaf_fits: view.leaf_fits,
            tree: tree(&view),
            notes: view.notes.iter().map(|note| NoteCard::of(note, &view.names, visitor.now())).collect(),
            may_note: visitor.may(Verb::Audit),
            kind: view.row.kind,
        }
    }
}

fn personal(view: &EntryView, visitor: &Visitor) -> PersonalPart {
    match &view.personal {
        Personal::Sealed(None) => PersonalPart::Sealed,
        Personal::Sealed(Some(refusal)) => PersonalPart::Kept(refusal.to_string()),
        Personal::Open { part, fits, until } => PersonalPart::Open {
            facts: facts(&part.payload, &view.names),
            text: part.payload.clone(),
            fits: *fits,
            until: Moment::new(*until, visitor.now()),
        },
        Personal::Erased(Some(by)) => PersonalPart::Erased(*by),
        Personal::Erased(None) => PersonalPart::Gone,
    }
}

/// The bytes as they lie, each field with what it reads as. Bytes that are no entry are shown by no field.
fn pieces(view: &EntryView) -> Vec<Piece> {
    let row = &view.row;
    let kind = match row.kind.as_str() {
        ERASED_KIND => ERASED_KIND,
        _ if view.is_of_compartment => SEALED_KIND,
        kind => kind,
    };
    let reads = |name: &str| match name {
        "version" => "1".to_owned(),
        "seq" => row.seq.to_string(),
        "at" => row.at.for_machines(),
        "actor" => format!("{}, {}", row.actor, actor_name(&row.actor, &view.names)),
        "kind" => kind.to_owned(),
        "case" => row.case_key.clone().unwrap_or_else(|| "none".into()),
        "process" => "commitment: salt and payload".to_owned(),
        _ => "commitment: salt and payload, sealed".to_owned(),
    };
    let laid = layout(&view.bytes).unwrap_or_default().into_iter();
    laid.map(|field| Piece {
        at: format!("{:04x}", field.at),
        hex: grouped(&hex::encode(&field.bytes)),
        reads: reads(field.name),
        name: field.name,
    })
    .collect()
}

fn tree(view: &EntryView) -> Tree {
    let (inclusion, index) = (&view.inclusion, u64::try_from(view.row.seq).unwrap_or(u64::MAX));
    let step = |(at, (side, hash)): (usize, (Side, &[u8; 32]))| Step {
        number: at.saturating_add(1),
        is_left: side == Side::Left,
        hash: grouped(&hex::encode(hash)),
    };
    Tree {
        size: inclusion.size,
        is_signed: inclusion.is_signed,
        is_included: view.is_included,
        has_newer: index.saturating_add(1) < inclusion.log_size,
        steps: sides(index, inclusion.size).into_iter().zip(&inclusion.path).enumerate().map(step).collect(),
        root: grouped(&hex::encode(inclusion.root)),
    }
}
