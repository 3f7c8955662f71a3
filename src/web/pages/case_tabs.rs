//! What each tab of a case shows.

use chrono::NaiveDate;

use super::asked_form::AskedForm;
use super::case_beside::{Checklist, CommentLine, LinkLine, RedirectPanel, WaitPanel};
use super::case_clocks::ClockLine;
use super::case_groups::Demands;
use super::case_log::Timeline;
use super::case_parts::{ByWhom, Chip, Words, day};
use super::case_requester::RequesterTab;
use super::case_unknown::Unknown;
use super::case_why::FindingLine;
use super::production::Production;
use crate::actions::view_case::{Beside, CaseView};
use crate::domain::case::Case;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::outcome::Outcome;
use crate::domain::refusal::Refusal;
use crate::domain::secrecy::SecrecyOrder;
use crate::domain::staff::{Staff, Verb};
use crate::domain::stage::{Gate, Stage};
use crate::domain::stated::Stated;
use crate::domain::time::Instant;

/// The tabs of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Document, demands, decision.
    Review,
    /// Who asks, how that was checked, what the paper states.
    Requester,
    /// Document and facial checklist.
    Checklist,
    /// Documents.
    Documents,
    /// Clocks with their arithmetic.
    Clocks,
    /// What colleagues say to each other.
    Comments,
    /// Other cases that hang together with it.
    Related,
    /// The case's own log.
    Log,
}

impl Tab {
    /// All, in order.
    pub const ALL: [Tab; 8] = [
        Tab::Review,
        Tab::Requester,
        Tab::Checklist,
        Tab::Documents,
        Tab::Clocks,
        Tab::Comments,
        Tab::Related,
        Tab::Log,
    ];

    /// As addresses spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Tab::Review => "review",
            Tab::Requester => "requester",
            Tab::Checklist => "checklist",
            Tab::Documents => "documents",
            Tab::Clocks => "clocks",
            Tab::Comments => "comments",
            Tab::Related => "related",
            Tab::Log => "log",
        }
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Tab::Review => "Review",
            Tab::Requester => "Requester",
            Tab::Checklist => "Checklist",
            Tab::Documents => "Documents",
            Tab::Clocks => "Clocks",
            Tab::Comments => "Comments",
            Tab::Related => "Related",
            Tab::Log => "Timeline",
        }
    }

    /// The tab an address names; review where it names none.
    pub fn named(name: &str) -> Tab {
        Tab::ALL.into_iter().find(|tab| tab.as_str() == name).unwrap_or(Tab::Review)
    }

    /// What this tab needs to read beside the case.
    pub fn beside(self) -> Beside {
        match self {
            Tab::Review | Tab::Requester | Tab::Checklist | Tab::Documents | Tab::Clocks => Beside::Nothing,
            Tab::Comments => Beside::Comments,
            Tab::Related => Beside::Links,
            Tab::Log => Beside::Log,
        }
    }
}

/// What the tab in front holds.
pub enum Body {
    /// The review.
    Review(Box<ReviewTab>),
    /// The requester.
    Requester(Box<RequesterTab>),
    /// The first served paper, and what a reviewer saw on it.
    Checklist(Option<Box<DocumentLine>>, Checklist),
    /// The documents.
    Documents(Vec<DocumentLine>),
    /// The clocks, those that run first.
    Clocks(Vec<ClockLine>),
    /// The comments, oldest first.
    Comments(Vec<CommentLine>),
    /// Links to other cases.
    Related(Vec<LinkLine>),
    /// The timeline, newest first.
    Log(Timeline),
}

