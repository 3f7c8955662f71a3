//! What mails say. Each is a struct of its own with a subject and a text, made from [`Told`] alone: a reference, two
//! days and an address. No names, identifiers, agencies or dockets can get in, because none are handed in.

use chrono::NaiveDate;

use super::MailKind;
use crate::domain::case::{Case, CaseReference};
use crate::domain::clock::ClockKind;
use crate::domain::stage::Compartment;
use crate::domain::time::Instant;

/// A mail in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// One line.
    pub subject: String,
    /// Plain text, lines of at most 76 characters but for the link; none ends it.
    pub text: String,
}

/// To a witness: the log's last checkpoint, as files. `old` is the size of the one that was sent before, 0 for none.
pub fn to_witness(origin: &str, size: u64, old: u64) -> Mail {
    let before = match old {
        0 => "It is the first that was sent to this address.".to_owned(),
        old => format!(
            "The one before covered {old} entries; add-checkpoint.txt has the proof that\n\
             the log goes on from there."
        ),
    };
    Mail {
        subject: format!("Checkpoint over {size} entries: {origin}"),
        text: format!(
            "The log\n\n    {origin}\n\nwas signed over {size} entries. {before}\n\n\
             Keep this mail, or the file checkpoint-{size:012}.txt, where whoever\n\
             operates that log can't change it. With it anybody can tell later that the\n\
             log was neither cut back nor rewritten:\n\n    \
             writ-verify BUNDLE --key log.pub --checkpoint checkpoint-{size:012}.txt\n\n\
             A witness signs with add-checkpoint.txt (C2SP tlog-witness), for instance\n\n    \
             writ witness sign --folder DIR --log-key log.pub add-checkpoint.txt\n\n\
             and sends back what that prints."
        ),
    }
}

/// All that a mail may know of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its name among people; none for a national-security case, of which a mail says nothing, nor for the register.
    reference: Option<CaseReference>,
    /// Whether it is a national-security case.
    is_sealed: bool,
    /// The day an answer is due; none where the paper names none, or while the clock stands still.
    due: Option<NaiveDate>,
    /// The day the mail is sent, UTC; while the day it is due on is not over where the clock runs, no later than that.
    today: NaiveDate,
    /// Where this Writ is, without a slash at its end; none leaves the link out.
    base: Option<String>,
}

impl Told {
    /// What a mail of now may know of a case. `base` is the address of this Writ, such as `https://writ.example.com`.
    pub fn of(case: &Case, now: Instant, base: Option<&str>) -> Told {
        let is_sealed = case.compartment == Compartment::NationalSecurity;
        Told {
            reference: (!is_sealed).then(|| case.reference.clone()),
            is_sealed,
            due: case.due_on().filter(|_| !is_sealed && !case.is_standing_still() && owes_answer(case)),
            today: today(case, now),
            base: base.map(|base| base.trim_end_matches('/').to_owned()),
        }
    }

    /// What a mail about the register may know: nothing of any case.
    pub fn of_register(now: Instant, base: Option<&str>) -> Told {
        Told {
            reference: None,
            is_sealed: false,
            due: None,
            today: now.day(),
            base: base.map(|base| base.trim_end_matches('/').to_owned()),
        }
    }

    /// `An answer is due on 2026-11-17, in 3 days.`, or nothing where no day is known.
    fn due_sentence(&self) -> Option<String> {
        let due = self.due?;
        let is_past = due < self.today;
        let verb = if is_past { "was" } else { "is" };
        Some(format!("An answer {verb} due on {due}, {}.", distance(due, self.today)))
    }
}

/// Today, UTC; where the clock of what is due next runs the day may not be over yet.
fn today(case: &Case, now: Instant) -> NaiveDate {
    match case.next_duty() {
        Some(clock) if now < clock.due_at() => now.day().min(clock.due_on()),
        _ => now.day(),
    }
}

/// Whether what is due next is the answer, and not the end of a hold or of an order.
fn owes_answer(case: &Case) -> bool {
    case.next_duty().is_none_or(|clock| clock.counted.kind == ClockKind::Answer)
}

