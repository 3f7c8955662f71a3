//! Archives: a whole case in the hands of somebody who has nothing but the file. Whether all of it came along as it was,
//! whether it can be checked without the register, and who may take one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use rawzip::{CompressionMethod, ZipArchive};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use writ::actions::comment::add_comment;
use writ::actions::export_archive::{BrokenOff, TakenCase, take_case, write_archive};
use writ::actions::on_case::OnCase;
use writ::actions::open_case::{OpenCase, open_case};
use writ::actions::sign_in::step_up_on;
use writ::domain::case::Case;
use writ::domain::document::DocumentKind;
use writ::domain::staff::{Role, Verb};
use writ::domain::stage::Compartment;

use crate::mail::post::Post;
use crate::support::on_both;
use crate::support::pages::erases_a_case;
use crate::support::papers::{Paper, prose, secrecy_order, subpoena};
use crate::support::people::Acts;
use crate::support::site::{Client, Page};
use crate::support::world::{LOG_KEY, ORIGIN, World, password_of};

on_both! {
    a_whole_case_leaves_in_one_file_and_proves_itself,
    whoever_answers_for_the_case_is_told_and_its_people_read_why,
    nobody_but_an_auditor_who_may_know_of_the_case_takes_it_away,
    a_national_security_case_leaves_with_cleared_auditors_and_stays_sealed_in_the_bundle,
    what_breaks_off_does_not_look_whole,
}

/// The phone number that [`subpoena`] asks about, as people read it and as the paper has it.
const PHONE: &str = "+1 202-555-0142";
const RECEIVED: &str = "+1 (202) 555-0142";
const REASON: &str = "For the external audit of 2026-Q4, item 3.";

fn a_whole_case_leaves_in_one_file_and_proves_itself(world: &World) {
    let case = a_case_to_its_end(world);
    // What another case holds stays out of it.
    world.anna().opens(subpoena().asking("account/registration")).done();
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    let (page, entries) = world.entries_of(|| takes(&fay, &case));
    assert_eq!((page.status, page.kind.as_str()), (200, "application/zip"));
    assert!(page.header("content-disposition").unwrap().contains(&format!("case-{}.zip", case.reference)));
    let unpacked = Unpacked::of(&page);

    // Everything is there, each with its sum; the sums come last.
    let (last, others) = unpacked.names.split_last().unwrap();
    assert_eq!(last, "SHA256SUMS");
    let sums: BTreeMap<String, String> = unpacked.text("SHA256SUMS").lines().map(sum_line).collect();
    assert_eq!(sums.keys().collect::<Vec<_>>(), sorted(others), "the sums are not those of all files");
    sums.iter().for_each(|(name, sum)| assert_eq!(*sum, sha256(unpacked.bytes(name)), "{name}"));
    for name in ["README.txt", "summary.html", "log.pub", "checkpoint.txt", "entries.writ-bundle"] {
        assert!(sums.contains_key(name), "{name} is missing");
    }

    // Each document as it arrived, under a name that leads nowhere else.
    let documents: Vec<&String> = others.iter().filter(|name| name.starts_with("documents/")).collect();
    assert_eq!(documents.len(), 4);
    assert_eq!(documents[1], "documents/002 .._..__b_ Order  of 2 May.html");
    for (name, document) in documents.iter().zip(&case.documents) {
        assert_eq!(sums[*name], document.sha256, "{name}");
        assert_eq!(u64::try_from(unpacked.bytes(name).len()).unwrap(), document.size);
    }
    assert_eq!(unpacked.bytes(documents[2]), noise());

    // The log agrees, with nothing at hand but what came along.
    let said = unpacked.verifies(&["--checkpoint", "checkpoint.txt", "--case", case.reference.as_str()], 0);
    let own: Vec<_> = world.log().into_iter().filter(|row| row.case_key == Some(case.id.to_string())).collect();
    for says in [
        "SOUND".to_owned(),
        "AS IT SHOULD BE".to_owned(),
        "each is the one its entry commits to".to_owned(),
        "goes on from the checkpoint".to_owned(),
        format!("{} from outside of the part, each proven to be in the log", own.len()),
        format!("decision.approved     staff:{}", world.carla().id()),
        format!("archive.exported      staff:{}", world.fay().id()),
    ] {
        assert!(said.contains(&says), "{says}\n{said}");
    }
    let key = writ::audit::SigningKey::from_seed(ORIGIN, &LOG_KEY).unwrap();
    assert_eq!(unpacked.text("log.pub"), format!("{}\n", key.verifier()));
    // What the entries hold of people came along, with the sums of the documents.
    let bundle = String::from_utf8_lossy(unpacked.bytes("entries.writ-bundle")).into_owned();
    for holds in [RECEIVED, REASON].into_iter().chain(case.documents.iter().map(|d| d.sha256.as_str())) {
        assert!(bundle.contains(holds), "the entries do not tell {holds}");
    }

    // That it was taken is an act on the case, which the checkpoint covers.
    let acts: Vec<&str> = entries.iter().map(|row| row.kind.as_str()).filter(|kind| !is_reading(kind)).collect();
    assert_eq!(acts, ["archive.exported", "checkpoint.signed"]);
    let taken = entries.iter().find(|row| row.kind == "archive.exported").unwrap();
    let size: u64 = case.documents.iter().map(|d| d.size).sum();
    assert_eq!(taken.case_key, Some(case.id.to_string()));
    assert_eq!(taken.process, format!("{{\"count\":4,\"size\":{size}}}"), "the reason is personal");
    let signed = unpacked.text("checkpoint.txt");
    assert_eq!(signed.lines().nth(1).unwrap().parse::<i64>().unwrap(), taken.seq + 2);

    the_summary_tells_all(&unpacked, &case, taken.seq);
}

