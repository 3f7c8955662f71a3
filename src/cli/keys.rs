//! `writ keys show`, `writ keys protect`, `writ keys rotate`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use secrecy::ExposeSecret;

use super::installation::{self, Installation, Source};
use super::{WhichRegister, place, read_text};
use crate::actions::rotate_installation_key::{record_protection, rotate_installation_key};
use crate::domain::staff::Actor;
use crate::seal::Key;
use crate::store::keys;
use crate::system::{self, Clock};

/// The installation's key
#[derive(Subcommand)]
pub enum KeysCommand {
    /// Say where the installation's key comes from and which one is in force; nothing of the key itself
    Show(Show),
    /// Seal the installation's key under a passphrase, or keep it as a file again
    Protect(Protect),
    /// Make a new installation's key and seal everything anew under it. Servers must be started anew after that
    Rotate(Rotate),
}

/// Says which key is in force.
#[derive(Args)]
pub struct Show {
    #[command(flatten)]
    which: WhichRegister,
}

/// Keeps the installation's key another way. The key itself stays the same.
#[derive(Args)]
pub struct Protect {
    #[command(flatten)]
    which: WhichRegister,
    /// How it is kept from now on
    #[arg(long, value_enum)]
    with: With,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum With {
    /// Sealed under a passphrase: from keys.passphrase_file, WRIT__KEYS__PASSPHRASE, or typed
    Passphrase,
    /// As a file
    File,
}

/// Changes the installation's key.
#[derive(Args)]
pub struct Rotate {
    #[command(flatten)]
    which: WhichRegister,
    /// Where a command gives the key: a file with the key that the command will give from now on
    #[arg(long, value_name = "FILE")]
    new_key_file: Option<PathBuf>,
}

impl KeysCommand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            KeysCommand::Show(show) => show.run(),
            KeysCommand::Protect(protect) => protect.run(),
            KeysCommand::Rotate(rotate) => rotate.run(),
        }
    }
}

impl Show {
    fn run(self) -> anyhow::Result<ExitCode> {
        let settings = self.which.settings()?;
        let read = Installation::in_force(&settings)?;
        let from = match read.source {
            Source::File => "the file installation.key",
            Source::Passphrase => "the file installation.key.sealed, under a passphrase",
            Source::Command => "the command of keys.installation_command",
        };
        println!("The installation's key comes from {from}. Its public id is {}.", read.key.id());
        match keys::in_force_at(settings.register.database.expose_secret())? {
            Some(_) => println!("It is the one this register is sealed under."),
            None => println!("The register has not written down yet which key it is sealed under."),
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Protect {
    fn run(self) -> anyhow::Result<ExitCode> {
        let settings = self.which.settings()?;
        let folder = place::open_folder(&settings.register.keys, false)?;
        let _held = installation::hold(&folder)?;
        let ctx = place::open(&settings, Clock::System)?;
        let read = Installation::in_force(&settings)?;
        if read.source == Source::Command {
            bail!(
                "the installation's key comes from a command; take keys.installation_command out of the settings first"
            );
        }
        match self.with {
            With::Passphrase => {
                let words = installation::new_passphrase(&settings)?;
                record_protection(&ctx, Actor::System("console"), true)?;
                read.protect(&folder, Some(words))?;
                println!("The installation's key is sealed under the passphrase, in {}.", installation::SEALED);
                println!("Writ needs the passphrase at each start. Without it nothing opens: keep it in two places.");
                println!("The disk may still hold the plain file's bytes: `writ keys rotate` makes them worthless.");
            }
            With::File => {
                record_protection(&ctx, Actor::System("console"), false)?;
                read.protect(&folder, None)?;
                println!("The installation's key is a file again, {}.", installation::PLAIN);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Rotate {
    fn run(self) -> anyhow::Result<ExitCode> {
        let settings = self.which.settings()?;
        let folder = place::open_folder(&settings.register.keys, false)?;
        let _held = installation::hold(&folder)?;
        let ctx = place::open(&settings, Clock::System)?;
        let before = Installation::in_force(&settings)?;
        let given = self.new_key_file.as_deref().map(|file| -> anyhow::Result<Key> {
            installation::key_of(&read_text(file)?).with_context(|| format!("{} holds no key", file.display()))
        });
        let next = match (before.source, given.transpose()?) {
            (Source::Command, Some(key)) => before.with(key),
            (Source::Command, None) => bail!(
                "the installation's key comes from a command: make a new key where that has it, and name a file with it \
                 by --new-key-file"
            ),
            (_, Some(_)) => bail!("--new-key-file is for keys that a command gives; Writ makes this one itself"),
            (_, None) => before.with(Key::new(system::chance())),
        };
        let is_ours = next.source != Source::Command;
        if is_ours {
            next.write_next(&folder)?;
        }
        let count = rotate_installation_key(&ctx, Actor::System("console"), next.key.clone())?;
        if is_ours {
            next.take_effect(&folder)?;
            installation::remove_left_next(&folder)?;
        }
        println!("The installation's key is now {}; before it was {}.", next.key.id(), before.key.id());
        println!("{count} keys and other values are sealed anew.");
        if !is_ours {
            println!("Make the command give the new key now, and delete the file it stood in.");
        }
        println!("Start every running Writ anew: until then it refuses all acts.");
        println!(
            "Keep a copy of the new key elsewhere. A backup that was made without keys still needs the key before."
        );
        Ok(ExitCode::SUCCESS)
    }
}
