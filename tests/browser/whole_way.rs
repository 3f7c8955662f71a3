//! The whole way of one legal demand, as the people who work on it walk it: taken in, verified, checked, decided line by
//! line, approved by a second person, collected, released, closed, counted, and read in the log.

mod analyst;
mod auditor;
mod fulfiller;
mod reviewer;

use crate::{
    desk::{ANNA, BEN, CARLA, DAN, Desk, EMIL, FAY, GUS},
    driver::Look,
    papers::{self, Paper},
    walk::{Eyes, Walk, walk},
};

#[tokio::test]
async fn a_made_up_subpoena_goes_the_whole_way() {
    let paper = papers::made_up();
    let desk = Desk::on_sqlite(paper.entity);
    goes_the_whole_way("a_made_up_subpoena", (Look::LIGHT, Eyes::Check), &desk, &paper).await;
}

/// The real one where there is a corpus, on PostgreSQL where there is a server; what is missing is said.
#[tokio::test]
async fn the_real_subpoena_of_2016_goes_the_whole_way_on_postgresql() {
    let paper = papers::real().unwrap_or_else(papers::made_up);
    let desk = Desk::on_postgresql(paper.entity).unwrap_or_else(|| Desk::on_sqlite(paper.entity));
    goes_the_whole_way("the_real_subpoena_on_postgresql", (Look::LIGHT, Eyes::Look), &desk, &paper).await;
}

#[tokio::test]
async fn a_scanned_subpoena_goes_the_whole_way_without_javascript() {
    let paper = papers::scanned();
    let desk = Desk::on_sqlite(paper.entity);
    goes_the_whole_way("a_scanned_subpoena", (Look::WITHOUT_JAVASCRIPT, Eyes::Look), &desk, &paper).await;
}

async fn goes_the_whole_way(name: &str, how: (Look, Eyes), desk: &Desk, paper: &Paper) {
    walk(name, how, desk, paper, async |w| {
        w.goes_to("/sign-in").await;
        w.looks_at("sign-in").await;
        w.turn_of(ANNA, analyst::takes_the_paper_in_and_drafts).await;
        w.turn_of(CARLA, reviewer::edits_the_draft_and_cannot_approve).await;
        w.turn_of(DAN, reviewer::approves_the_scope).await;
        w.turn_of(EMIL, fulfiller::collects_what_was_granted).await;
        w.turn_of(ANNA, analyst::cannot_release_after_the_call_back).await;
        w.turn_of(BEN, analyst::releases_and_closes).await;
        w.turn_of(GUS, admin_sees_health_and_no_case).await;
        is_counted(w);
        w.turn_of(FAY, auditor::sees_every_act_and_verifies).await;
        assert!(w.desk.prints(&["audit", "verify"]).contains("The log is sound"));
    })
    .await;
}

async fn admin_sees_health_and_no_case(w: &Walk<'_>) {
    w.looks_at("staff").await;
    w.goes_to("/account").await;
    w.browser.sees("The log").await;
    w.looks_at("account-of-the-admin").await;
    w.goes_to(&format!("/cases/{}", w.reference())).await;
    w.sees_nothing_of(&[w.paper.agency, w.paper.docket]).await;
}

/// The report has one demand, about two accounts, that led to records alone.
fn is_counted(w: &Walk<'_>) {
    let csv = w.desk.prints(&["report", "transparency", "--csv"]);
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let of = |row: usize, column: &str| rows[row][rows[0].iter().position(|name| *name == column).unwrap()];
    assert_eq!(rows.len(), 4, "{csv}");
    for (row, country) in [(1, "US"), (2, "all"), (3, "all")] {
        let counts = ["requests", "accounts", "non_content_only", "content", "rejected", "no_data", "pending"];
        assert_eq!(of(row, "country"), country, "{csv}");
        assert_eq!(counts.map(|column| of(row, column)), ["1", "2", "1", "0", "0", "0", "0"], "{csv}");
    }
}
