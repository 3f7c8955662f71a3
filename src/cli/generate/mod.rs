//! `writ generate`: a register full of made-up cases, for trials and measurements. Each case lives through the verbs of
//! the domain; its events are played into the register in the order of time, so that its log is a true one.

mod asked;
mod dice;
mod life;
mod spread;
mod stream;
mod world;

use std::process::ExitCode;

use anyhow::bail;
use chrono::TimeDelta;
use clap::Args;
use secrecy::ExposeSecret;

use super::{WhichRegister, place};
use crate::actions::Ctx;
use crate::actions::create_register::create_register;
use crate::actions::sign_checkpoint::sign_checkpoint;
use crate::domain::event::Event;
use crate::domain::id::TeamId;
use crate::domain::staff::Actor;
use crate::domain::text::Line;
use crate::settings::Settings;
use crate::store::register::{self, Generation};
use crate::store::{About, StoreError, log};
use crate::system::{self, Clock};

use world::World;

/// Make a register full of made-up cases, for trials and measurements.
#[derive(Args)]
pub struct Generate {
    #[command(flatten)]
    which: WhichRegister,
    /// How many cases, 1 to 900000
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=900_000))]
    cases: u32,
    /// The same seed gives the same cases
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Over how many days the cases came in, up to now
    #[arg(long, value_name = "DAYS", default_value_t = 730, value_parser = clap::value_parser!(u32).range(30..=3_650))]
    days: u32,
}

/// The names, passwords and tokens of the made-up staff, beside the folder of documents.
const SIGN_INS: &str = "generated-sign-in.json";

impl Generate {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let settings = self.which.settings()?;
        refuse_existing(&settings)?;
        let now = Clock::System.now();
        let begins = now.plus(-TimeDelta::days(i64::from(self.days)));
        let clock = Clock::by_hand(begins.plus(-TimeDelta::days(1)));
        place::make(&settings, false, Generation::UnderWay, &clock)?;
        let ctx = place::open_to_generate(&settings, clock.clone())?;
        let team = create_register(&ctx, TeamId(system::fresh_id()), Line::parse("team", "Compliance")?)?;
        self.write_mark(&ctx)?;
        let (world, sign_ins) = World::make(&ctx, self.seed, self.cases, team.id, now)?;
        let folder = settings.register.documents.with_file_name("");
        let folder = place::open_folder(&folder, true)?;
        place::write_file(&folder, SIGN_INS, &serde_json::to_string_pretty(&sign_ins)?, 0o600)?;
        clock.set(begins);
        stream::play(&world, self.cases, begins)?;
        clock.set(now);
        sign_checkpoint(&ctx, Actor::System("generate"))?;
        register::generation_is_done(settings.register.database.expose_secret())?;
        let entries = ctx.store.read::<_, StoreError>(log::size)?;
        println!("Generated {} cases with {entries} entries. Their staff's sign-ins are in {SIGN_INS}.", self.cases);
        Ok(ExitCode::SUCCESS)
    }

    fn write_mark(&self, ctx: &Ctx) -> anyhow::Result<()> {
        let event = Event::RegisterGenerated { cases: self.cases, seed: self.seed };
        ctx.write_as(Actor::System("generate"), move |tx| Ok(tx.record(&event, About::Register).map(drop)?))?;
        Ok(())
    }
}

/// Cases are generated into a register of their own, never beside others.
fn refuse_existing(settings: &Settings) -> anyhow::Result<()> {
    let url = settings.register.database.expose_secret();
    let is_file = url.strip_prefix("sqlite://").is_some_and(|file| std::path::Path::new(file).exists());
    if is_file || place::open_to_generate(settings, Clock::System).is_ok() {
        bail!("there is a register already; generated cases go into a new one, never beside others");
    }
    Ok(())
}