/// What every mail has.
trait Words {
    fn subject(&self) -> String;
    /// What happened and what is asked, one paragraph each.
    fn paragraphs(&self) -> Vec<String>;
    /// The page to open, below the address of this Writ.
    fn page(&self) -> String;
    /// Why this person gets it.
    fn because(&self) -> &'static str;
}

impl Mail {
    /// The mail of a kind about a case.
    pub fn about(kind: MailKind, told: &Told) -> Mail {
        match (kind, told.is_sealed) {
            (MailKind::AlarmRaised, _) => return write(&AlarmRaised, told),
            (MailKind::ErasureAsked, false) => return write(&ErasureAsked, told),
            _ => {}
        }
        let Some(case) = &told.reference else { return write(&SealedCase, told) };
        match kind {
            MailKind::ApprovalAsked => write(&ApprovalAsked { case, told }, told),
            MailKind::DecisionReturned => write(&DecisionReturned { case, told }, told),
            MailKind::CaseAssigned => write(&CaseAssigned { case, told }, told),
            MailKind::TaskWaiting => write(&TaskWaiting { case }, told),
            MailKind::ReleaseWaiting => write(&ReleaseWaiting { case, told }, told),
            MailKind::DueSoon => write(&DueSoon { case, told }, told),
            MailKind::Late => write(&Late { case, told }, told),
            MailKind::ClockWarns => write(&ClockWarns { case }, told),
            MailKind::ClockLate => write(&ClockLate { case, is_escalated: false }, told),
            MailKind::ClockEscalated => write(&ClockLate { case, is_escalated: true }, told),
            MailKind::EntryUnsealed => write(&EntryUnsealed { case }, told),
            MailKind::ArchiveTaken => write(&ArchiveTaken { case }, told),
            MailKind::FindingRaised => write(&FindingRaised { case }, told),
            MailKind::ErasureAsked => write(&ErasureAsked, told),
            MailKind::AlarmRaised => write(&AlarmRaised, told),
        }
    }
}

fn write(words: &dyn Words, told: &Told) -> Mail {
    let mut parts = words.paragraphs();
    parts.push(match &told.base {
        Some(base) => format!("{base}{}", words.page()),
        None => "Sign in to Writ to go on.".to_owned(),
    });
    parts.push(format!(
        "{}\nMails from Writ name nobody and hold no data; what the case is about\nstands in the register only. \
         Nobody reads answers to this mail.",
        words.because()
    ));
    Mail { subject: words.subject(), text: parts.join("\n\n") }
}

/// How far a day lies from today: `today`, `tomorrow`, `in 3 days`, `2 days ago`.
fn distance(day: NaiveDate, today: NaiveDate) -> String {
    match day.signed_duration_since(today).num_days() {
        0 => "today".into(),
        1 => "tomorrow".into(),
        -1 => "yesterday".into(),
        ahead if ahead > 0 => format!("in {ahead} days"),
        behind => format!("{} days ago", behind.unsigned_abs()),
    }
}

/// About a national-security case: that it needs somebody, and nothing else.
struct SealedCase;

impl Words for SealedCase {
    fn subject(&self) -> String {
        "A case needs you".into()
    }

    fn paragraphs(&self) -> Vec<String> {
        vec!["A case in Writ needs you. Sign in to see which one, and what is asked.".into()]
    }

    fn page(&self) -> String {
        "/".into()
    }

    fn because(&self) -> &'static str {
        "You get this because a step of the case is yours to take."
    }
}

/// To reviewers: a draft is complete.
struct ApprovalAsked<'t> {
    case: &'t CaseReference,
    told: &'t Told,
}

impl Words for ApprovalAsked<'_> {
    fn subject(&self) -> String {
        format!("{} waits for approval", self.case)
    }

    fn paragraphs(&self) -> Vec<String> {
        let asked = format!(
            "Every demand of case {} is decided, and the scope waits for\napproval. Read what exactly would be \
             signed, then approve or return it.",
            self.case
        );
        [Some(asked), self.told.due_sentence()].into_iter().flatten().collect()
    }

    fn page(&self) -> String {
        format!("/cases/{}/approval", self.case)
    }

    fn because(&self) -> &'static str {
        "You get this because you review for its team and edited nothing in it."
    }
}

