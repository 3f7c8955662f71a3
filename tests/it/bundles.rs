//! Bundles: the log, or a part of it, in the hands of somebody who has nothing else but the log's public key. What the
//! program `writ-verify` says of them, and whether a second reader, written in another language from `docs/audit.md`
//! alone, says the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;
use writ::actions::sign_checkpoint::sign_checkpoint;
use writ::audit::bundle::{Carried, FIRST_LINE, Frame, Header, Payloads, Record, Salted};
use writ::audit::{Edge, Entry, SigningKey, commit, proof, tree};
use writ::conduct::Rule;
use writ::domain::staff::Actor;

use crate::support::chance::Chance;
use crate::support::on_both;
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::skipped::skipped;
use crate::support::until::times;
use crate::support::world::{LOG_KEY, ORIGIN, World};

const VERIFY: &str = env!("CARGO_BIN_EXE_writ-verify");

on_both! {
    an_auditor_without_the_register_learns_all_from_one_file,
    an_auditor_takes_the_log_away_from_the_desk,
}

/// Anna opens, Ben rings back, Anna assesses and drafts, Carla returns, Anna drafts anew, Carla approves, Emil collects
/// twice, Anna releases and closes.
fn a_case_to_its_end(world: &World) {
    let (anna, carla, emil) = (world.anna(), world.carla(), world.emil());
    let case = anna.opens(subpoena().asking("account/registration").asking("account/sign_in_access")).done();
    let case = anna.assesses(&world.ben().verifies(&case).done()).done();
    let case = carla.returns(&anna.decides(&case).done(), "Say more on the period.").done();
    let case = carla.approves(&anna.decides(&case).done()).done();
    let case = emil.collects(&case, &case.demands[0]).done();
    let case = emil.collects(&case, &case.demands[1]).done();
    anna.closes(&anna.releases(&case).done()).done();
}

/// What an auditor has: a folder with the public key, and whatever is put there.
struct Auditor {
    folder: TempDir,
    key: PathBuf,
}

impl Auditor {
    fn new() -> Auditor {
        let folder = TempDir::new().unwrap();
        let key = folder.path().join("log.pub");
        fs::write(&key, format!("{}\n", log_key().verifier())).unwrap();
        Auditor { folder, key }
    }

    fn gets(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let file = self.folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        file
    }

    fn verifies(&self, bundle: &Path, with: &[&Path]) -> Output {
        Command::new(VERIFY).arg(bundle).arg("--key").arg(&self.key).args(with).output().unwrap()
    }

    #[track_caller]
    fn reads(&self, bundle: &Path, with: &[&Path], exits_with: i32) -> String {
        let output = self.verifies(bundle, with);
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(exits_with), "{said}");
        said
    }
}

fn log_key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &LOG_KEY).unwrap()
}

