//! Every page there is: who looks at it, and where, in a register with cases at all stages.
//!
//! A new page is one line in [`PAGES`], a new file one line in [`FILES`]. `page_costs` in this suite measures what they
//! cost and fails when a route of the program is in neither; the browser's `every_page` looks at each in every light.

use std::collections::BTreeMap;

use writ::actions::account::feed::make_feed;
use writ::actions::audit_notes::{WriteNote, write_note};
use writ::actions::draw_sample::{DrawSample, draw_sample};
use writ::actions::erase::erase_approved;
use writ::actions::erasure::{approve_erasure, propose_single};
use writ::actions::law::propose::{Proposed, propose};
use writ::actions::on_case::OnCase;
use writ::actions::search_register::search_register;
use writ::actions::sign_checkpoint::sign_checkpoint;
use writ::actions::sign_in::step_up;
use writ::audit::Checkpoint;
use writ::domain::audit_note::Severity;
use writ::domain::case::Case;
use writ::domain::decision::{Decision, DecisionKind};
use writ::domain::demand::Demand;
use writ::domain::document::DocumentKind;
use writ::domain::erasure::ErasureGround;
use writ::domain::id::ErasureId;
use writ::domain::sample::SampleOf;
use writ::domain::staff::{Actor, Verb};
use writ::store::log::LogFilter;

use super::meridiana::meridiana;
use super::papers::{asked_about, prose, secrecy_order, subpoena};
use super::people::{Acts, Person};
use super::world::{World, line, password_of};

