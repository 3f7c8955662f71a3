//! `writ staff add`

use std::collections::BTreeSet;
use std::io::Read;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use secrecy::SecretString;

use super::{WhichRegister, place};
use crate::actions::add_staff::{add_at_console, add_token};
pub use crate::actions::passwords::made_up_password;
use crate::domain::id::StaffId;
use crate::domain::staff::{Actor, Role, Staff, sign_in_name};
use crate::domain::text::Line;
use crate::store::{StoreError, staff};
use crate::system::{self, Clock};

/// Members of staff
#[derive(Subcommand)]
pub enum StaffCommand {
    /// Add a member of staff; the first password is read from standard input or made up and printed once
    Add(Add),
}

/// Add a member of staff.
#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    which: WhichRegister,
    /// Sign-in name, lower case
    #[arg(long)]
    name: String,
    /// Name as colleagues read it
    #[arg(long, value_name = "NAME")]
    full_name: String,
    /// A role: analyst, reviewer, fulfiller, auditor or admin; may be given several times
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<Role>,
    /// A team by name; may be given several times. Without one, the register's only team
    #[arg(long = "team", value_name = "NAME")]
    teams: Vec<String>,
    /// Cleared to know of national-security cases
    #[arg(long)]
    cleared: bool,
    /// Where Writ's mails to this person go
    #[arg(long)]
    email: Option<String>,
    /// Read the first password from standard input
    #[arg(long)]
    password_stdin: bool,
    /// Also make an API token and print it
    #[arg(long)]
    token: bool,
}

impl StaffCommand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            StaffCommand::Add(add) => add.run(),
        }
    }
}

impl Add {
    fn run(self) -> anyhow::Result<ExitCode> {
        let settings = self.which.settings()?;
        let ctx = place::open(&settings, Clock::System)?;
        let all = ctx.store.read::<_, StoreError>(staff::list_teams)?;
        let mut teams = BTreeSet::new();
        for name in &self.teams {
            let team =
                all.iter().find(|t| t.name.as_str() == name).with_context(|| format!("there is no team “{name}”"))?;
            teams.insert(team.id);
        }
        if let ([only], true) = (all.as_slice(), teams.is_empty()) {
            teams.insert(only.id);
        }
        let password = if self.password_stdin { read_password()? } else { made_up_password() };
        let staff = Staff {
            id: StaffId(system::fresh_id()),
            name: sign_in_name(&self.name).map_err(|e| anyhow::anyhow!("{}", e.reason))?,
            full_name: Line::parse("full-name", &self.full_name)?,
            roles: self.roles.into_iter().collect(),
            teams,
            is_cleared: self.cleared,
            email: self.email.as_deref().map(crate::domain::staff::email).transpose()?,
        };
        let id = staff.id;
        let added = add_at_console(&ctx, staff, &SecretString::from(password.clone())).map_err(sentence)?;
        println!("Added {} ({}).", added.full_name, added.name);
        if !self.password_stdin {
            println!("First password, shown once: {password}");
        }
        if self.token {
            let token = add_token(&ctx, Actor::System("console"), id, Line::parse("token", "made at the console")?)?;
            println!("API token, shown once: {token}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn read_password() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("the password can't be read from standard input")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// The first field error as a sentence, where fields were at fault.
fn sentence(error: crate::actions::ActionError) -> anyhow::Error {
    match error {
        crate::actions::ActionError::Invalid(fields) => match fields.into_iter().next() {
            Some(field) => anyhow::anyhow!("{}: {}", field.field, field.reason),
            None => anyhow::anyhow!("a field can't be taken as it is"),
        },
        other => other.into(),
    }
}
