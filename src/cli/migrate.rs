//! `writ migrate`

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use secrecy::ExposeSecret;

use super::{WhichRegister, place};
use crate::actions::create_register::create_register;
use crate::actions::law::adopt_first;
use crate::domain::id::TeamId;
use crate::domain::text::Line;
use crate::store::register::{self, Generation};
use crate::store::{Store, StoreError};
use crate::system::{self, Clock};

/// Bring a register's tables up to date, or make a new register.
#[derive(Args)]
pub struct Migrate {
    #[command(flatten)]
    which: WhichRegister,
    /// Make a new register where there is none yet
    #[arg(long)]
    new: bool,
    /// Name of the first team of a new register
    #[arg(long, value_name = "NAME", default_value = "Compliance")]
    team: String,
}

impl Migrate {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let settings = self.which.settings()?;
        if self.new {
            let team = Line::parse("team", &self.team)?;
            if place::open(&settings, Clock::System).is_ok() {
                bail!("there is a register already; leave out --new to bring it up to date");
            }
            place::make(&settings, false, Generation::None, &Clock::System)?;
            let ctx = place::open(&settings, Clock::System)?;
            create_register(&ctx, TeamId(system::fresh_id()), team)?;
            println!("Made a new register. Its log is named {}.", settings.register.origin);
            println!("Keep a copy of {} elsewhere: without it nothing opens.", settings.register.keys.display());
            return Ok(ExitCode::SUCCESS);
        }
        let url = settings.register.database.expose_secret();
        if let Some(file) = url.strip_prefix("sqlite://")
            && !std::path::Path::new(file).is_file()
        {
            bail!("there is no register at {file}; `writ migrate --new` makes one");
        }
        let ran = Store::migrate(url)?;
        let ctx = place::open(&settings, Clock::System)?;
        ctx.store.read::<_, StoreError>(register::find)?;
        adopt_first(&ctx)?;
        match ran.len() {
            0 => println!("The register is up to date."),
            n => println!("The register is up to date: {n} migrations ran ({}).", ran.join(", ")),
        }
        Ok(ExitCode::SUCCESS)
    }
}