/// A page: its route, who looks at it (empty for somebody unknown), and its address. A word in braces in the address is
/// the reference of that case of the [`Tour`]; `{demand}`, `{document}` and `{entry}` are of the case in review.
pub type Place = (&'static str, &'static str, &'static str);

pub const PAGES: &[Place] = &[
    ("/sign-in", "", "/sign-in"),
    ("/account", "anna", "/account"),
    ("/account", "gus", "/account"),
    ("/account/password", "anna", "/account/password"),
    ("/queue", "anna", "/queue"),
    ("/queue", "dan", "/queue?stage=approval"),
    ("/queue", "anna", "/queue?tab=closed"),
    ("/queue", "anna", "/queue?tab=mine&instrument=eu&sort=agency"),
    ("/queue/views", "anna", "/queue/views?tab=week"),
    ("/approvals", "dan", "/approvals"),
    ("/approvals", "anna", "/approvals"),
    ("/search", "anna", "/search"),
    ("/search/{id}", "anna", "/search/{found}"),
    ("/cases/new", "anna", "/cases/new"),
    ("/cases/new", "anna", "/cases/new?arrival=none"),
    ("/cases/{reference}", "anna", "/cases/{intake}"),
    ("/cases/{reference}", "anna", "/cases/{triage}"),
    ("/cases/{reference}", "anna", "/cases/{review}"),
    ("/cases/{reference}", "anna", "/cases/{many}"),
    ("/cases/{reference}", "anna", "/cases/{approval}"),
    ("/cases/{reference}", "anna", "/cases/{fulfilment}"),
    ("/cases/{reference}", "ben", "/cases/{delivery}"),
    ("/cases/{reference}", "anna", "/cases/{closed}"),
    ("/cases/{reference}", "anna", "/cases/{triage}?tab=requester"),
    ("/cases/{reference}", "anna", "/cases/{triage}?tab=checklist"),
    ("/cases/{reference}", "dan", "/cases/{review}?tab=checklist"),
    ("/cases/{reference}", "anna", "/cases/{review}?tab=clocks"),
    ("/cases/{reference}", "anna", "/cases/{closed}?tab=documents"),
    ("/cases/{reference}", "anna", "/cases/{closed}?tab=log"),
    ("/cases/{reference}", "fay", "/cases/{closed}"),
    ("/cases/{reference}", "anna", "/cases/{closed}?tab=comments"),
    ("/cases/{reference}", "fay", "/cases/{closed}?tab=log"),
    ("/cases/{reference}/assign", "anna", "/cases/{review}/assign"),
    ("/cases/{reference}/related", "anna", "/cases/{review}/related"),
    ("/cases/{reference}/demands/many", "anna", "/cases/{review}/demands/many"),
    ("/cases/{reference}/redirect-letter", "anna", "/cases/{redirect}/redirect-letter"),
    ("/cases/{reference}", "anna", "/cases/{redirect}"),
    ("/cases/{reference}/print", "anna", "/cases/{closed}/print"),
    ("/cases/{reference}/amend", "anna", "/cases/{review}/amend"),
    ("/cases/{reference}/demands/{id}/rules", "anna", "/cases/{review}/demands/{demand}/rules"),
    ("/cases/{reference}/demands/{id}", "anna", "/cases/{review}/demands/{demand}"),
    ("/cases/{reference}/approval", "dan", "/cases/{approval}/approval"),
    ("/cases/{reference}/approval", "anna", "/cases/{approval}/approval"),
    ("/alarms", "gus", "/alarms"),
    ("/clocks", "anna", "/clocks"),
    ("/clocks", "anna", "/clocks?whose=mine&kind=answer"),
    ("/tasks", "emil", "/tasks"),
    ("/tasks/{reference}", "emil", "/tasks/{fulfilment}"),
    ("/log", "fay", "/log"),
    ("/log", "fay", "/log?case={closed}&order=oldest"),
    ("/log/{id}", "fay", "/log/{entry}"),
    ("/log/bundle", "fay", "/log/bundle"),
    ("/cases/{reference}/archive", "fay", "/cases/{closed}/archive"),
    ("/log/checkpoints", "fay", "/log/checkpoints"),
    ("/log/samples", "fay", "/log/samples"),
    ("/log/samples/{id}", "fay", "/log/samples/{sample}"),
    ("/log/timeline", "fay", "/log/timeline?case={closed}"),
    ("/retention", "dan", "/retention"),
    ("/retention/erasures/{id}", "carla", "/retention/erasures/{erasure}"),
    ("/cases/{reference}/retention", "dan", "/cases/{closed}/retention"),
    ("/findings", "anna", "/findings"),
    ("/findings/{id}", "fay", "/findings/{finding}"),
    ("/reports/transparency", "dan", "/reports/transparency"),
    ("/past-cases", "anna", "/past-cases"),
    ("/catalogue", "anna", "/catalogue"),
    ("/law", "anna", "/law"),
    ("/law/facts", "anna", "/law/facts"),
    ("/law/propose", "gus", "/law/propose"),
    ("/law/proposals/{id}", "dan", "/law/proposals/{proposal}"),
    ("/law/{pack}", "anna", "/law/us-federal"),
    ("/law/{pack}/{rule}", "anna", "/law/us-federal/us-content-needs-warrant"),
    ("/staff", "gus", "/staff"),
    ("/staff/{id}", "gus", "/staff/{anna}"),
    ("/teams", "gus", "/teams"),
    ("/settings", "gus", "/settings"),
    ("/outbox", "gus", "/outbox"),
];

/// What is read but is no page: files, and the way to one's first page.
pub const FILES: &[Place] = &[
    ("/", "anna", "/"),
    ("/queue.csv", "anna", "/queue.csv?tab=open"),
    ("/documents/{id}", "anna", "/documents/{document}"),
    ("/log.csv", "fay", "/log.csv"),
    ("/log/checkpoints/{size}", "fay", "/log/checkpoints/{checkpoint}"),
    ("/reports/transparency.csv", "dan", "/reports/transparency.csv"),
    ("/reports/transparency.json", "dan", "/reports/transparency.json"),
    ("/calendar/{secret}.ics", "", "/calendar/{calendar}.ics"),
    ("/static/{file}", "", "/static/writ.css"),
];

/// Cases at all stages, each by its word, and enough others that every list is full.
#[derive(Clone)]
pub struct Tour {
    words: BTreeMap<&'static str, String>,
}

impl Tour {
    /// With full lists and a case of a hundred demands: what costs most.
    pub fn full(world: &World) -> Tour {
        Tour::of(world, 30, 100)
    }

    /// With a few of everything: enough to look at.
    #[allow(dead_code, reason = "the browser's suite does")]
    pub fn small(world: &World) -> Tour {
        Tour::of(world, 2, 6)
    }

    fn of(world: &World, others: u32, demands: u32) -> Tour {
        let (anna, ben, carla, emil) = (world.anna(), world.ben(), world.carla(), world.emil());
        for _ in 0..others {
            anna.opens(subpoena().asking("account/registration").without_document()).done();
        }
        let mut cases: BTreeMap<&'static str, Case> = BTreeMap::new();
        let opens = || anna.opens(subpoena().asking("account/registration").asking("account/sign_in_access")).done();
        let decided = || {
            let case = ben.verifies(&opens()).done();
            anna.decides(&anna.assesses(&case).done()).done()
        };
        cases.insert("intake", anna.opens(subpoena().asking("account/registration").without_document()).done());
        cases.insert("triage", opens());
        let review = anna.records_secrecy(&ben.verifies(&opens()).done(), secrecy_order()).done();
        cases.insert("review", anna.assesses(&review).done());
        cases.insert("many", many(world, demands));
        cases.insert("approval", decided());
        for _ in 0..4 {
            cases.insert("fulfilment", carla.approves(&decided()).done());
        }
        let collected = |mut case: Case| {
            for demand in case.demands.clone() {
                case = emil.collects(&case, &demand).done();
            }
            case
        };
        cases.insert("delivery", collected(carla.approves(&decided()).done()));
        let released = anna.releases(&collected(carla.approves(&decided()).done())).done();
        let kept = anna.attaches(&released, DocumentKind::Evidence, "receipt.txt", b"received").done();
        cases.insert("closed", anna.closes(&kept).done());
        cases.insert("redirect", redirected(world));
        Tour::named(world, &cases)
    }

    fn named(world: &World, cases: &BTreeMap<&'static str, Case>) -> Tour {
        let mut words: BTreeMap<_, _> = cases.iter().map(|(word, case)| (*word, case.reference.to_string())).collect();
        let review = &cases["review"];
        let opened = world.log().into_iter().find(|row| row.kind == "case.opened").unwrap();
        let found = search_register(&world.ctx, &world.anna().who, line("mockford")).unwrap();
        words.insert("found", found.to_string());
        words.insert("anna", world.anna().id().to_string());
        words.insert("demand", review.demands[0].id.to_string());
        words.insert("document", review.documents[0].id.to_string());
        words.insert("entry", opened.seq.to_string());
        words.insert("proposal", proposed(world));
        words.insert("erasure", to_be_erased(world).to_string());
        let (sample, finding) = audited(world, opened.seq);
        words.insert("sample", sample);
        words.insert("finding", finding);
        let note = sign_checkpoint(&world.ctx, Actor::System("test")).unwrap();
        words.insert("checkpoint", Checkpoint::read(&note).unwrap().size.to_string());
        words.insert("calendar", make_feed(&world.ctx, &world.anna().who).unwrap());
        Tour { words }
    }

    /// The address of a page in this register.
    pub fn address(&self, (_, _, address): &Place) -> String {
        let fill = |address: String, (word, value): (&&str, &String)| address.replace(&format!("{{{word}}}"), value);
        let filled = self.words.iter().fold((*address).to_owned(), fill);
        assert!(!filled.contains('{'), "{address} names nothing of the tour");
        filled
    }
}

/// A sample that an auditor drew, of every case, so that chance does not decide what its page costs; and a finding on
/// an entry.
pub fn audited(world: &World, entry: i64) -> (String, String) {
    let fay = &world.fay().who;
    let filter = LogFilter { kind: Some("case.opened".into()), ..LogFilter::default() };
    let filters = vec!["kind=case.opened".to_owned()];
    let with = DrawSample { list: SampleOf::Entries, filter, filters, count: 500 };
    let sample = draw_sample(&world.ctx, fay, with).unwrap();
    let text = prose("The call-back went to a number from the paper.");
    let finding = WriteNote { seq: entry, sample: Some(sample), severity: Some(Severity::Deviation), text };
    (sample.to_string(), write_note(&world.ctx, fay, finding).unwrap().to_string())
}

/// A case that was withdrawn, and that somebody proposed to erase.
pub fn to_be_erased(world: &World) -> ErasureId {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let case = world.anna().withdraws(&case).done();
    proposed_to_erase(world, &world.anna(), &case)
}

fn proposed_to_erase(world: &World, by: &Person<'_>, case: &Case) -> ErasureId {
    let on = OnCase { reference: case.reference.clone(), version: None };
    let because = prose("It was another person's account.");
    propose_single(&world.ctx, &by.who, &on, ErasureGround::OpenedInError, because).done()
}

/// A closed case is erased as an analyst and a legal reviewer of this name want it.
pub fn erased_by(world: &World, [analyst, reviewer]: [&Person<'_>; 2], name: &str, case: &Case) {
    approved(world, reviewer, name, proposed_to_erase(world, analyst, case));
}

fn approved(world: &World, reviewer: &Person<'_>, name: &str, id: ErasureId) {
    let fresh = step_up(&world.ctx, &reviewer.who, &password_of(name), Verb::ApproveErasure).done();
    approve_erasure(&world.ctx, &reviewer.who, id, fresh).done();
    assert_eq!(erase_approved(&world.ctx, &|| false).done().erased, 1);
}

/// A case that was withdrawn is erased, as two people want it.
pub fn erases_a_case(world: &World) {
    approved(world, &world.carla(), "carla", to_be_erased(world));
}

/// Rules that somebody proposed and nobody has adopted.
pub fn proposed(world: &World) -> String {
    let pack = Proposed::WithPack(meridiana("1", "\"bsi\"", "order_2703d"));
    let because = prose("The Meridiana Privacy Act is in force since January: Laws of 2024, chapter 12.");
    propose(&world.ctx, &world.gus().who, pack, because).unwrap().to_string()
}

/// A case with many demands, checked and with verdicts.
fn many(world: &World, demands: u32) -> Case {
    let mut paper = subpoena();
    paper.demands =
        (100..100 + demands).map(|n| asked_about(&format!("+1 (202) 555-0{n}"), "account/registration")).collect();
    let case = world.ben().verifies(&world.anna().opens(paper).done()).done();
    world.anna().assesses(&case).done()
}

/// A case whose approved decision sends the agency to the customer.
fn redirected(world: &World) -> Case {
    let case = world.ben().verifies(&world.anna().opens(subpoena().asking("account/registration")).done()).done();
    let case = world.anna().assesses(&case).done();
    let to_customer = |demand: &Demand| Decision {
        demand: demand.id,
        kind: DecisionKind::Redirect,
        reason: None,
        redirect_to: Some(line("Sample Freight Inc., general counsel")),
        note: None,
        override_reason: None,
    };
    let decisions = case.demands.iter().map(to_customer).collect();
    world.carla().approves(&world.anna().drafts(&case, decisions).done()).done()
}