fn the_summary_tells_all(unpacked: &Unpacked, case: &Case, seq: i64) {
    let summary = unpacked.text("summary.html");
    for tells in [
        case.reference.as_str(),
        "Bureau of Sample Inquiries",
        "Casey Mockford",
        "26-GJ-0117-04",
        PHONE,
        "1 of 1 confirmed",
        "Rang the switchboard",
        "permitted",
        "18 U.S.C.",
        "Say more on the period.",
        "the scope as it was drafted",
        "Carla Corn",
        "Asked the session store by account.",
        "Fay Finch",
        REASON,
        "non-content only",
        "Answered.",
        "Notice would seriously jeopardise the investigation.",
        "to Casey Mockford",
        "documents/001%20subpoena.pdf",
        &format!("entry {seq} of"),
        // Markup is text.
        "&#60;script&#62;alert(&#39;a comment&#39;)&#60;/script&#62;",
        "&#60;b&#62;",
    ] {
        assert!(summary.contains(tells), "the summary does not tell {tells}");
    }
    for document in &case.documents {
        assert!(summary.contains(&document.sha256), "the sum of {} is missing", document.file_name);
    }
    for foreign in ["<script", "<b>", "href=\"/", "src=", "<svg", "<link", "http://", "https://"] {
        assert!(!summary.contains(foreign), "the summary holds {foreign}");
    }
    // A browser may run what a page holds, so a page is named and not led to.
    assert!(!summary.contains("Order%20of%202%20May.html"), "the summary leads to a page from outside");
    let readme = unpacked.text("README.txt");
    let command = format!("--key log.pub --checkpoint checkpoint.txt --case {}", case.reference);
    assert!(readme.contains(&command) && readme.contains(&format!("entry {seq} of the log")), "{readme}");
    assert!(readme.lines().all(|line| line.len() <= 100) && readme.is_ascii(), "{readme}");
    assert!(!readme.contains("NATIONAL-SECURITY"));
}