#[track_caller]
fn exported(world: &World, auditor: &Auditor, name: &str, with: &[&str]) -> PathBuf {
    let file = auditor.folder.path().join(name);
    let output = world.commands(&[&["audit", "export", "--out", file.to_str().unwrap()], with].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    file
}

fn an_auditor_without_the_register_learns_all_from_one_file(world: &World) {
    let auditor = Auditor::new();
    a_case_to_its_end(world);
    let kept = auditor.gets("kept.txt", sign_checkpoint(&world.ctx, Actor::System("test")).done());
    a_case_to_its_end(world);
    let report = world.commands(&["report", "transparency", "--json"]);
    let report = auditor.gets("report.json", report.stdout);
    let whole = exported(world, &auditor, "whole.bundle", &[]);
    let flag = |flag: &'static str| Path::new(flag);

    let said = auditor.reads(&whole, &[flag("--checkpoint"), &kept, flag("--report"), &report], 0);
    for says in [
        "SOUND",
        "goes on from the checkpoint",
        "AS IT SHOULD BE",
        "2 cases followed from their opening, 2 productions left: each verified, assessed, decided, approved by another",
        "match",
        "Personal    not in this bundle",
    ] {
        assert!(said.contains(says), "{says}\n{said}");
    }
    // Nothing personal comes along but where that was asked for.
    let name = b"Casey Mockford";
    let holds = |file: &Path| fs::read(file).unwrap().windows(name.len()).any(|bytes| bytes == name);
    let all = exported(world, &auditor, "all.bundle", &["--payloads", "all"]);
    assert!(!holds(&whole) && holds(&all), "the officer's name");
    assert!(auditor.reads(&all, &[], 0).contains("each is the one its entry commits to"));
    let none = exported(world, &auditor, "none.bundle", &["--payloads", "none"]);
    assert!(auditor.reads(&none, &[], 0).contains("taken without process payloads"));

    // Who approved a case, and who released it.
    let (first, carla) = (&world.cases()[0], world.carla().id());
    let said = auditor.reads(&whole, &[flag("--case"), Path::new(first.reference.as_str())], 0);
    assert!(said.contains(&format!("decision.approved     staff:{carla}")), "{said}");
    assert!(said.contains("production.released") && said.contains("case.closed"), "{said}");
    // For each release: on which decision, how many approvals that needed, and who gave them.
    let released = said.split("Release ").nth(1).unwrap();
    for says in [", staff:", "on the decision of entry", "which needed 1 approval and had 1", &format!("staff:{carla}")]
    {
        assert!(released.contains(says), "{says}: {said}");
    }
    // Who vouches for the log up to a day: the kept checkpoint covers the first case and not the second.
    let day = |world: &World| world.ctx.now().day().to_string();
    let said = auditor.reads(&whole, &[flag("--until"), Path::new("2026-11-01")], 0);
    assert!(said.contains("2026-11-01: 0 entries") && said.contains("nothing from elsewhere was compared"), "{said}");
    let said = auditor.reads(&whole, &[flag("--until"), Path::new(&day(world)), flag("--checkpoint"), &kept], 0);
    assert!(said.contains("only the log's own checkpoint over"), "{said}");
    assert!(!said.contains("nothing from elsewhere was compared"), "{said}");
    let last = auditor.gets("last.txt", sign_checkpoint(&world.ctx, Actor::System("test")).done());
    let later = exported(world, &auditor, "vouched.bundle", &[]);
    let said = auditor.reads(&later, &[flag("--until"), Path::new("2026-11-01"), flag("--checkpoint"), &last], 0);
    assert!(said.contains("they are those that the checkpoint over"), "{said}");
    let said = auditor.reads(&whole, &[flag("--case"), Path::new("1999-000001")], 0);
    assert!(said.contains("1999-000001 does not show"), "{said}");

    // One case alone, each entry with its proof.
    let case = exported(world, &auditor, "case.bundle", &["--case", first.reference.as_str()]);
    let said = auditor.reads(&case, &[flag("--case"), Path::new(first.reference.as_str())], 0);
    let entries = world.log().into_iter().filter(|row| row.case_key == Some(first.id.to_string())).count();
    assert!(said.contains(&format!("{entries} from outside of the part, each proven to be in the log")), "{said}");
    assert!(said.contains("1 case followed from their opening, 1 production left"), "{said}");
    assert!(said.contains(&format!("decision.approved     staff:{carla}")), "{said}");
    let none = world.commands(&["audit", "export", "--out", "none.bundle", "--case", "1999-000001"]);
    assert!(String::from_utf8_lossy(&none.stderr).contains("There is no case 1999-000001 that can be taken away."));

    // Another's figures differ, and it is said where.
    let mut other: Value = serde_json::from_slice(&fs::read(&report).unwrap()).unwrap();
    other["periods"][0]["total"]["content"] = json!(7);
    let other = auditor.gets("other.json", other.to_string());
    let said = auditor.reads(&whole, &[flag("--report"), &other], 3);
    assert!(said.contains("total, content: published 7, follows 0"), "{said}");

    // A later day has nothing of it but the acts of the console; an export is never written over.
    let later = exported(world, &auditor, "later.bundle", &["--from", "2099-01-01"]);
    let said = auditor.reads(&later, &[flag("--checkpoint"), &kept], 0);
    assert!(said.contains("none in this part") && said.contains("goes on from the checkpoint"), "{said}");
    let again = world.commands(&["audit", "export", "--out", later.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));

    // One byte.
    let mut bytes = fs::read(&whole).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let touched = auditor.gets("touched.bundle", bytes);
    assert!(auditor.reads(&touched, &[], 2).contains("NOT SOUND"));
    let strange = auditor.gets("strange.pub", SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap().verifier().to_string());
    let said = Command::new(VERIFY).arg(&whole).arg("--key").arg(strange).output().unwrap();
    assert_eq!(said.status.code(), Some(2));

    // What was taken away stands in the log.
    let taken: Vec<_> = world.log().into_iter().filter(|row| row.kind == "bundle.exported").collect();
    assert_eq!(taken.len(), 6);
    assert!(taken[1].process.contains("\"has_personal\":true"), "{}", taken[1].process);
}

fn an_auditor_takes_the_log_away_from_the_desk(world: &World) {
    let auditor = Auditor::new();
    a_case_to_its_end(world);
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    fay.gets("/log").shows("Take it away");
    fay.gets("/log/bundle").shows(&log_key().verifier().to_string());
    let wrong = [("from", "2026-11-23"), ("to", "2026-11-01"), ("payloads", "none")];
    let again = fay.fills("/log/bundle", "/log/bundle", &wrong);
    assert_eq!(again.status, 422);
    assert!(again.source().contains("2026-11-01"), "what was typed is gone");
    // Personal data never goes this way, whatever a browser sends.
    let taken = fay.fills("/log/bundle", "/log/bundle", &[("from", ""), ("to", ""), ("payloads", "all")]);
    assert_eq!((taken.status, taken.kind.as_str()), (200, "application/octet-stream"));
    assert!(taken.header("content-disposition").unwrap().contains(".bundle"));
    let bundle = auditor.gets("desk.bundle", &taken.body);
    let said = auditor.reads(&bundle, &[], 0);
    assert!(said.contains("AS IT SHOULD BE") && said.contains("Personal    not in this bundle"), "{said}");
    let entry = world.log().into_iter().rfind(|row| row.kind == "bundle.exported").unwrap();
    assert_eq!(entry.actor, format!("staff:{}", world.fay().id()));
    assert!(entry.process.contains("\"has_personal\":false"));
}

// ── a log with another hand in it ────────────────────────────────────────────────

/// An entry as somebody who has the log's key might write it.
#[derive(Clone)]
struct Line {
    actor: String,
    kind: String,
    case: Option<String>,
    process: String,
    personal: Option<String>,
}

/// The entries of a bundle.
fn lines(bundle: &[u8]) -> Vec<Line> {
    let line = |record: &[u8]| match Record::read(record[0], &record[Frame::SIZE..]).unwrap() {
        Record::Entry(Carried { bytes, process, personal }) => {
            let entry = Entry::decode(bytes).unwrap();
            let text = |salted: Salted<'_>| String::from_utf8(salted.payload.to_vec()).unwrap();
            Some(Line {
                actor: entry.actor,
                kind: entry.kind,
                case: entry.case,
                process: text(process.unwrap()),
                personal: personal.map(text),
            })
        }
        _ => None,
    };
    records(bundle).into_iter().filter_map(line).collect()
}

/// The records of a bundle, each with its frame.
fn records(bundle: &[u8]) -> Vec<&[u8]> {
    let (mut rest, mut all) = (&bundle[FIRST_LINE.len()..], Vec::new());
    while let Some(head) = rest.first_chunk::<{ Frame::SIZE }>() {
        let (record, after) = rest.split_at(Frame::SIZE + usize::try_from(Frame::read(*head).unwrap().length).unwrap());
        all.push(record);
        rest = after;
    }
    all
}

fn joined(records: &[&[u8]]) -> Vec<u8> {
    [&[FIRST_LINE], records].concat().concat()
}

/// A log of these entries, signed with the log's own key, and the bundle of a part of it.
fn forged(lines: &[Line], (first, end): (u64, u64), payloads: Payloads) -> Vec<u8> {
    let (mut edge, mut nodes) = (Edge::empty(), std::collections::HashMap::new());
    let (mut entries, mut notes, size) = (Vec::new(), Vec::new(), u64::try_from(lines.len()).unwrap());
    for (seq, line) in (0..).zip(lines) {
        let salt = |of: u8| [of ^ u8::try_from(seq % 251).unwrap(); 32];
        let personal = line.personal.as_deref().unwrap_or_default();
        let entry = Entry {
            seq,
            at_micros: i64::try_from(seq).unwrap(),
            actor: line.actor.clone(),
            kind: line.kind.clone(),
            case: line.case.clone(),
            process: commit(&salt(0), line.process.as_bytes()),
            personal: commit(&salt(255), personal.as_bytes()),
        };
        let bytes = entry.encode().unwrap();
        let completed = edge.push(tree::leaf_hash(&bytes));
        nodes.extend(completed.iter().map(|node| ((node.level, node.index), node.hash)));
        entries.push((bytes, salt(0), salt(255)));
        if seq + 1 == size || seq % 20 == 17 {
            notes.push((seq + 1, log_key().sign(ORIGIN, seq + 1, &edge.root()).unwrap()));
        }
    }
    let node = |level, index| nodes.get(&(level, index)).copied();
    let (mut out, mut count) = (FIRST_LINE.to_vec(), 0);
    let mut put = |record: Record<'_>| {
        record.write(&mut out).unwrap();
        count += 1;
    };
    put(Record::Header(Header { first, end, origin: ORIGIN.into(), payloads, size }));
    if first > 0 {
        put(Record::Edge(Edge::addresses(first).iter().map(|(level, index)| node(*level, *index).unwrap()).collect()));
    }
    let mut ahead = notes.iter().peekable();
    while let Some((size, note)) = ahead.next_if(|(size, _)| *size <= first) {
        put(Record::Checkpoint { note, proof: proof::consistency(*size, first, node).unwrap() });
    }
    let carried = |seq: u64| {
        let place = usize::try_from(seq).unwrap();
        let ((bytes, salt, other), line) = (&entries[place], &lines[place]);
        let personal = line.personal.as_deref().filter(|_| payloads == Payloads::All && line.kind != "sealed.act");
        Carried {
            bytes,
            process: (payloads >= Payloads::Process).then_some(Salted { salt, payload: line.process.as_bytes() }),
            personal: personal.map(|text| Salted { salt: other, payload: text.as_bytes() }),
        }
    };
    for seq in first..end {
        put(Record::Entry(carried(seq)));
        if let Some((_, note)) = ahead.next_if(|(size, _)| *size == seq + 1) {
            put(Record::Checkpoint { note, proof: Vec::new() });
        }
    }
    for (size, note) in ahead {
        put(Record::Checkpoint { note, proof: proof::consistency(end, *size, node).unwrap() });
    }
    if payloads == Payloads::All {
        let named = (0..size).filter(|seq| (*seq < first || *seq >= end) && carried(*seq).process.is_some());
        for seq in named.filter(|seq| lines[usize::try_from(*seq).unwrap()].kind == "payload.erased") {
            put(Record::Outside(carried(seq), proof::inclusion(seq, size, node).unwrap()));
        }
    }
    let before = count;
    Record::End(before).write(&mut out).unwrap();
    out
}

