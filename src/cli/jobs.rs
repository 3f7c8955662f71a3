//! `writ jobs run-once`, and what the jobs are made of.

use std::process::ExitCode;

use anyhow::Context;
use chrono::TimeDelta;
use clap::{Args, Subcommand};

use super::{WhichRegister, place};
use crate::actions::Ctx;
use crate::actions::view_outbox::count_mails;
use crate::jobs::{Checkpoints, Jobs, Verification};
use crate::mail::{Mailer, Security, SmtpServer};
use crate::settings::{CheckpointSettings, MailSecurity, MailSettings, MailTransport, Settings};
use crate::system::Clock;
use crate::vault::Shelf;

/// What happens without a person
#[derive(Subcommand)]
pub enum JobsCommand {
    /// Write reminders and send the mails that are due now, then end: for a timer where `writ serve` does not run
    RunOnce(RunOnce),
}

/// Do once what there is to do now.
#[derive(Args)]
pub struct RunOnce {
    #[command(flatten)]
    which: WhichRegister,
}

impl JobsCommand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let JobsCommand::RunOnce(run) = self;
        let mut settings = run.which.settings()?;
        let ctx = place::open(&settings, Clock::System)?;
        if ctx.is_demo {
            settings.mail.transport = MailTransport::File;
        }
        let done = of(&settings, &ctx)?.run_once()?;
        let left = count_mails(&ctx)?;
        println!("{} mails sent, {} not needed any more, {} failed now.", done.sent, done.dropped, done.failed);
        println!("{} mails wait, {} were given up.", left.waiting, left.failed);
        Ok(ExitCode::SUCCESS)
    }
}

/// The jobs of a register, as its settings say.
pub fn of(settings: &Settings, ctx: &Ctx) -> anyhow::Result<Jobs> {
    let public_url = Some(settings.web.public_url.clone()).filter(|url| !url.is_empty());
    let mailer = mailer(&settings.mail)?;
    let checkpoints = checkpoints(&settings.checkpoints)?;
    let every = Some(settings.verification.every_hours).filter(|hours| *hours > 0);
    let verification = Verification { every: every.map(|hours| TimeDelta::hours(i64::from(hours))) };
    let due_soon_days = settings.mail.due_soon_days;
    let backups = super::backup::of(settings)?;
    let jobs = Jobs::new(ctx.clone(), mailer);
    Ok(Jobs { public_url, due_soon_days, checkpoints, backups, verification, ..jobs })
}

fn checkpoints(settings: &CheckpointSettings) -> anyhow::Result<Checkpoints> {
    let shelf = match settings.folder.as_os_str().is_empty() {
        true => None,
        false => Some(Shelf::new(place::open_folder(&settings.folder, true)?)),
    };
    let every = Some(settings.every_hours).filter(|hours| *hours > 0);
    let every = every.map(|hours| TimeDelta::hours(i64::from(hours)));
    Ok(Checkpoints { every, shelf, mail_to: settings.mail_to.clone() })
}

fn mailer(settings: &MailSettings) -> anyhow::Result<Mailer> {
    match settings.transport {
        MailTransport::File => {
            let folder = place::open_folder(&settings.folder, true)?;
            Ok(Mailer::to_folder(&settings.from, folder)?)
        }
        MailTransport::Smtp => Ok(Mailer::to_server(&settings.from, &server(settings)?)?),
    }
}

fn server(settings: &MailSettings) -> anyhow::Result<SmtpServer> {
    let authority = (!settings.ca_file.as_os_str().is_empty()).then(|| {
        super::read_text(&settings.ca_file).context("mail.ca_file names the certificate authority of the mail server")
    });
    let sign_in = (!settings.user.is_empty()).then(|| (settings.user.clone(), settings.password.clone()));
    Ok(SmtpServer {
        host: settings.host.clone(),
        port: (settings.port != 0).then_some(settings.port),
        security: match settings.security {
            MailSecurity::None => Security::None,
            MailSecurity::StartTls => Security::StartTls,
            MailSecurity::Tls => Security::Tls,
        },
        authority: authority.transpose()?.map(String::into_bytes),
        sign_in,
    })
}