/// To whoever drafted: the draft came back.
struct DecisionReturned<'t> {
    case: &'t CaseReference,
    told: &'t Told,
}

impl Words for DecisionReturned<'_> {
    fn subject(&self) -> String {
        format!("{}: your draft was returned", self.case)
    }

    fn paragraphs(&self) -> Vec<String> {
        let asked = format!(
            "A legal reviewer returned your draft on case {} with a reason.\nRead the reason on the case, put the \
             draft right and send it to\napproval again.",
            self.case
        );
        [Some(asked), self.told.due_sentence()].into_iter().flatten().collect()
    }

    fn page(&self) -> String {
        format!("/cases/{}", self.case)
    }

    fn because(&self) -> &'static str {
        "You get this because you drafted the decision."
    }
}

/// To whoever was given a case.
struct CaseAssigned<'t> {
    case: &'t CaseReference,
    told: &'t Told,
}

impl Words for CaseAssigned<'_> {
    fn subject(&self) -> String {
        format!("{} is yours now", self.case)
    }

    fn paragraphs(&self) -> Vec<String> {
        let asked = format!("Case {} was given to you. Its page shows the next step.", self.case);
        [Some(asked), self.told.due_sentence()].into_iter().flatten().collect()
    }

    fn page(&self) -> String {
        format!("/cases/{}", self.case)
    }

    fn because(&self) -> &'static str {
        "You get this because a colleague assigned the case to you."
    }
}

/// To fulfillers: something waits to be collected. Its bounds stand in the task only.
struct TaskWaiting<'t> {
    case: &'t CaseReference,
}

impl Words for TaskWaiting<'_> {
    fn subject(&self) -> String {
        format!("{}: a collection task waits", self.case)
    }

    fn paragraphs(&self) -> Vec<String> {
        vec![format!(
            "The scope of case {} is approved and waits to be collected.\nThe task says exactly what was granted; \
             collect that and nothing else.",
            self.case
        )]
    }

    fn page(&self) -> String {
        format!("/tasks/{}", self.case)
    }

    fn because(&self) -> &'static str {
        "You get this because you collect data for approved cases."
    }
}

/// To those who may release: everything that was granted is collected.
struct ReleaseWaiting<'t> {
    case: &'t CaseReference,
    told: &'t Told,
}

impl Words for ReleaseWaiting<'_> {
    fn subject(&self) -> String {
        format!("{}: a production waits to be released", self.case)
    }

    fn paragraphs(&self) -> Vec<String> {
        let asked = format!(
            "Everything granted in case {} is collected, and the production\nwaits to be released by somebody who \
             neither collected nor made the\ncall-back.",
            self.case
        );
        [Some(asked), self.told.due_sentence()].into_iter().flatten().collect()
    }

    fn page(&self) -> String {
        format!("/cases/{}", self.case)
    }

    fn because(&self) -> &'static str {
        "You get this because you work for its team and may release it."
    }
}

/// To whoever answers for a case: the day comes near.
struct DueSoon<'t> {
    case: &'t CaseReference,
    told: &'t Told,
}

impl Words for DueSoon<'_> {
    fn subject(&self) -> String {
        match self.told.due {
            Some(due) => format!("{} is due on {due}, {}", self.case, distance(due, self.told.today)),
            None => format!("{} is due soon", self.case),
        }
    }

    fn paragraphs(&self) -> Vec<String> {
        let case = format!("Case {} is still open. Its page shows the next step.", self.case);
        [self.told.due_sentence(), Some(case)].into_iter().flatten().collect()
    }

    fn page(&self) -> String {
        format!("/cases/{}", self.case)
    }

    fn because(&self) -> &'static str {
        "You get this because you work on the case."
    }
}

/// To the same person: the day has passed.
struct Late<'t> {
    case: &'t CaseReference,
    told: &'t Told,
}

impl Words for Late<'_> {
    fn subject(&self) -> String {
        match self.told.due {
            Some(due) => format!("{} is late: an answer was due on {due}", self.case),
            None => format!("{} is late", self.case),
        }
    }

    fn paragraphs(&self) -> Vec<String> {
        let case = format!("Case {} is still open. Its page shows the next step.", self.case);
        [self.told.due_sentence(), Some(case)].into_iter().flatten().collect()
    }

    fn page(&self) -> String {
        format!("/cases/{}", self.case)
    }

    fn because(&self) -> &'static str {
        "You get this once, because you work on the case."
    }
}