fn last(lines: &[Line], kind: &str) -> usize {
    lines.iter().rposition(|line| line.kind == kind).unwrap_or_else(|| panic!("no {kind}"))
}

/// Changes what the last entry of a kind says.
fn tells(lines: &mut [Line], kind: &str, otherwise: impl FnOnce(&mut Value)) {
    let line = &mut lines[last(lines, kind)];
    let mut says: Value = serde_json::from_str(&line.process).unwrap();
    otherwise(&mut says);
    line.process = says.to_string();
}

/// Somebody else did it.
fn by(lines: &mut [Line], kind: &str, part: &str, who: &str) {
    tells(lines, kind, |says| says[part]["by"] = json!(who));
    lines[last(lines, kind)].actor = format!("staff:{who}");
}

fn again(lines: &mut Vec<Line>, kind: &str) {
    let place = last(lines, kind);
    lines.insert(place + 1, lines[place].clone());
}

fn without(lines: &mut Vec<Line>, kind: &str) {
    lines.retain(|line| line.kind != kind);
}

/// The last case that was closed is erased, as it should be: it was proposed, and approved by another person.
fn erases(lines: &mut Vec<Line>, [anna, carla]: [&str; 2], erased: Value) {
    let case = lines[last(lines, "case.closed")].case.clone();
    let erasure = anna;
    let said = |kind: &str, by: &str, process: Value| Line {
        kind: kind.into(),
        actor: format!("staff:{by}"),
        case: None,
        process: process.to_string(),
        personal: Some(String::new()),
    };
    let items = json!([{ "case": case }]);
    let proposed = json!({ "erasure": erasure, "ground": "ordered", "items": items, "by": anna });
    lines.push(said("erasure.proposed", anna, proposed));
    lines.push(said("erasure.approved", carla, json!({ "answer": { "erasure": erasure, "by": carla } })));
    let gone = json!({
        "erased": erased,
        "case": case,
        "erasure": erasure,
        "ground": "ordered",
        "proposed_by": anna,
        "approved_by": carla,
    });
    lines.push(Line { actor: "system:erasure".into(), case, ..said("payload.erased", anna, gone) });
}

