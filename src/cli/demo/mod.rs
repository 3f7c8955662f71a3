//! `writ demo`: a register with made-up people and papers, made through the same actions as a real one.

mod acts;
mod cases;
pub(super) mod paper;
mod people;
mod script;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::place::{self, DEMO_ORIGIN};
use super::serve::Doors;
use super::{jobs, serve};
use crate::actions::create_register::create_register;
use crate::domain::id::TeamId;
use crate::domain::outcome::Outcome;
use crate::domain::retention::{Keep, Schedule};
use crate::domain::text::Line;
use crate::settings::{MailTransport, Settings};
use crate::store::register::Generation;
use crate::system::{self, Clock};
use crate::telemetry;

/// Try Writ: makes a register with made-up people and cases and starts the web app.
#[derive(Args)]
pub struct Demo {
    /// Folder for the demonstration's data
    #[arg(long, value_name = "DIR", default_value = "writ-demo")]
    data: PathBuf,
    /// Address and port to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Let other machines reach the demonstration, over plain HTTP with published passwords
    #[arg(long)]
    insecure_demo: bool,
}

/// Who can sign in to the demonstration; kept in `demo-sign-in.json`, readable by its owner only.
#[derive(Serialize, Deserialize)]
struct SignIns {
    /// Where the web app is.
    url: String,
    /// Sign-ins by person.
    #[serde(flatten)]
    people: BTreeMap<String, SignIn>,
}

/// One person's sign-in.
#[derive(Clone, Serialize, Deserialize)]
struct SignIn {
    /// Sign-in name.
    name: String,
    /// Password.
    password: String,
    /// API token.
    token: String,
}

const SIGN_INS: &str = "demo-sign-in.json";
/// Stands in the folder while it is being made, and for good if that was cut short.
const UNFINISHED: &str = "unfinished-demo";

/// Whether a folder holds a demonstration, finished or not.
pub fn is_demo_folder(folder: &Path) -> bool {
    folder.join(SIGN_INS).is_file() || folder.join(UNFINISHED).is_file()
}

/// Retention as somebody might set it.
fn schedules() -> Vec<Schedule> {
    let schedule = |name: &str, keep: Keep, outcomes: &[Outcome]| Schedule {
        name: name.to_owned(),
        keep,
        papers_without_case: false,
        instruments: BTreeSet::new(),
        outcomes: outcomes.iter().copied().collect(),
        because: "an example; for how long is for counsel to say".to_owned(),
    };
    let nothing_left = [Outcome::Rejected, Outcome::NoData, Outcome::Redirected, Outcome::Withdrawn];
    let papers = Schedule { papers_without_case: true, ..schedule("papers without a case", Keep::years(1), &[]) };
    vec![
        schedule("nothing disclosed", Keep::years(2), &nothing_left),
        schedule("everything else", Keep::years(7), &[]),
        papers,
    ]
}

impl Demo {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        if !self.listen.ip().is_loopback() && !self.insecure_demo {
            bail!(
                "{} can be reached from other machines, and the demonstration's passwords are no secret; \
                 listen on 127.0.0.1, or add --insecure-demo",
                self.listen
            );
        }
        let listener = serve::listen(self.listen, "Choose another with --listen")?;
        let mut settings = Settings::for_folder(&self.data, DEMO_ORIGIN)?;
        // Whoever tries Writ reads the sign-ins, not log lines.
        settings.web.listen = self.listen;
        // The made-up provider is represented in Dublin, so that orders of the Union reach it.
        "eu_legal_representative".clone_into(&mut settings.provider.eu_role);
        "Europe/Dublin".clone_into(&mut settings.clocks.eu_time_zone);
        "IE".clone_into(&mut settings.clocks.eu_calendar);
        settings.retention.schedules = schedules();
        "warn".clone_into(&mut settings.telemetry.filter);
        telemetry::start(&settings.telemetry);
        if self.data.join(UNFINISHED).is_file() {
            bail!("{0} holds a demonstration that was never finished; remove it with: rm -r {0}", self.data.display());
        }
        if !self.data.join(SIGN_INS).is_file() {
            self.make(&settings)?;
        }
        let ctx = place::open(&settings, Clock::System)?;
        if !ctx.is_demo {
            bail!(
                "{} holds a real register, not a demonstration; choose another folder with --data",
                self.data.display()
            );
        }
        let url = format!("http://{}", listener.local_addr()?);
        // Nothing leaves the machine from a demonstration, whatever the environment says.
        settings.mail.transport = MailTransport::File;
        settings.web.public_url.clone_from(&url);
        let jobs = jobs::of(&settings, &ctx)?;
        let doors = Doors::open(&settings, listener)?;
        self.greet(&self.keep_url(&url)?)?;
        let is_plain_http = !self.listen.ip().is_loopback();
        serve::serve(ctx, &settings, is_plain_http, doors, jobs)
    }

    fn make(&self, settings: &Settings) -> anyhow::Result<()> {
        let folder = place::open_folder(&self.data, true)?;
        place::take_half_written(&folder, UNFINISHED)?;
        if folder.entries()?.next().is_some() {
            bail!("{} is not empty and holds no demonstration; choose another folder with --data", self.data.display());
        }
        eprintln!("Making a demonstration in {} …", self.data.display());
        place::write_file(&folder, UNFINISHED, "This folder is being made, or its making was cut short.\n", 0o600)
            .with_context(|| format!("{} can't be written", self.data.display()))?;
        let now = Clock::System.now();
        let clock = Clock::by_hand(cases::begins(now)?);
        place::make(settings, true, Generation::None, &clock)?;
        let ctx = place::open(settings, clock.clone())?;
        let team = create_register(&ctx, TeamId(system::fresh_id()), Line::parse("team", "Compliance")?)?;
        let people = people::add_all(&ctx, team.id)?;
        cases::make_all(&ctx, &clock, &people, now)?;
        let sign_ins = SignIns { url: String::new(), people: people.sign_ins() };
        place::write_file(&folder, SIGN_INS, &serde_json::to_string_pretty(&sign_ins)?, 0o600)?;
        folder.remove_file(UNFINISHED)?;
        Ok(())
    }

    /// Writes down where the web app is this time, and gives back all sign-ins.
    fn keep_url(&self, url: &str) -> anyhow::Result<SignIns> {
        let folder = place::open_folder(&self.data, false)?;
        let mut sign_ins: SignIns = serde_json::from_str(&folder.read_to_string(SIGN_INS)?)
            .with_context(|| format!("{SIGN_INS} can't be read; remove the folder and start again"))?;
        if sign_ins.url != url {
            url.clone_into(&mut sign_ins.url);
            place::write_file(&folder, SIGN_INS, &serde_json::to_string_pretty(&sign_ins)?, 0o600)?;
        }
        Ok(sign_ins)
    }

    fn greet(&self, sign_ins: &SignIns) -> anyhow::Result<()> {
        println!("\nWrit, with made-up people and papers: {}\n", sign_ins.url);
        println!("  {:<12} {:<8} password", "role", "name");
        for (role, sign_in) in &sign_ins.people {
            println!("  {:<12} {:<8} {}", role, sign_in.name, sign_in.password);
        }
        let data = self.data.display();
        println!("\nThe sign-ins, with API tokens, are in {data}/{SIGN_INS}.");
        println!("Mails that would go to these people are written to {data}/mail.");
        println!("The data is in {data}. Stop with Ctrl-C; remove it with: rm -r {data}\n");
        Ok(())
    }
}