/// To whoever answers for a clock that is none of an answer: it ends soon.
struct ClockWarns<'t> {
    case: &'t CaseReference,
}

impl Words for ClockWarns<'_> {
    fn subject(&self) -> String {
        format!("{}: a clock ends soon", self.case)
    }

    fn paragraphs(&self) -> Vec<String> {
        vec![
            format!("A clock of case {} ends soon.", self.case),
            "Its page says which, and what follows if nobody acts.".to_owned(),
        ]
    }

    fn page(&self) -> String {
        format!("/cases/{}?tab=clocks", self.case)
    }

    fn because(&self) -> &'static str {
        "You get this because you answer for that clock."
    }
}

/// To whoever answers for a duty, or to reviewers of the team: it is late.
struct ClockLate<'t> {
    case: &'t CaseReference,
    is_escalated: bool,
}

impl Words for ClockLate<'_> {
    fn subject(&self) -> String {
        format!("{}: a duty is late", self.case)
    }

    fn paragraphs(&self) -> Vec<String> {
        let says = format!("A duty on case {} is late. Its page says which.", self.case);
        vec![says, "Do it, or write down on that page what was done.".to_owned()]
    }

    fn page(&self) -> String {
        format!("/cases/{}?tab=clocks", self.case)
    }

    fn because(&self) -> &'static str {
        if self.is_escalated {
            "You get this once, because your team answers for the case."
        } else {
            "You get this once, because you answer for that clock."
        }
    }
}

/// To whoever answers for a case: an auditor saw personal data of it.
struct EntryUnsealed<'t> {
    case: &'t CaseReference,
}

impl Words for EntryUnsealed<'_> {
    fn subject(&self) -> String {
        format!("{}: an auditor unsealed an entry", self.case)
    }

    fn paragraphs(&self) -> Vec<String> {
        vec![format!(
            "An auditor unsealed an entry about case {}, and so saw\npersonal data of it. Who it was and why stands in \
             the case's log.",
            self.case
        )]
    }

    fn page(&self) -> String {
        format!("/cases/{}?tab=log", self.case)
    }

    fn because(&self) -> &'static str {
        "You get this because you answer for the case. Nothing is asked of you."
    }
}

/// To the same: an auditor has a copy of the whole case.
struct ArchiveTaken<'t> {
    case: &'t CaseReference,
}

impl Words for ArchiveTaken<'_> {
    fn subject(&self) -> String {
        format!("{}: an auditor took the case away", self.case)
    }

    fn paragraphs(&self) -> Vec<String> {
        vec![format!(
            "An auditor took case {} away as an archive: what the\nregister knows of it, its documents and its part of the \
             log, personal\ndata included. Who it was and why stands in the case's log.",
            self.case
        )]
    }

    fn page(&self) -> String {
        format!("/cases/{}?tab=log", self.case)
    }

    fn because(&self) -> &'static str {
        "You get this because you answer for the case. Nothing is asked of you."
    }
}

/// To the same: an auditor found something.
struct FindingRaised<'t> {
    case: &'t CaseReference,
}

impl Words for FindingRaised<'_> {
    fn subject(&self) -> String {
        format!("{}: an auditor raised a finding", self.case)
    }

    fn paragraphs(&self) -> Vec<String> {
        vec![format!("An auditor raised a finding on case {}. Read and answer it.", self.case)]
    }

    fn page(&self) -> String {
        "/findings".into()
    }

    fn because(&self) -> &'static str {
        "You get this because you answer for the case."
    }
}

/// To legal reviewers: an erasure was proposed.
struct ErasureAsked;

impl Words for ErasureAsked {
    fn subject(&self) -> String {
        "An erasure waits for approval".into()
    }

    fn paragraphs(&self) -> Vec<String> {
        let asked = "Somebody proposed to erase the personal data of closed cases. A legal\nreviewer who did not propose it \
                     looks at what would go, and approves or\ndeclines it with the password given again.";
        vec![asked.to_owned(), "Until then nothing is erased. Once it is, nothing brings it back.".to_owned()]
    }