/// The review tab.
pub struct ReviewTab {
    /// The first served paper.
    pub document: Option<DocumentLine>,
    /// A draft that came back: by whom, and why where not sealed.
    pub returned: Option<(ByWhom, Option<String>)>,
    /// Who asked the engine last.
    pub assessed: Option<ByWhom>,
    /// The demands, one by one or in groups, with their decision form.
    pub demands: Demands,
    /// Findings over all demands.
    pub findings: Vec<FindingLine>,
    /// What the check asks for and nobody has looked at, where this person can fill it in.
    pub unknown: Option<Unknown>,
    /// The wait that runs.
    pub wait: Option<WaitPanel>,
    /// How much of the facial checklist was looked at.
    pub checklist: Checklist,
    /// The redirect: its letter, and what became of it.
    pub redirect: Option<RedirectPanel>,
    /// Orders and pleas.
    pub secrecy: Vec<SecrecyLine>,
    /// The form for another demand.
    pub asked: Option<AskedForm>,
    /// What left.
    pub released: Option<Released>,
    /// Files that would leave, by demand.
    pub production: Production,
    /// What saving the decisions does, where they can be saved.
    pub sends: Option<String>,
    /// The draft that waits for approval.
    pub sent: Option<Sent>,
    /// How the case would end if it were closed now.
    pub outcome: Outcome,
    /// How it ended: who, when, note.
    pub closed: Option<(ByWhom, Outcome, Option<String>)>,
}

impl ReviewTab {
    /// How many findings stop disclosure.
    pub fn blocking(&self) -> usize {
        self.findings.iter().filter(|f| f.blocks).count()
    }
}

/// A draft that waits for approval, in words.
pub struct Sent {
    /// Who sent it, and when.
    pub by: ByWhom,
    /// How many still have to approve: `2 reviewers`.
    pub needed: String,
}

/// A release in words.
pub struct Released {
    /// Who and when.
    pub by: ByWhom,
    /// To whom; none where sealed.
    pub to: Option<String>,
    /// How.
    pub method: &'static str,
    /// How many files.
    pub files: u32,
}

/// A secrecy order or plea in words.
pub struct SecrecyLine {
    /// Binding or not, in words.
    pub chip: Chip,
    /// Whether it binds.
    pub binds: bool,
    /// Where it comes from.
    pub source: &'static str,
    /// Court, docket, grounds; none where sealed.
    pub particulars: Option<Vec<(&'static str, String)>>,
    /// First and last day.
    pub runs: String,
    /// Who recorded it.
    pub by: ByWhom,
}

impl SecrecyLine {
    /// An order as this person may see it.
    pub fn new(order: &SecrecyOrder, is_sealed: bool, words: Words<'_>) -> SecrecyLine {
        let binds = order.is_binding();
        let is_over = binds && !order.binds_on(words.now.day()) && order.starts_on <= words.now.day();
        let word = if is_over {
            "ended"
        } else if binds {
            "binding"
        } else {
            "not binding"
        };
        let end = match &order.ends_on {
            Stated::Is(end) => format!("to {} ({})", day(*end), days_left(*end, words.now.day())),
            Stated::None => "no end stated".into(),
            Stated::Unknown => "end not looked at".into(),
        };
        let text = |label, what: Option<String>| what.map(|what| (label, what));
        let particulars = [
            text("Given by", order.issuer.as_ref().map(ToString::to_string)),
            text("Docket", order.docket.as_ref().map(ToString::to_string)),
            text("Grounds", order.grounds.as_ref().map(ToString::to_string)),
        ];
        SecrecyLine {
            chip: Chip::new("plain seal", "unseen", word),
            binds,
            source: order.source.label(),
            particulars: (!is_sealed).then(|| particulars.into_iter().flatten().collect()),
            runs: format!("from {}, {end}", day(order.starts_on)),
            by: words.by(order.by, order.at),
        }
    }
}

/// How long an order still runs, its last day included.
fn days_left(end: NaiveDate, today: NaiveDate) -> String {
    match end.signed_duration_since(today).num_days() {
        0 => "its last day is today".into(),
        1 => "1 day left".into(),
        days if days > 0 => format!("{days} days left"),
        -1 => "ended yesterday".into(),
        days => format!("ended {} days ago", days.unsigned_abs()),
    }
}

/// A document in a list.
pub struct DocumentLine {
    /// Its id.
    pub id: String,
    /// Its name; none where sealed.
    pub name: Option<String>,
    /// What it is to the case.
    pub kind: &'static str,
    /// The demand it was collected for: `demand 3`, with the identifier where it is not sealed.
    pub demand: Option<String>,
    /// Sniffed type.
    pub media_type: String,
    /// Whether browsers show it in the page.
    pub is_pdf: bool,
    /// Size in words.
    pub size: String,
    /// SHA-256; none where sealed.
    pub sha256: Option<String>,
    /// Who took it in.
    pub by: ByWhom,
}

impl DocumentLine {
    /// A document as this person may see it.
    pub fn new(document: &Document, is_sealed: bool, words: Words<'_>) -> DocumentLine {
        DocumentLine {
            id: document.id.to_string(),
            name: (!is_sealed).then(|| document.file_name.to_string()),
            kind: document.kind.label(),
            demand: None,
            is_pdf: document.media_type == "application/pdf",
            media_type: document.media_type.clone(),
            size: super::size(document.size),
            sha256: (!is_sealed).then(|| document.sha256.clone()),
            by: words.by(document.received_by, document.received_at),
        }
    }

