use super::evaluate::Hearing;
use super::rule::Effect;
use crate::domain::verdict::{Disposition, Verdict};

/// What the engine proposes to do. Where several rules propose, the most careful way is taken; nothing,
/// not even a refusal, goes to a sender who is not authenticated.
pub fn disposition(hearing: &Hearing<'_>, verdict: Verdict) -> Disposition {
    if hearing.missing.contains("requester_verified") || proposes(hearing, Disposition::HoldVerify) {
        return Disposition::HoldVerify;
    }
    match verdict {
        Verdict::Prohibited | Verdict::NeedsHigherProcess => {
            let law = most_careful(hearing, Effect::Refuse, false);
            law.or(most_careful(hearing, Effect::Refuse, true)).unwrap_or(Disposition::Reject)
        }
        Verdict::ManualReview => under_review(hearing),
        Verdict::Permitted => {
            let noted = most_careful(hearing, Effect::Note, false);
            let on_paper = most_careful(hearing, Effect::Note, true);
            let noted = noted.into_iter().chain(on_paper).min_by_key(|way| care(*way));
            noted.or(what_law_allows(hearing)).unwrap_or(Disposition::Escalate)
        }
    }
}

fn under_review(hearing: &Hearing<'_>) -> Disposition {
    let law = most_careful(hearing, Effect::Review, false);
    let paper = most_careful(hearing, Effect::Review, true);
    let raised = law.into_iter().chain(paper).min_by_key(|way| care(*way));
    let otherwise = if hearing.missing.is_empty() { Disposition::Escalate } else { Disposition::SeekClarification };
    raised.unwrap_or(otherwise)
}

fn proposes(hearing: &Hearing<'_>, way: Disposition) -> bool {
    let mut raised = hearing.met(Effect::Review, false).chain(hearing.met(Effect::Review, true));
    raised.any(|one| one.rule.disposition == Some(way))
}

fn most_careful(hearing: &Hearing<'_>, effect: Effect, defect: bool) -> Option<Disposition> {
    hearing.met(effect, defect).filter_map(|one| one.rule.disposition).min_by_key(|way| care(*way))
}

/// Of several permissions the one that commands governs: what must be given is not optional.
fn what_law_allows(hearing: &Hearing<'_>) -> Option<Disposition> {
    hearing.met(Effect::Permit, false).filter_map(|one| one.rule.disposition).max_by_key(|way| care(*way))
}

/// The most careful way comes first.
fn care(way: Disposition) -> u8 {
    use Disposition::*;
    match way {
        HoldVerify => 0,
        NoData => 1,
        Escalate => 2,
        Hold => 3,
        ObjectToDesignatedAuthority => 4,
        Object => 5,
        AnnexIii => 6,
        ReferUsLawEnforcement => 7,
        ReferMlat => 8,
        Reject => 9,
        SeekClarification => 10,
        Redirect => 11,
        ReleaseHold => 12,
        PreserveAndHold => 13,
        VoluntaryPreserve => 14,
        Preserve => 15,
        DisclosePartial => 16,
        DiscloseDiscretionary => 17,
        Publish => 18,
        Provision => 19,
        Disclose => 20,
    }
}
