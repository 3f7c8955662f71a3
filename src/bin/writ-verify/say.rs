//! The findings in words, and as JSON.

use chrono::DateTime;
use serde_json::{Value, json};
use writ::audit::bundle::examine::{Examined, Fault};
use writ::audit::bundle::{Header, Payloads};
use writ::audit::erasure::Ground;
use writ::conduct::{Breach, Judged};
use writ::report::{Difference, thousands};

use super::case::{Asked, Drafted, Released, Told};
use super::{Figures, Findings, Until};

/// So many of a kind are written out in words; JSON has all.
const SHOWN: usize = 50;

/// The findings for a reader.
pub fn text(findings: &Findings) -> String {
    let mut lines = match &findings.log {
        Ok(examined) => log(examined, findings.times),
        Err(fault) => not_sound(fault),
    };
    if let Ok(examined) = &findings.log {
        if findings.is_made_up {
            lines.push(line("Register", "a demonstration or a trial: people, papers and days are made up"));
        }
        lines.extend(findings.grounds.0.iter().map(erased));
        lines.extend(findings.witnessed.iter().map(witnessed));
        if examined.kept.is_empty() && findings.witnessed.iter().all(|(_, seen)| seen.is_none()) {
            lines.push(line(
                "Elsewhere",
                "nothing from elsewhere was compared (--checkpoint, --witness): that nothing was",
            ));
            lines.push(more("rewritten before it was signed rests on whoever has the log's key"));
        }
        lines.extend(findings.until.iter().flat_map(|one| until(one, examined, &findings.witnessed)));
    }
    if let Some((judged, breaches)) = &findings.conduct {
        lines.extend(conduct(judged, breaches));
    } else if findings.log.is_ok() {
        lines.push(line("Conduct", "not in this bundle: it was taken without process payloads"));
    }
    match &findings.figures {
        None => {}
        Some(Figures::Untold) => lines.push(line(
            "Figures",
            "can't be told from this bundle: take the log from its beginning, with process payloads",
        )),
        Some(Figures::Match(seq)) => lines
            .push(line("Figures", &format!("match: they follow from the log as it was at entry {}", thousands(*seq)))),
        Some(Figures::Differ(all)) => lines.extend(differ(all)),
    }
    if let (Some(asked), Ok(_)) = (&findings.case, &findings.log) {
        lines.extend(case(asked));
    }
    lines.concat()
}

fn erased((ground, cases): (&Ground, &u64)) -> String {
    if ground.ground.is_empty() {
        let cases = many(*cases, "case", "cases");
        let says =
            format!("{cases} of a closed compartment on {}; the ground, and by whom, is sealed", on_day(ground.day));
        return line("Erased", &says);
    }
    let under = match &ground.schedule {
        Some(schedule) => format!("under the schedule “{schedule}”"),
        None => format!("on the ground “{}”", ground.ground),
    };
    line(
        "Erased",
        &format!(
            "{} {under} on {}, proposed by staff:{}, approved by staff:{}",
            if ground.is_of_papers {
                many(*cases, "paper without a case", "papers without a case")
            } else {
                many(*cases, "case", "cases")
            },
            on_day(ground.day),
            ground.proposed_by,
            ground.approved_by
        ),
    )
}

fn on_day(day: i64) -> String {
    day.checked_mul(86_400)
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .map_or_else(|| "?".to_owned(), |at| at.format("%Y-%m-%d").to_string())
}

fn witnessed((name, seen): &(String, Option<(u64, u64)>)) -> String {
    let says = match seen {
        Some((size, at)) => {
            let micros = i64::try_from(*at).ok().and_then(|at| at.checked_mul(1_000_000)).unwrap_or(i64::MAX);
            format!(
                "{name} saw {} entries, {}, and that the log only grew until then",
                thousands(*size),
                moment(micros)
            )
        }
        None => format!("{name} signed no checkpoint of this bundle"),
    };
    line("Witness", &says)
}

/// How many entries are dated up to a day, and who vouches for them.
fn until(one: &Until, examined: &Examined, witnesses: &[(String, Option<(u64, u64)>)]) -> Vec<String> {
    let Until { day, entries, signed } = one;
    let mut lines = vec![line("Until", &format!("{day}: {} entries are dated up to its end", thousands(*entries)))];
    let kept = examined.kept.iter().filter(|size| *size >= entries).min();
    lines.extend(kept.map(|size| {
        more(&format!("they are those that the checkpoint over {} entries covers, which you kept", thousands(*size)))
    }));
    let seen =
        witnesses.iter().filter_map(|(name, seen)| Some((name, (*seen)?))).filter(|(_, seen)| seen.0 >= *entries);
    let seen: Vec<String> = seen
        .map(|(name, (size, _))| more(&format!("they are among the {} entries that {name} saw", thousands(size))))
        .collect();
    let is_vouched_for = kept.is_some() || !seen.is_empty();
    lines.extend(seen);
    if !is_vouched_for {
        let own = match signed.filter(|signed| signed >= entries) {
            Some(size) => format!("only the log's own checkpoint over {} entries covers them", thousands(size)),
            None => "no checkpoint of this bundle covers them".to_owned(),
        };
        lines.push(more(&own));
    }
    lines
}