fn whoever_answers_for_the_case_is_told_and_its_people_read_why(world: &World) {
    let post = Post::of(world);
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    post.goes();
    let site = world.serves();
    let (fay, anna) = (site.browser_of(&world.fay()), site.browser_of(&world.anna()));
    // The way there is on the case's own log, and on its timeline.
    let form = format!("/cases/{}/archive", case.reference);
    for page in [format!("/cases/{}?tab=log", case.reference), format!("/log/timeline?case={}", case.reference)] {
        assert!(fay.gets(&page).source().contains(&format!("href=\"{form}\"")), "{page} does not lead there");
    }
    anna.gets(&format!("/cases/{}?tab=log", case.reference)).hides(&form);
    fay.gets(&form).shows("1 document, byte for byte as they arrived");
    assert_eq!(takes(&fay, &case).status, 200);
    let mails = post.goes();
    assert_eq!(mails.to(), ["anna@writ.example"]);
    assert_eq!(mails.subjects(), [format!("{}: an auditor took the case away", case.reference)]);
    let log = anna.gets(&format!("/cases/{}?tab=log", case.reference));
    log.shows("Took the case away as an archive, with 1 document (");
    log.shows(REASON);
    log.shows("Fay Finch");
    fay.gets(&format!("/log/timeline?case={}", case.reference)).shows("case taken away as an archive");
}

fn nobody_but_an_auditor_who_may_know_of_the_case_takes_it_away(world: &World) {
    let nora = world.hires("nora", "Nora Nagel", &[Role::Auditor], false);
    let Paper { entry, demands, .. } = subpoena().asking("account/registration");
    let named = vec!["anna".to_owned(), "nora".to_owned()];
    let with =
        OpenCase { arrival: None, compartment: Compartment::Restricted, named, team: None, paper: entry, demands };
    let restricted = open_case(&world.ctx, &world.anna().who, with).done();
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    // Without a reason or the password the form comes back with what was typed.
    let form = format!("/cases/{}/archive", case.reference);
    for (because, password) in [("", fay.password()), (REASON, ""), (REASON, "not the password")] {
        let (page, entries) =
            world.entries_of(|| fay.fills(&form, &form, &[("because", because), ("password", password)]));
        assert_eq!(page.status, 422);
        page.shows(because);
        assert!(entries.iter().all(|row| row.kind != "archive.exported"));
    }
    let refused = world.log().into_iter().rfind(|row| row.kind == "action.refused").unwrap();
    assert_eq!(refused.case_key, Some(case.id.to_string()));
    assert!(refused.process.contains("\"verb\":\"take_archive\""), "{}", refused.process);

    for (name, case, status) in [
        ("anna", &case, 403),
        ("carla", &case, 403),
        ("emil", &case, 404),
        ("gus", &case, 404),
        ("fay", &restricted, 404),
    ] {
        let somebody = site.browser_of(&world.person(name));
        let form = format!("/cases/{}/archive", case.reference);
        let fields =
            [("because", REASON), ("password", somebody.password()), ("token", &somebody.token_on("/account"))];
        let (page, entries) = world.entries_of(|| somebody.posts(&form, &fields));
        assert_eq!(page.status, status, "{name}");
        assert_eq!(entries.last().map(|row| row.kind.as_str()), Some("action.refused"), "{name}");
        assert_eq!(somebody.gets(&form).status, status, "{name}");
    }
    assert_eq!(takes(&site.browser_of(&nora), &restricted).status, 200);
}