/// Breaks one rule, and others only where it can't be helped.
fn spoil(rule: Rule, lines: &mut Vec<Line>, [anna, ben, carla, emil]: [&str; 4]) {
    match rule {
        Rule::Readable => tells(lines, "decision.approved", |says| *says = json!({})),
        Rule::OpenedOnce => without(lines, "case.opened"),
        Rule::OneActor => {
            let place = last(lines, "case.closed");
            lines[place].actor = format!("staff:{carla}");
        }
        Rule::EditsCounted => tells(lines, "decision.drafted", |says| says["edit"]["revision"] = json!(90)),
        Rule::NotAfterTheEnd => again(lines, "case.closed"),
        Rule::Verified => without(lines, "requester.checked"),
        Rule::Assessed => without(lines, "case.assessed"),
        Rule::WithinVerdict => tells(lines, "case.assessed", |says| {
            says["assessed"]["answers"][0]["assessment"]["verdict"] = json!("needs_higher_process");
        }),
        Rule::Decided => {
            tells(lines, "decision.drafted", |says| says["draft"]["decisions"][0]["kind"] = json!("clarify"));
        }
        Rule::ApprovedAsItStood => {
            tells(lines, "decision.approved", |says| says["approval"]["scope_hash"] = json!("another"));
        }
        Rule::ApprovedByAnother => by(lines, "decision.approved", "approval", anna),
        Rule::ApprovedOnce => again(lines, "decision.approved"),
        Rule::ApprovedByReviewer => by(lines, "decision.approved", "approval", ben),
        Rule::Approved => without(lines, "decision.approved"),
        Rule::CollectedAsGranted => again(lines, "collection.recorded"),
        Rule::CollectedByAnother => by(lines, "collection.recorded", "result", carla),
        Rule::Collected => drop(lines.remove(last(lines, "collection.recorded"))),
        Rule::Released => without(lines, "production.released"),
        Rule::ReleasedByAnother => by(lines, "production.released", "release", emil),
        Rule::NotHeld => {
            let place = last(lines, "production.released");
            let process = json!({ "wait": { "by": anna, "kind": "challenged", "expected_on": null } }).to_string();
            let wait = Line { kind: "wait.started".into(), process, ..lines[place].clone() };
            lines.insert(place, wait);
        }
        Rule::NotInAlarm => {
            let place = last(lines, "production.released");
            let process = json!({ "alarm": anna, "place": "log_entry", "seq": 3 }).to_string();
            let (kind, actor) = ("alarm.raised".into(), "system:verification".into());
            lines.insert(place, Line { kind, actor, case: None, process, personal: Some(String::new()) });
        }
        Rule::ErasedAsApproved => {
            erases(lines, [anna, carla], json!([4]));
            without(lines, "erasure.approved");
        }
        Rule::ErasedWhenDue => {
            erases(lines, [anna, carla], json!([4]));
            let line = Line { kind: "hold.placed".into(), ..lines[last(lines, "case.closed")].clone() };
            let process = json!({ "hold": anna, "case": line.case, "by": anna }).to_string();
            lines.insert(last(lines, "payload.erased"), Line { process, ..line });
        }
        Rule::OutcomeFollows => tells(lines, "case.closed", |says| says["closing"]["outcome"] = json!("rejected")),
    }
}

