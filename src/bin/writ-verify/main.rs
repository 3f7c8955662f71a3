//! `writ-verify`: checks a bundle of the log with nothing but the log's public key. It asks no register, no server and no
//! network.

mod case;
mod say;

use std::fs::File;
use std::io::{BufReader, ErrorKind, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use case::Asked;
use chrono::{DateTime, NaiveDate};
use clap::Parser;
use serde_json::Value;
use writ::audit::bundle::examine::{Examined, Examiner, Fault, Place};
use writ::audit::bundle::{FIRST_LINE, Frame, Header, Payloads, Record};
use writ::audit::erasure::{ERASED_KIND, Grounds};
use writ::audit::witness::{WitnessKey, cosignatures};
use writ::audit::{Checkpoint, EntryRef, Trust, TrustedKey};
use writ::conduct::{Breach, Conduct, Entry, Judged};
use writ::report::Difference;

/// Checks a bundle of a Writ log offline: order and completeness, hashes, signed checkpoints, how people acted, and
/// published figures.
///
/// Exits with 0 when all is sound; 2 when the log is not; 3 when the log is, but people acted against a rule or figures
/// differ; 1 when it can't be told.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// The bundle, as `writ audit export` wrote it
    bundle: PathBuf,
    /// A copy of `log.pub`, the log's public key, from somewhere you trust
    #[arg(long, value_name = "FILE", required = true)]
    key: Vec<PathBuf>,
    /// A checkpoint that you kept: the log must go on from it. May be given several times
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
    /// The public key of a witness, as the witness publishes it (name+id+key): which of the checkpoints did it see? May be
    /// given several times
    #[arg(long = "witness", value_name = "KEY")]
    witnesses: Vec<String>,
    /// A transparency report as it was published (JSON): do its figures follow from the log?
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// A case by its reference, such as 2026-000123: who did what on it, and when
    #[arg(long, value_name = "REFERENCE")]
    case: Option<String>,
    /// A day such as 2026-11-20, UTC: how many entries are dated up to its end, and who from outside vouches for them?
    #[arg(long, value_name = "DAY")]
    until: Option<NaiveDate>,
    /// Write the findings as JSON
    #[arg(long)]
    json: bool,
}

/// All that was found.
struct Findings {
    /// The log: sound, or the first thing that is wrong.
    log: Result<Examined, Fault>,
    /// From when to when its acts happened, in microseconds since 1970.
    times: Option<(i64, i64)>,
    /// How people acted; nothing where the bundle does not tell, or the log is not sound.
    conduct: Option<(Judged, Vec<Breach>)>,
    /// The figures; nothing where none were to be compared.
    figures: Option<Figures>,
    /// The witnesses that were asked about, each with the largest checkpoint it saw: its size, and when, in seconds since
    /// 1970 by the witness's clock.
    witnessed: Vec<(String, Option<(u64, u64)>)>,
    /// The case that was asked for; without entries where the bundle does not show its opening.
    case: Option<Asked>,
    /// The day that was asked about.
    until: Option<Until>,
    /// Whether people, papers and days are made up, as the log's beginning says.
    is_made_up: bool,
    /// On which grounds personal data of cases was erased.
    grounds: Grounds,
}

/// The beginning of a log that was asked about: up to the end of a day.
struct Until {
    /// The day, UTC.
    day: NaiveDate,
    /// How many entries are dated up to its end.
    entries: u64,
    /// The first of the log's own checkpoints that covers them: its size.
    signed: Option<u64>,
}

/// What is asked beside whether all is sound.
struct Questions {
    /// Whether this report follows from the log.
    published: Option<Value>,
    /// What happened on the case of this reference.
    case: Option<String>,
    /// Whether the log is complete up to the end of this day.
    until: Option<NaiveDate>,
    /// Checkpoints that somebody kept: files and notes.
    kept: Vec<(PathBuf, String)>,
    /// Who else may have signed checkpoints.
    witnesses: Vec<WitnessKey>,
}

