use super::evaluate::{Heard, Hearing, would_reach};
use super::ground::Ground;
use super::rule::Effect;
use super::rulebook::Rulebook;
use super::schema::Schema;
use super::words::capitalised;
use crate::domain::verdict::Verdict;

/// One or two sentences for people: why this verdict.
pub fn why(hearing: &Hearing<'_>, verdict: Verdict, schema: &Schema) -> String {
    let reasons = reasons(hearing, verdict);
    let opening = match verdict {
        Verdict::Permitted => "The law allows it.",
        Verdict::NeedsHigherProcess => "This paper is not enough.",
        Verdict::Prohibited if reasons.is_empty() => "No rule of law permits it on this paper: no basis was found.",
        Verdict::Prohibited => "It must not be disclosed on this paper.",
        Verdict::ManualReview if !hearing.is_covered => "No rule pack covers the law this rests on; a lawyer decides.",
        Verdict::ManualReview if reasons.is_empty() => "Not everything that must be known is known yet.",
        Verdict::ManualReview => "A person must decide.",
    };
    let mut said = vec![opening.to_owned()];
    said.extend(reasons.iter().map(|one| one.rule.says.clone()));
    if verdict == Verdict::ManualReview && !hearing.missing.is_empty() {
        let asked: Vec<&str> = hearing.missing.iter().map(|path| schema.means(path)).collect();
        said.push(format!("Still to be found out: {}.", asked.join("; ")));
    }
    said.join(" ")
}

/// What would change the verdict, in words.
pub fn would_change(hearing: &Hearing<'_>, verdict: Verdict, book: &Rulebook, ground: &Ground<'_>) -> Vec<String> {
    let mut ways: Vec<String> = Vec::new();
    if verdict == Verdict::Permitted {
        return ways;
    }
    let mut add = |way: String| {
        if !way.is_empty() && !ways.contains(&way) {
            ways.push(way);
        }
    };
    let highest = hearing.met(Effect::Refuse, false).filter_map(|bar| bar.rule.instead.or(bar.rule.least)).max();
    if let Some(process) = highest {
        add(format!("{} would reach it.", capitalised(process.label())));
    }
    if matches!(verdict, Verdict::NeedsHigherProcess | Verdict::Prohibited) {
        ways_out(book, ground).into_iter().for_each(&mut add);
    }
    for one in reasons(hearing, verdict) {
        add(one.rule.cure.clone());
    }
    if verdict == Verdict::ManualReview {
        hearing.missing.iter().for_each(|path| add(format!("Find out: {} ({path}).", book.schema().means(path))));
    }
    ways
}

/// The steps that would turn the refusal into a permission: of each ladder the least.
fn ways_out(book: &Rulebook, ground: &Ground<'_>) -> Vec<String> {
    let mut climbed: Vec<&str> = Vec::new();
    let mut said = Vec::new();
    for way in book.schema().ways_out().iter().filter(|way| way.is_open(ground)) {
        if !climbed.contains(&way.ladder.as_str()) && would_reach(book, &way.after(ground)) {
            climbed.push(&way.ladder);
            said.push(way.says.clone());
        }
    }
    said
}

/// The rules that decided, each once.
fn reasons<'a>(hearing: &Hearing<'a>, verdict: Verdict) -> Vec<Heard<'a>> {
    let met = |effect, defect| hearing.met(effect, defect).collect::<Vec<_>>();
    let bars = met(Effect::Refuse, false);
    match verdict {
        Verdict::Permitted => met(Effect::Permit, false),
        Verdict::NeedsHigherProcess => bars,
        Verdict::Prohibited if bars.is_empty() => met(Effect::Refuse, true),
        Verdict::Prohibited => bars,
        Verdict::ManualReview => {
            let mut raised = met(Effect::Review, false);
            raised.extend(met(Effect::Review, true));
            raised
        }
    }
}