fn case(asked: &Asked) -> Vec<String> {
    let Asked { reference, told, releases, .. } = asked;
    if told.is_empty() {
        let why =
            "opened before this part or in a closed compartment, taken without process payloads, or there is none";
        return vec![line("Case", &format!("{reference} does not show: {why}"))];
    }
    let mut lines = vec![line("Case", &format!("{reference}, {} entries", thousands(count(told.len()))))];
    let act = |one: &Told| more(&format!("{:>9}  {}  {:<20}  {}", one.seq, moment(one.at_micros), one.kind, one.actor));
    lines.extend(told.iter().map(act));
    for Released { release, on } in releases {
        lines.push(line("Release", &by(release)));
        let Some(Drafted { draft, needed, approvals, .. }) = on else {
            lines.push(more("on no decision that this bundle shows"));
            continue;
        };
        lines.push(more(&format!("on the decision of {}", by(draft))));
        let had = approvals.len();
        lines.push(more(&format!("which needed {} and had {had}", many(*needed, "approval", "approvals"))));
        lines.extend(approvals.iter().map(|one| more(&by(one))));
    }
    lines
}

fn by(one: &Told) -> String {
    format!("entry {}, {}, {}", one.seq, moment(one.at_micros), one.actor)
}

fn line(what: &str, says: &str) -> String {
    format!("{what:<12}{says}\n")
}

fn more(says: &str) -> String {
    line("", says)
}

fn not_sound(fault: &Fault) -> Vec<String> {
    vec![
        line("Log", &format!("NOT SOUND. {fault}")),
        more(
            "Nothing after that was looked at. Ask for the bundle anew; if it comes again, the log was tampered with.",
        ),
    ]
}

fn log(examined: &Examined, times: Option<(i64, i64)>) -> Vec<String> {
    let Header { origin, first, end, size, payloads } = &examined.header;
    let mut lines = vec![line("Log", &format!("SOUND. {origin}"))];
    let when = times.map(|(from, to)| format!(", {} to {}", moment(from), moment(to))).unwrap_or_default();
    match end.checked_sub(1).filter(|last| first <= last) {
        Some(last) => {
            let says = format!("{} to {}, in order and without a gap{when}", thousands(*first), thousands(last));
            lines.push(line("Entries", &says));
        }
        None => lines.push(line("Entries", "none in this part")),
    }
    if examined.outside > 0 {
        lines.push(more(&format!(
            "{} from outside of the part, each proven to be in the log",
            thousands(examined.outside)
        )));
    }
    let checkpoints = match examined.checkpoints {
        1 => "1 signed checkpoint agrees; it covers".to_owned(),
        many => format!("{} signed checkpoints agree; the last covers", thousands(many)),
    };
    lines.push(line("Signed", &format!("{checkpoints} {} entries", thousands(*size))));
    lines.push(more(&format!("root {}", hex::encode(examined.root))));
    for size in &examined.kept {
        lines.push(line(
            "Kept",
            &format!("goes on from the checkpoint over {} entries that you kept", thousands(*size)),
        ));
    }
    for size in &examined.not_compared {
        let says =
            format!("the checkpoint over {} entries lies outside of this part and can't be compared", thousands(*size));
        lines.push(line("Kept", &says));
    }
    let personal = match (payloads, examined.erased) {
        (Payloads::All, Some(0) | None) => "here, and each is the one its entry commits to".to_owned(),
        (Payloads::All, Some(1)) => "here, but 1 that is gone because an entry says so".to_owned(),
        (Payloads::All, Some(many)) => format!("here, but {} that are gone because an entry says so", thousands(many)),
        _ => "not in this bundle".to_owned(),
    };
    lines.push(line("Personal", &personal));
    lines
}