/// How published figures compare with the log.
enum Figures {
    /// They follow from the log as it was when this entry was written.
    Match(u64),
    /// They don't: these differ from what follows from the log at its last report, or at its end.
    Differ(Vec<Difference>),
    /// The bundle does not tell.
    Untold,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.run() {
        Ok(findings) => {
            if cli.json {
                println!("{}", say::json(&findings));
            } else {
                print!("{}", say::text(&findings));
            }
            ExitCode::from(findings.code())
        }
        Err(error) => {
            eprintln!("writ-verify: {error:#}");
            ExitCode::from(1)
        }
    }
}

impl Findings {
    fn code(&self) -> u8 {
        let is_kept = self.conduct.as_ref().is_none_or(|(_, breaches)| breaches.is_empty());
        let differs = matches!(self.figures, Some(Figures::Differ(_)));
        match &self.log {
            Err(_) => 2,
            Ok(_) if !is_kept || differs => 3,
            Ok(_) => 0,
        }
    }
}

impl Cli {
    fn run(&self) -> anyhow::Result<Findings> {
        let trust = trust(&self.key)?;
        let published = self.report.as_deref().map(published).transpose()?;
        let kept = self.checkpoints.iter().map(|file| Ok((file.clone(), read_text(file)?)));
        let kept = kept.collect::<anyhow::Result<Vec<_>>>()?;
        let witness =
            |key: &String| WitnessKey::parse(key).with_context(|| format!("“{key}” is no public key of a witness"));
        let witnesses = self.witnesses.iter().map(witness).collect::<anyhow::Result<Vec<_>>>()?;
        let questions = Questions { published, case: self.case.clone(), until: self.until, kept, witnesses };
        let mut from = open(&self.bundle)?;
        let mut first_line = vec![0; FIRST_LINE.len()];
        if from.read_exact(&mut first_line).is_err() || first_line != FIRST_LINE {
            bail!("{} is no bundle that this version can read", self.bundle.display());
        }
        examine(&mut from, Examiner::new(trust), &questions)
    }
}

/// What comes from outside of the bundle, and what it says to that.
struct Elsewhere<'q> {
    /// Checkpoints that somebody kept, until the log's keys are known.
    kept: Option<&'q [(PathBuf, String)]>,
    /// Who else may have signed checkpoints.
    witnesses: &'q [WitnessKey],
    /// Each of them with the largest checkpoint it saw: its size, and when.
    witnessed: Vec<(String, Option<(u64, u64)>)>,
}

/// What has been judged so far of how people acted.
struct Judging<'q> {
    conduct: Conduct,
    breaches: Vec<Breach>,
    questions: &'q Questions,
    figures: Option<Figures>,
    last: u64,
    case: Option<Asked>,
    is_made_up: bool,
}