    /// The same with the demand of the case that it was collected for.
    pub fn of(self, case: &Case, document: &Document) -> DocumentLine {
        let named = |id| match case.demand(id) {
            Some(demand) if self.name.is_some() => {
                format!("demand {}: {}", demand.position, demand.asked.identifier.display())
            }
            Some(demand) => format!("demand {}", demand.position),
            None => "a demand that was removed since".into(),
        };
        DocumentLine { demand: document.demand.map(named), ..self }
    }
}

/// The first served paper of a case.
pub fn served(case: &Case, words: Words<'_>) -> Option<DocumentLine> {
    let first = case.documents.iter().find(|d| d.kind == DocumentKind::Served);
    first.map(|d| DocumentLine::new(d, false, words))
}

/// What this person can do on a case now. What is not here is absent from the page, or explained.
#[derive(Debug, Clone, Default)]
pub struct Can {
    /// Mend the particulars, and add, change or remove demands.
    pub edit: bool,
    /// Attach documents.
    pub attach: bool,
    /// Read documents.
    pub read_documents: bool,
    /// Record a check.
    pub verify: bool,
    /// Record an order of secrecy.
    pub secrecy: bool,
    /// Ask the engine.
    pub assess: bool,
    /// Draft decisions.
    pub decide: bool,
    /// Let the production go.
    pub release: bool,
    /// Why not, where only the person is in the way.
    pub release_kept: Option<String>,
    /// Close the case.
    pub close: bool,
    /// Record a withdrawal.
    pub withdraw: bool,
    /// Begin a wait.
    pub begin_wait: bool,
    /// End the wait that runs.
    pub end_wait: bool,
    /// Move and settle clocks.
    pub clocks: bool,
    /// Tick the facial checklist.
    pub tick: bool,
    /// Say what became of the redirect.
    pub answer_redirect: bool,
    /// Comment.
    pub comment: bool,
}

impl Can {
    /// What this person can do; nothing where the case is sealed to them.
    pub fn new(view: &CaseView, who: &Staff, now: Instant) -> Can {
        let case = &view.case;
        if view.is_sealed {
            return Can::default();
        }
        let can = |verb| case.keeps_from(verb, who).is_none();
        let waits = case.stage() == Stage::Delivery && !case.is_open(Gate::Released);
        let kept = case.keeps_from(Verb::Release, who);
        let early = case.held_until(now).map(|until| Refusal::ReleaseTooEarly { until });
        let kept = kept.or(early.filter(|_| waits));
        let is_told = |r: &Refusal| {
            matches!(r, Refusal::ReleaserCollected | Refusal::ReleaserCalledBack | Refusal::ReleaseTooEarly { .. })
        };
        Can {
            edit: can(Verb::Amend),
            attach: can(Verb::Attach),
            read_documents: can(Verb::ReadDocument),
            verify: case.stage() == Stage::Triage && can(Verb::Verify),
            secrecy: can(Verb::RecordSecrecy),
            assess: can(Verb::Assess),
            decide: can(Verb::Decide),
            release: kept.is_none(),
            release_kept: kept.filter(|r| waits && is_told(r)).map(|r| r.to_string()),
            close: can(Verb::Close),
            withdraw: can(Verb::Withdraw),
            begin_wait: can(Verb::BeginWait),
            end_wait: can(Verb::EndWait),
            clocks: can(Verb::SettleClock),
            tick: can(Verb::TickChecklist),
            answer_redirect: can(Verb::AnswerRedirect),
            comment: can(Verb::Comment),
        }
    }
}