fn conduct(judged: &Judged, breaches: &[Breach]) -> Vec<String> {
    let mut lines = match breaches.len() {
        0 => vec![line("Conduct", "AS IT SHOULD BE")],
        1 => vec![line("Conduct", "NOT AS IT SHOULD BE: 1 rule broken")],
        many => vec![line("Conduct", &format!("NOT AS IT SHOULD BE: rules broken {} times", thousands(count(many))))],
    };
    let kept = if breaches.is_empty() {
        ": each verified, assessed, decided, approved by another person, collected, then released"
    } else {
        ""
    };
    lines.push(more(&format!(
        "{} followed from their opening, {} left{kept}",
        many(judged.cases, "case", "cases"),
        many(judged.releases, "production", "productions"),
    )));
    if judged.unknown > 0 {
        let says = format!("{} began before this part and can't be followed", many(judged.unknown, "case", "cases"));
        lines.push(more(&says));
    }
    if judged.sealed > 0 {
        let says =
            format!("{} of a closed compartment: what happened there is sealed", many(judged.sealed, "case", "cases"));
        lines.push(more(&says));
    }
    lines.extend(breaches.iter().take(SHOWN).map(|breach| more(&breach.to_string())));
    if breaches.len() > SHOWN {
        lines.push(more(&format!(
            "and {} more; --json has all",
            thousands(count(breaches.len().saturating_sub(SHOWN)))
        )));
    }
    lines
}

fn differ(all: &[Difference]) -> Vec<String> {
    let mut lines =
        vec![line("Figures", "DIFFER from what follows from the log, as it was when a report was last drawn up")];
    lines.extend(
        all.iter()
            .take(SHOWN)
            .map(|one| more(&format!("{}: published {}, follows {}", one.figure, one.published, one.derived))),
    );
    if all.len() > SHOWN {
        lines.push(more(&format!("and {} more; --json has all", thousands(count(all.len().saturating_sub(SHOWN))))));
    }
    lines
}

fn many(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { more })
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn moment(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros)
        .map_or_else(|| "?".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// The findings for a program. `docs/audit.md` §9 describes its shape.
pub fn json(findings: &Findings) -> Value {
    let log = match &findings.log {
        Err(fault) => json!({ "is_sound": false, "fault": fault.to_string() }),
        Ok(examined) => json!({
            "is_sound": true,
            "origin": examined.header.origin,
            "first": examined.header.first,
            "end": examined.header.end,
            "size": examined.header.size,
            "root": hex::encode(examined.root),
            "payloads": examined.header.payloads,
            "checkpoints": examined.checkpoints,
            "outside": examined.outside,
            "erased": examined.erased,
            "kept": examined.kept,
            "not_compared": examined.not_compared,
        }),
    };
    let breach = |breach: &Breach| json!({ "seq": breach.seq, "case": breach.case, "rule": breach.rule });
    let ground = |(ground, cases): (&Ground, &u64)| {
        json!({
            "cases": cases,
            "ground": ground.ground,
            "schedule": ground.schedule,
            "day": on_day(ground.day),
            "proposed_by": ground.proposed_by,
            "approved_by": ground.approved_by,
            "of_papers": ground.is_of_papers,
        })
    };
    let erasures: Vec<Value> = findings.grounds.0.iter().map(ground).collect();
    let conduct = findings.conduct.as_ref().map(|(judged, breaches)| {
        json!({
            "cases": judged.cases,
            "releases": judged.releases,
            "sealed": judged.sealed,
            "unknown": judged.unknown,
            "breaches": breaches.iter().map(breach).collect::<Vec<_>>(),
        })
    });
    let difference =
        |one: &Difference| json!({ "figure": one.figure, "published": one.published, "derived": one.derived });
    let figures = findings.figures.as_ref().map(|figures| match figures {
        Figures::Untold => json!({ "verdict": "untold" }),
        Figures::Match(seq) => json!({ "verdict": "match", "at": seq }),
        Figures::Differ(all) => {
            json!({ "verdict": "differ", "differences": all.iter().map(difference).collect::<Vec<_>>() })
        }
    });
    let told =
        |one: &Told| json!({ "seq": one.seq, "at": moment(one.at_micros), "kind": one.kind, "actor": one.actor });
    let drafted = |one: &Drafted| {
        let approvals: Vec<Value> = one.approvals.iter().map(told).collect();
        json!({ "draft": told(&one.draft), "needed": one.needed, "approvals": approvals })
    };
    let released = |one: &Released| json!({ "release": told(&one.release), "decision": one.on.as_ref().map(drafted) });
    let case = findings.case.as_ref().map(|asked| {
        json!({
            "reference": asked.reference,
            "entries": asked.told.iter().map(told).collect::<Vec<_>>(),
            "releases": asked.releases.iter().map(released).collect::<Vec<_>>(),
        })
    });
    let until = findings.until.as_ref().map(|one| {
        json!({ "day": one.day, "entries": one.entries, "signed": one.signed.filter(|signed| *signed >= one.entries) })
    });
    let witness = |(name, seen): &(String, Option<(u64, u64)>)| json!({ "name": name, "size": seen.map(|(size, _)| size), "at": seen.map(|(_, at)| at) });
    let witnesses: Vec<Value> = findings.witnessed.iter().map(witness).collect();
    json!({ "log": log, "conduct": conduct, "figures": figures, "witnesses": witnesses, "case": case, "erasures": erasures, "until": until,
            "is_made_up": findings.is_made_up })
}
