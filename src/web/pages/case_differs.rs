//! What a paper and a demand say, as labelled lines, and where two of them differ.

use super::case_parts::{Words, day, stated_day, yes_no};
use super::case_review::reason_words;
use super::case_why::value_words;
use crate::domain::decision::{Decision, DecisionKind};
use crate::domain::demand::Asked;
use crate::domain::paper::Paper;
use crate::domain::stated::Stated;
use crate::domain::text::Line;

/// One labelled line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What it is.
    pub label: String,
    /// What stands there.
    pub value: String,
    /// Whether it is personal, and so sealed for auditors.
    pub is_personal: bool,
}

/// A line that reads otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differs {
    /// What it is.
    pub label: String,
    /// What stood there; `None` where sealed.
    pub before: Option<String>,
    /// What stands there now; `None` where sealed.
    pub now: Option<String>,
}

impl Said {
    fn open(label: &str, value: impl Into<String>) -> Said {
        Said { label: label.to_owned(), value: value.into(), is_personal: false }
    }

    fn personal(label: &str, value: impl Into<String>) -> Said {
        Said { label: label.to_owned(), value: value.into(), is_personal: true }
    }

    /// The line as an auditor or a colleague reads it: label, and value where it is not sealed.
    pub fn shown(self, is_sealed: bool) -> (String, Option<String>) {
        let is_open = !(is_sealed && self.is_personal);
        (self.label, is_open.then_some(self.value))
    }
}

/// The lines that differ, in the order of the later ones. A line that one of the two lacks is empty there.
pub fn differing(before: &[Said], now: &[Said], is_sealed: bool) -> Vec<Differs> {
    let labels = now.iter().chain(before.iter().filter(|old| now.iter().all(|new| new.label != old.label)));
    let value = |of: &[Said], label: &str| {
        of.iter().find(|said| said.label == label).map(|said| said.value.clone()).unwrap_or_default()
    };
    let differs = |said: &Said| {
        let (was, is) = (value(before, &said.label), value(now, &said.label));
        let is_open = !(is_sealed && said.is_personal);
        let (before, now) = (is_open.then(|| was.clone()), is_open.then(|| is.clone()));
        (was != is).then(|| Differs { label: said.label.clone(), before, now })
    };
    labels.filter_map(differs).collect()
}

/// What a paper states.
pub fn paper_lines(paper: &Paper, words: Words<'_>) -> Vec<Said> {
    let line = |what: &Stated<Line>| match what {
        Stated::Unknown => "not looked at".to_owned(),
        Stated::None => "the paper states none".to_owned(),
        Stated::Is(line) => line.to_string(),
    };
    let mut all = vec![
        Said::open("Instrument", paper.instrument.label()),
        Said::open("Issued by", paper.issuing_authority.label()),
        Said::personal(
            "Court or office",
            paper.issuer.as_ref().map_or_else(|| "not given".into(), ToString::to_string),
        ),
        Said::personal("Docket", line(&paper.docket)),
        Said::personal("Statute cited", line(&paper.legal_basis)),
        Said::open("Matter", paper.matter.label()),
        Said::open("Reached us by", paper.channel.label()),
        Said::open("Received", format!("{} ({})", paper.received_at, words.at(paper.received_at).relative)),
        Said::open("Issued", paper.issued_on.map_or_else(|| "not looked at".into(), day)),
        Said::open("Answer due", stated_day(&paper.return_by)),
        Said::open("Execute by", stated_day(&paper.execute_by)),
        Said::open("Data allowed from", stated_day(&paper.authorised_from)),
        Said::open("Data allowed to", stated_day(&paper.authorised_to)),
        Said::open("Customer", paper.customer.label()),
        Said::open("Signed", yes_no(paper.is_signed)),
        Said::open("Names the entity served", yes_no(paper.names_served_entity)),
        Said::open("Attachments missing", yes_no(paper.lacks_attachments)),
        Said::open("Particular", yes_no(paper.is_particular)),
        Said::open("Statute covers it", yes_no(paper.statute_covers)),
    ];
    all.extend(paper.more.iter().map(|(path, value)| Said::personal(&words.fact(path), value_words(value))));
    all
}

/// What a demand asks.
pub fn asked_lines(asked: &Asked, words: Words<'_>) -> Vec<Said> {
    let organisation = asked.organisation.as_ref().map(|o| {
        let parts = [Some(&o.name), o.contact.as_ref(), o.reach.as_ref()];
        parts.into_iter().flatten().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    });
    vec![
        Said::personal("identifier", asked.identifier.display()),
        Said::open("what is asked", words.what(&asked.service, &asked.category)),
        Said::open("period", asked.period.to_string()),
        Said::personal("the paper's words", asked.words.as_ref().map(ToString::to_string).unwrap_or_default()),
        Said::open("in the signed paper", yes_no(asked.in_signed_paper)),
        Said::open("ours", yes_no(asked.is_ours)),
        Said::personal("organisation", organisation.unwrap_or_default()),
    ]
}

/// What was decided on a demand; everything empty before.
pub fn decision_lines(decision: Option<&Decision>) -> Vec<Said> {
    let text = |what: Option<String>| what.unwrap_or_default();
    let to = decision.filter(|d| d.kind == DecisionKind::Redirect).and_then(|d| d.redirect_to.as_ref());
    vec![
        Said::open("decision", decision.map_or("open", |d| d.kind.label())),
        Said::open("reason", text(decision.and_then(|d| d.reason).map(reason_words))),
        Said::personal("redirected to", text(to.map(ToString::to_string))),
        Said::personal("note", text(decision.and_then(|d| d.note.as_ref()).map(ToString::to_string))),
        Said::personal(
            "reason for going beyond the verdict",
            text(decision.and_then(|d| d.override_reason.as_ref()).map(ToString::to_string)),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_named_and_what_is_personal_stays_sealed() {
        let before = [Said::open("period", "a"), Said::personal("identifier", "x"), Said::open("ours", "yes")];
        let now = [Said::open("period", "b"), Said::personal("identifier", "y"), Said::open("ours", "yes")];
        let shown = differing(&before, &now, true);
        assert_eq!(
            shown,
            [
                Differs { label: "period".into(), before: Some("a".into()), now: Some("b".into()) },
                Differs { label: "identifier".into(), before: None, now: None },
            ]
        );
        assert_eq!(differing(&before, &now, false)[1].now.as_deref(), Some("y"));
    }
}