    fn page(&self) -> String {
        "/retention".into()
    }

    fn because(&self) -> &'static str {
        "You get this because you are a legal reviewer."
    }
}

/// To admins and auditors: a verification found a fault.
struct AlarmRaised;

impl Words for AlarmRaised {
    fn subject(&self) -> String {
        "Alarm: a verification of Writ found a fault".into()
    }

    fn paragraphs(&self) -> Vec<String> {
        let found = "A verification found that the log, or a table or document that follows\nfrom it, is not as it was written. \
                     Nothing can be released until an\nadmin and an auditor, two people, have each acknowledged the \
                     alarm with\na reason.";
        vec![
            found.to_owned(),
            "Keep the database as it is: it is what an inquiry would look at. The\npage says where the \
                                first fault is."
                .to_owned(),
        ]
    }

    fn page(&self) -> String {
        "/alarms".into()
    }

    fn because(&self) -> &'static str {
        "You get this because you are an admin or an auditor."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn told(reference: Option<CaseReference>) -> Told {
        let base = Some("https://writ.example.com".to_owned());
        Told { is_sealed: reference.is_none(), reference, due: Some(day(17)), today: day(14), base }
    }

    fn about_cases() -> impl Iterator<Item = &'static MailKind> {
        MailKind::ALL.iter().filter(|kind| **kind != MailKind::AlarmRaised)
    }

    #[test]
    fn a_mail_about_the_register_says_what_is_asked_and_nothing_of_any_case() {
        let told = Told { is_sealed: false, due: None, ..told(None) };
        for (kind, begins, page) in
            [(MailKind::AlarmRaised, "Alarm", "alarms"), (MailKind::ErasureAsked, "An erasure", "retention")]
        {
            let Mail { subject, text } = Mail::about(kind, &told);
            assert!(subject.starts_with(begins), "{subject}");
            assert!(text.contains(&format!("https://writ.example.com/{page}\n")), "{text}");
            assert!(text.lines().all(|line| line.len() <= 76) && text.is_ascii(), "{text}");
        }
    }

    #[test]
    fn every_mail_names_the_case_says_what_is_asked_and_leads_there() {
        let told = told(Some(CaseReference::new(2026, 127)));
        for kind in about_cases().filter(|kind| **kind != MailKind::ErasureAsked) {
            let Mail { subject, text } = Mail::about(*kind, &told);
            assert!(subject.contains("2026-000127") && subject.len() < 70, "{subject}");
            assert!(text.contains("2026-000127") && text.contains("https://writ.example.com/"), "{text}");
            assert!(text.lines().all(|line| line.len() <= 76) && text.is_ascii(), "{text}");
            // What goes to others than those who answer names no day: the case's page does.
            let names_no_day = [
                MailKind::TaskWaiting,
                MailKind::ClockWarns,
                MailKind::ClockLate,
                MailKind::ClockEscalated,
                MailKind::EntryUnsealed,
                MailKind::ArchiveTaken,
                MailKind::FindingRaised,
            ];
            assert_eq!(text.contains("2026-11-17"), !names_no_day.contains(kind), "{text}");
        }
        let asked = Mail::about(MailKind::ApprovalAsked, &told);
        assert!(asked.text.contains("An answer is due on 2026-11-17, in 3 days."), "{}", asked.text);
    }

    #[test]
    fn of_a_national_security_case_a_mail_tells_nothing_not_even_its_kind() {
        let told = Told { due: None, ..told(None) };
        let mails: Vec<Mail> = about_cases().map(|kind| Mail::about(*kind, &told)).collect();
        assert!(mails.iter().all(|mail| *mail == mails[0]), "its kinds can be told apart");
        assert_eq!(mails[0].subject, "A case needs you");
        assert!(!mails[0].text.contains("2026"), "{}", mails[0].text);
    }

    #[test]
    fn days_read_as_people_say_them() {
        let words = [(12, "2 days ago"), (13, "yesterday"), (14, "today"), (15, "tomorrow"), (17, "in 3 days")];
        for (on, said) in words {
            assert_eq!(distance(day(on), day(14)), said);
        }
    }
}