/// What a reader came to: its exit code, and the rules that were broken with the entries where.
type Verdict = (Option<i32>, BTreeSet<(u64, String)>);

impl Auditor {
    fn first_reader(&self, bundle: &Path) -> Verdict {
        let output = self.verifies(bundle, &[Path::new("--json")]);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let pair = |one: &Value| (one["seq"].as_u64().unwrap(), one["rule"].as_str().unwrap().to_owned());
        let breaches = said["conduct"]["breaches"].as_array().map(|all| all.iter().map(pair).collect());
        (output.status.code(), breaches.unwrap_or_default())
    }

    fn second_reader(&self, bundle: &Path) -> Verdict {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bundle/verify.py");
        let output = Command::new("python3").arg(program).arg(bundle).arg(&self.key).output().unwrap();
        let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let pair = |one: &Value| (one[0].as_u64().unwrap(), one[1].as_str().unwrap().to_owned());
        let breaches = said["breaches"].as_array().map(|all| all.iter().map(pair).collect());
        (output.status.code(), breaches.unwrap_or_default())
    }

    /// Both say the same, which is this.
    #[track_caller]
    fn both_say(&self, what: &str, bytes: &[u8], code: Option<i32>) -> Verdict {
        let bundle = self.gets("one.bundle", bytes);
        let (one, other) = std::thread::scope(|scope| {
            let other = scope.spawn(|| self.second_reader(&bundle));
            (self.first_reader(&bundle), other.join().unwrap())
        });
        assert_eq!(one, other, "the readers disagree: {what}");
        if let Some(code) = code {
            assert_eq!(one.0, Some(code), "{what}: {one:?}");
        }
        one
    }
}