fn a_national_security_case_leaves_with_cleared_auditors_and_stays_sealed_in_the_bundle(world: &World) {
    let ida = world.hires("ida", "Ida Imhof", &[Role::Analyst], true);
    let cleo = world.hires("cleo", "Cleo Clarke", &[Role::Auditor], true);
    let paper = Paper { compartment: Compartment::NationalSecurity, ..subpoena().asking("account/registration") };
    let case = ida.opens(paper).done();
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    let form = format!("/cases/{}/archive", case.reference);
    let fields = [("because", REASON), ("password", fay.password()), ("token", &fay.token_on("/account"))];
    let (page, entries) = world.entries_of(|| fay.posts(&form, &fields));
    assert_eq!(page.status, 404);
    assert_eq!(entries.last().map(|row| row.kind.as_str()), Some("sealed.act"));

    let (page, entries) = world.entries_of(|| takes(&site.browser_of(&cleo), &case));
    assert!(entries.iter().all(|row| row.kind != "archive.exported"), "it is sealed as every act on the case");
    let unpacked = Unpacked::of(&page);
    for name in ["summary.html", "README.txt"] {
        assert!(unpacked.text(name).to_lowercase().contains("a national-security case"), "{name} does not say so");
    }
    assert!(unpacked.text("summary.html").contains(PHONE));
    assert_eq!(sha256(unpacked.bytes("documents/001 subpoena.pdf")), case.documents[0].sha256);
    // The paper arrived before anybody knew of the compartment; all that followed is sealed.
    let said = unpacked.verifies(&["--checkpoint", "checkpoint.txt"], 0);
    let of_it = world.log().into_iter().filter(|row| row.kind == "sealed.act").count();
    let entries = of_it.to_string();
    assert!(said.contains("SOUND") && said.contains("closed compartment") && said.contains(&entries), "{said}");
    let bundle = String::from_utf8_lossy(unpacked.bytes("entries.writ-bundle")).into_owned();
    for sealed in [RECEIVED, REASON, case.reference.as_str(), "case.opened", "archive.exported"] {
        assert!(!bundle.contains(sealed), "the bundle tells {sealed}");
    }
}

fn what_breaks_off_does_not_look_whole(world: &World) {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let other = world.anna().opens(subpoena().asking("account/registration")).done();
    // Something is erased while somebody takes a case away.
    let (mut out, taken) = (Vec::new(), taken(world, &case));
    write_archive(&world.ctx, &taken, &[], &mut out).unwrap();
    assert!(ZipArchive::from_slice(&out).is_ok());
    erases_a_case(world);
    out.clear();
    let broken = write_archive(&world.ctx, &taken, &[], &mut out);
    assert!(matches!(broken, Err(BrokenOff::Erased)), "{broken:?}");
    assert!(out.len() > 1000 && ZipArchive::from_slice(&out).is_err(), "it looks whole");

    // A document is gone: whoever downloads is told by the connection, and the file can't be opened.
    world.is_spoilt();
    let document = other.documents[0].id.to_string();
    fs::remove_file(world.folder.path().join("documents").join(document)).unwrap();
    let site = world.serves();
    let (fay, form) = (site.browser_of(&world.fay()), format!("/cases/{}/archive", other.reference));
    let lost = fay.tries_to_fill(&form, &form, &[("because", REASON), ("password", fay.password())]);
    assert!(lost.is_err(), "half an archive came as a whole one");
}

// ── a case, and what comes out of an archive ─────────────────────────────────────

/// Anna opens, Ben rings back, Carla returns and approves, Emil collects, Anna releases and closes; with documents of all
/// kinds, an order of secrecy, and words that look like markup.
fn a_case_to_its_end(world: &World) -> Case {
    let (anna, carla, emil) = (world.anna(), world.carla(), world.emil());
    let case = anna.opens(subpoena().asking("account/registration")).done();
    let page = b"<script>alert('a page')</script>";
    let case = anna.attaches(&case, DocumentKind::Evidence, "../../<b> Order  of 2 May.html", page).done();
    let case = anna.attaches(&case, DocumentKind::Evidence, "noise.bin", &noise()).done();
    let case = anna.records_secrecy(&case, secrecy_order()).done();
    let on = OnCase { reference: case.reference.clone(), version: None };
    add_comment(&world.ctx, &anna.who, &on, prose("<script>alert('a comment')</script>")).done();
    let case = anna.assesses(&world.ben().verifies(&case).done()).done();
    let case = carla.returns(&anna.decides(&case).done(), "Say more on the period.").done();
    let case = carla.approves(&anna.decides(&case).done()).done();
    let case = emil.collects(&case, &case.demands[0]).done();
    anna.closes(&anna.releases(&case).done()).done()
}