fn examine(from: &mut impl Read, mut examiner: Examiner, questions: &Questions) -> anyhow::Result<Findings> {
    let mut elsewhere = Elsewhere::of(questions);
    let (mut judging, mut times, mut body) = (None::<Judging<'_>>, None, Vec::new());
    let mut grounds = Grounds::default();
    let mut until = questions.until.map(|day| Until { day, entries: 0, signed: None });
    let mut progress = Progress { is_watched: std::io::stderr().is_terminal(), done: 0 };
    let end = loop {
        let Some(frame) = read_frame(from)? else { break examiner.finish() };
        let frame = match Frame::read(frame) {
            Ok(frame) => frame,
            Err(error) => break examiner.take(Err(error)).and(examiner.finish()),
        };
        body.clear();
        let read = from.take(u64::from(frame.length)).read_to_end(&mut body)?;
        if u64::try_from(read).is_ok_and(|read| read < u64::from(frame.length)) {
            break examiner.finish();
        }
        let record = Record::read(frame.tag, &body);
        if let Ok(Record::Header(header)) = &record {
            judging = Judging::of(header, questions);
        }
        if let Ok(record) = &record
            && let Err(fault) = elsewhere.give_kept(&mut examiner, record)?
        {
            break Err(fault);
        }
        let note = match &record {
            Ok(Record::Checkpoint { note, .. }) => Some(*note),
            _ => None,
        };
        let act = match examiner.take(record) {
            Ok(act) => act,
            Err(fault) => break Err(fault),
        };
        if let Some(note) = note {
            if let Err(fault) = elsewhere.look_at(note) {
                break Err(fault);
            }
            until.iter_mut().for_each(|until| until.take_checkpoint(note));
        }
        let Some(act) = act else { continue };
        progress.take();
        let at = act.entry.at_micros;
        times = Some(times.map_or((at, at), |(from, _)| (from, at)));
        until.iter_mut().for_each(|until| until.take_entry(act.entry.seq, at));
        if let (Some(judging), Some(process)) = (&mut judging, act.process) {
            let EntryRef { seq, at_micros, actor, kind, case, .. } = act.entry;
            let entry = Entry { seq, at_micros, actor, kind, case, process };
            judging.take(entry);
            if kind == ERASED_KIND {
                grounds.take(process, at_micros);
            }
        }
    };
    progress.end();
    let mut judging = judging.filter(|_| end.is_ok());
    let figures = match (&judging, &questions.published) {
        (Some(judging), _) => judging.settle(),
        (None, Some(_)) => Some(Figures::Untold),
        (None, None) => None,
    };
    let case = judging.as_mut().and_then(|judging| judging.case.take());
    let case = case.or_else(|| questions.case.as_deref().map(Asked::of));
    let is_made_up = judging.as_ref().is_some_and(|judging| judging.is_made_up);
    let conduct = judging.map(|judging| (judging.conduct.judged(), judging.breaches));
    let witnessed = elsewhere.witnessed;
    Ok(Findings { log: end, times, conduct, figures, witnessed, case, until, is_made_up, grounds })
}

impl Until {
    fn take_entry(&mut self, seq: u64, at_micros: i64) {
        let day = DateTime::from_timestamp_micros(at_micros).map(|at| at.date_naive());
        if day.is_some_and(|day| day <= self.day) {
            self.entries = self.entries.max(seq.saturating_add(1));
        }
    }

    /// The log's own checkpoints come in rising order, each after what it covers.
    fn take_checkpoint(&mut self, note: &str) {
        let Ok(Checkpoint { size, .. }) = Checkpoint::read(note) else { return };
        if self.signed.is_none_or(|signed| signed < self.entries) {
            self.signed = Some(size);
        }
    }
}

impl<'q> Elsewhere<'q> {
    fn of(questions: &'q Questions) -> Elsewhere<'q> {
        let witnessed = questions.witnesses.iter().map(|key| (key.name().to_owned(), None)).collect();
        Elsewhere { kept: Some(&questions.kept), witnesses: &questions.witnesses, witnessed }
    }

    /// Holds the bundle against the checkpoints that somebody kept, if they are the log's. Its keys are known after the last
    /// handover, and only then whose checkpoints those are.
    fn give_kept(&mut self, examiner: &mut Examiner, next: &Record<'_>) -> anyhow::Result<Result<(), Fault>> {
        let is_beginning = matches!(next, Record::Header(_) | Record::Handover(_));
        let Some(kept) = self.kept.take_if(|_| !is_beginning) else { return Ok(Ok(())) };
        for (file, note) in kept {
            let keys = match examiner.keys() {
                Ok(keys) => keys,
                Err(fault) => return Ok(Err(fault)),
            };
            let opened = keys.open(note);
            let opened = opened.with_context(|| format!("{} is no checkpoint signed by the log's key", file.display()));
            examiner.keep(opened?);
        }
        Ok(Ok(()))
    }

    /// Notes which witnesses saw a checkpoint, which the log's own key signed. They come in rising order.
    fn look_at(&mut self, note: &str) -> Result<(), Fault> {
        let Ok(Checkpoint { size, .. }) = Checkpoint::read(note) else { return Ok(()) };
        let said = cosignatures(note, self.witnesses);
        let said =
            said.map_err(|error| Fault { place: Place::Checkpoint(size), why: format!("was tampered with: {error}") })?;
        for one in said {
            let named = self.witnessed.iter_mut().filter(|(name, _)| *name == one.witness);
            named.for_each(|(_, seen)| *seen = Some((size, one.at)));
        }
        Ok(())
    }
}

impl<'q> Judging<'q> {
    /// Begins, if the bundle tells what happened.
    fn of(header: &Header, questions: &'q Questions) -> Option<Judging<'q>> {
        let conduct =
            (header.payloads >= Payloads::Process).then(|| Conduct::new(header.first == 0 && header.end > 0))?;
        let case = questions.case.as_deref().map(Asked::of);
        Some(Judging { conduct, breaches: Vec::new(), questions, figures: None, last: 0, case, is_made_up: false })
    }

    fn take(&mut self, entry: Entry<'_>) {
        self.last = entry.seq;
        self.case.iter_mut().for_each(|asked| asked.take(&entry));
        self.is_made_up |= match entry.kind {
            "register.created" => {
                let created: Value = serde_json::from_slice(entry.process).unwrap_or_default();
                created.get("is_demo") == Some(&Value::Bool(true))
            }
            kind => kind == "register.generated",
        };
        self.breaches.extend(self.conduct.take(entry));
        if entry.kind == "report.drawn" && !matches!(self.figures, Some(Figures::Match(_))) {
            self.figures = self.compare();
        }
    }

    /// What is known of the figures at the end.
    fn settle(&self) -> Option<Figures> {
        match &self.figures {
            Some(Figures::Match(seq)) => Some(Figures::Match(*seq)),
            Some(Figures::Differ(differences)) => match self.compare() {
                Some(Figures::Match(seq)) => Some(Figures::Match(seq)),
                _ => Some(Figures::Differ(differences.clone())),
            },
            _ => self.compare(),
        }
    }

    fn compare(&self) -> Option<Figures> {
        let published = self.questions.published.as_ref()?;
        let Some(derived) = self.conduct.figures() else { return Some(Figures::Untold) };
        let differences = derived.differences(published);
        Some(if differences.is_empty() { Figures::Match(self.last) } else { Figures::Differ(differences) })
    }
}

/// The five bytes before a record; `None` at the end of the file.
fn read_frame(from: &mut impl Read) -> std::io::Result<Option<[u8; Frame::SIZE]>> {
    let mut frame = [0; Frame::SIZE];
    match from.read_exact(&mut frame) {
        Ok(()) => Ok(Some(frame)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// The keys, which are all of one log: its name is theirs.
fn trust(files: &[PathBuf]) -> anyhow::Result<Trust> {
    let mut keys: Vec<TrustedKey> = Vec::new();
    for file in files {
        for line in read_text(file)?.lines().filter(|line| !line.trim().is_empty()) {
            let key = TrustedKey::parse(line.trim());
            keys.push(key.with_context(|| format!("{} is no copy of log.pub, the log's public key", file.display()))?);
        }
    }
    let Some(origin) = keys.first().map(|trusted| trusted.key.name().to_owned()) else {
        bail!("the file of keys is empty")
    };
    if keys.iter().any(|trusted| trusted.key.name() != origin) {
        bail!("the keys are of different logs: give those of one");
    }
    Ok(Trust { origin, keys })
}

fn published(file: &Path) -> anyhow::Result<Value> {
    serde_json::from_str(&read_text(file)?)
        .with_context(|| format!("{} is no report as `writ report transparency --json` writes it", file.display()))
}

#[allow(clippy::disallowed_methods, reason = "the command line opens the files it is given")]
fn open(file: &Path) -> anyhow::Result<BufReader<File>> {
    let open = File::open(file).with_context(|| format!("{} can't be read", file.display()))?;
    Ok(BufReader::with_capacity(1 << 20, open))
}

#[allow(clippy::disallowed_methods, reason = "the command line opens the files it is given")]
fn read_text(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))
}

/// How far it has come, for somebody who watches.
struct Progress {
    is_watched: bool,
    done: u64,
}

impl Progress {
    fn take(&mut self) {
        self.done = self.done.saturating_add(1);
        if self.is_watched && self.done.is_multiple_of(20_000) {
            eprint!("\r{} entries checked", self.done);
        }
    }

    fn end(&self) {
        if self.is_watched && self.done >= 20_000 {
            eprintln!("\r{} entries checked", self.done);
        }
    }
}