#[test]
fn two_readers_in_two_languages_agree_on_sound_and_unsound_bundles() {
    if Command::new("python3").arg("--version").output().is_err() {
        return skipped("there is no Python: the second reader of bundles");
    }
    let world = World::sqlite();
    let auditor = Auditor::new();
    a_case_to_its_end(&world);
    let all = fs::read(exported(&world, &auditor, "all.bundle", &["--payloads", "all"])).unwrap();
    let good = lines(&all);
    let ids: Vec<String> = ["anna", "ben", "carla", "emil"].map(|name| world.person(name).id().to_string()).into();
    let ids = [&*ids[0], &*ids[1], &*ids[2], &*ids[3]];
    let size = u64::try_from(good.len()).unwrap();
    let (mut bundles, mut chance) = (0, Chance::of_this_run("bundles"));

    auditor.both_say("as it was exported", &all, Some(0));
    // Every rule of conduct, broken by somebody who has the log's own key.
    for rule in Rule::ALL {
        let mut spoilt = good.clone();
        spoil(*rule, &mut spoilt, ids);
        let end = u64::try_from(spoilt.len()).unwrap();
        let (_, broken) = auditor.both_say(rule.as_str(), &forged(&spoilt, (0, end), Payloads::Process), Some(3));
        assert!(broken.iter().any(|(_, name)| name == rule.as_str()), "{rule} was not broken: {broken:?}");
        bundles += 1;
    }
    // Parts, with whatever comes along; personal payloads gone because an entry says so, and without one.
    let mut erased = good.clone();
    (erased[4].personal, erased[9].personal) = (None, None);
    let vanished = forged(&erased, (0, size), Payloads::All);
    auditor.both_say("payloads that vanished", &vanished, Some(2));
    erases(&mut erased, [ids[0], ids[2]], json!([4, [9, 9]]));
    let size = size + 3;
    for payloads in [Payloads::None, Payloads::Process, Payloads::All] {
        for _ in 0..12 {
            let first = chance.next() % size;
            let end = first + chance.next() % (size - first + 1);
            auditor.both_say("a part", &forged(&erased, (first, end), payloads), Some(0));
            bundles += 1;
        }
    }
    // What is said to be the erasure of a sealed case takes no payload of another.
    let sealed = json!({ "erased": [4], "sealed": "AAAA" }).to_string();
    let pseudonym = Some("0123456789abcdef".to_owned());
    let (gone, kind) = (erased[4].clone(), "payload.erased".to_owned());
    let mut hidden: Vec<Line> = good.clone();
    hidden.push(Line {
        actor: "system:erasure".into(),
        kind,
        case: pseudonym,
        process: sealed,
        personal: gone.personal,
    });
    let arrived = hidden.iter().position(|line| line.kind == "document.received").unwrap();
    for (kind, rule) in
        [("", Some("erased_as_approved")), ("arrived", Some("erased_as_approved")), ("sealed.act", None)]
    {
        match kind {
            "" => {}
            // A paper whose case was opened is no sealed one's.
            "arrived" => tells(&mut hidden, "payload.erased", |says| says["erased"] = json!([arrived])),
            kind => {
                tells(&mut hidden, "payload.erased", |says| says["erased"] = json!([4]));
                hidden[4].kind = kind.to_owned();
            }
        }
        let bundle = forged(&hidden, (0, u64::try_from(hidden.len()).unwrap()), Payloads::Process);
        let (_, broken) = auditor.both_say("a sealed erasure", &bundle, None);
        assert_eq!(broken.iter().any(|(seq, _)| *seq == good.len() as u64), rule.is_some(), "{broken:?}");
        bundles += 1;
    }
    // Papers without a case go no earlier than their schedule says, and cases never as such.
    let arrival = "01900000-0000-7000-8000-000000000001";
    for (keep, case) in [("60 days", arrival), ("1 day", good[last(&good, "case.closed")].case.as_deref().unwrap())] {
        let mut early = good.clone();
        let said = |kind: &str, by: &str, case: Option<&str>, process: Value| Line {
            kind: kind.into(),
            actor: format!("staff:{by}"),
            case: case.map(str::to_owned),
            process: process.to_string(),
            personal: Some(String::new()),
        };
        if case == arrival {
            early.push(said("document.received", ids[0], Some(case), json!({})));
        }
        let schedule = json!({
            "name": "papers", "keep": keep, "papers_without_case": true, "instruments": [], "outcomes": [], "because": "",
        });
        let (erasure, items) = (ids[1], json!([{ "case": case, "schedule": "papers" }]));
        let proposed =
            json!({ "erasure": erasure, "ground": "schedule", "schedules": [schedule], "items": items, "by": ids[0] });
        early.push(said("erasure.proposed", ids[0], None, proposed));
        let answer = json!({ "answer": { "erasure": erasure, "by": ids[2] } });
        early.push(said("erasure.approved", ids[2], None, answer));
        let gone = json!({
            "erased": [], "case": case, "erasure": erasure, "ground": "schedule", "schedule": "papers",
            "proposed_by": ids[0], "approved_by": ids[2],
        });
        early.push(Line { actor: "system:erasure".into(), ..said("payload.erased", ids[0], Some(case), gone) });
        let bundle = forged(&early, (0, u64::try_from(early.len()).unwrap()), Payloads::Process);
        let (_, broken) = auditor.both_say("papers erased", &bundle, Some(3));
        let rules: Vec<&str> = broken.iter().map(|(_, rule)| rule.as_str()).collect();
        assert_eq!(rules, ["erased_when_due"], "{broken:?}");
        bundles += 1;
    }
    // Bytes flipped, records lost, doubled and moved.
    assert!(world.commands(&["audit", "rotate-key"]).status.success());
    let rotated = fs::read(exported(&world, &auditor, "rotated.bundle", &["--payloads", "all"])).unwrap();
    auditor.both_say("by two keys, one after the other", &rotated, Some(0));
    let base =
        [rotated, all.clone(), forged(&erased, (7, size - 2), Payloads::All), forged(&good, (0, 0), Payloads::Process)];
    let wanted = times("WRIT_TEST_BUNDLES", 60, 400);
    while bundles < wanted {
        let bundle = chance.one_of(&base).clone();
        let mut parts = records(&bundle);
        let (one, other) = (chance.below(parts.len()), chance.below(parts.len()));
        let (what, spoilt) = match chance.below(5) {
            0 => ("lost", [&parts[..one], &parts[one + 1..]].concat()),
            1 => ("doubled", [&parts[..one], &parts[one..=one], &parts[one..]].concat()),
            2 => {
                parts.swap(one, other);
                ("swapped", parts)
            }
            _ => ("flipped", parts),
        };
        let mut bytes = joined(&spoilt);
        if what == "flipped" {
            let place = FIRST_LINE.len() + chance.below(bytes.len() - FIRST_LINE.len());
            bytes[place] ^= 1 << chance.below(8);
        }
        let is_same = bytes == bundle;
        auditor.both_say(what, &bytes, Some(if is_same { 0 } else { 2 }));
        bundles += 1;
    }
    println!("two readers agree on {bundles} bundles");
}