/// More bytes than are sealed or sent at once, and none that could be packed.
fn noise() -> Vec<u8> {
    (0_u32..10_000).flat_map(|n| Sha256::digest(n.to_be_bytes()).to_vec()).collect()
}

#[track_caller]
fn takes(auditor: &Client<'_>, case: &Case) -> Page {
    let form = format!("/cases/{}/archive", case.reference);
    let page = auditor.fills(&form, &form, &[("because", REASON), ("password", auditor.password())]);
    assert_eq!(page.status, 200, "{}", page.text());
    page
}

fn taken(world: &World, case: &Case) -> TakenCase {
    let fay = world.fay();
    let fresh = step_up_on(&world.ctx, &fay.who, &case.reference, &password_of("fay"), Verb::TakeArchive).done();
    take_case(&world.ctx, &fay.who, &case.reference, prose(REASON), fresh).map_err(|e| e.to_string()).unwrap()
}

fn is_reading(kind: &str) -> bool {
    kind.ends_with(".viewed")
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A line as `sha256sum -c` reads it.
fn sum_line(line: &str) -> (String, String) {
    let (sum, name) = line.split_once("  ").unwrap();
    (name.to_owned(), sum.to_owned())
}

fn sorted(names: &[String]) -> Vec<&String> {
    let mut names: Vec<&String> = names.iter().collect();
    names.sort();
    names
}

/// An archive, unpacked into a folder.
struct Unpacked {
    folder: TempDir,
    /// The files in their order.
    names: Vec<String>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Unpacked {
    #[track_caller]
    fn of(page: &Page) -> Unpacked {
        let folder = TempDir::new().unwrap();
        let archive = ZipArchive::from_slice(&page.body).unwrap();
        let (mut names, mut files, mut top) = (Vec::new(), BTreeMap::new(), None);
        let mut entries = archive.entries();
        while let Some(entry) = entries.next_entry().unwrap() {
            let path = entry.file_path().try_normalize().unwrap().as_ref().to_owned();
            let (under, name) = path.split_once('/').unwrap();
            assert_eq!(top.get_or_insert_with(|| under.to_owned()), under, "it has more than one folder");
            assert_eq!(entry.compression_method(), CompressionMethod::DEFLATE);
            let packed = archive.get_entry(entry.wayfinder()).unwrap();
            let unpacking = flate2::bufread::DeflateDecoder::new(packed.data());
            let mut bytes = Vec::new();
            std::io::copy(&mut packed.verifying_reader(unpacking), &mut bytes).unwrap();
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, &bytes).unwrap();
            names.push(name.to_owned());
            assert!(files.insert(name.to_owned(), bytes).is_none(), "{name} is there twice");
        }
        let unpacked = Unpacked { folder, names, files };
        unpacked.opens_elsewhere(&page.body);
        unpacked
    }

    /// Programs that are not ours open it too.
    fn opens_elsewhere(&self, archive: &[u8]) {
        let whole = self.folder.path().join("whole.zip");
        fs::write(&whole, archive).unwrap();
        let tests: [&[&str]; 2] = [&["unzip", "-tq"], &["python3", "-m", "zipfile", "-t"]];
        for test in tests {
            // A desk without this program says nothing of it.
            if let Ok(said) = Command::new(test[0]).args(&test[1..]).arg(&whole).output() {
                assert!(said.status.success(), "{}: {}", test[0], String::from_utf8_lossy(&said.stdout));
            }
        }
    }

    #[track_caller]
    fn bytes(&self, name: &str) -> &[u8] {
        self.files.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.names))
    }

    #[track_caller]
    fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name).to_vec()).unwrap()
    }

    /// What `writ-verify` says of the entries, as the README tells to ask it.
    #[track_caller]
    fn verifies(&self, with: &[&str], exits_with: i32) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_writ-verify"));
        let command = command.current_dir(self.folder.path()).args(["entries.writ-bundle", "--key", "log.pub"]);
        let output = command.args(with).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(exits_with), "{said}");
        assert!(Path::new(self.folder.path()).join("checkpoint.txt").exists());
        said
    }
}
