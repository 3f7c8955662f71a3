//! `writ witness make`, `writ witness sign`: be a witness of somebody else's log.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use cap_std::fs::Dir;
use clap::{Args, Subcommand};
use sha2::{Digest, Sha256};

use super::{place, read_log_keys, read_text};
use crate::audit::witness::{Declined, Request, Witness, judge, with_lines};
use crate::audit::{Checkpoint, KeyChain, Trust};
use crate::system::{self, Clock};

/// Watch another log: sign that it only grew since you last looked
#[derive(Subcommand)]
pub enum WitnessCommand {
    /// Make a witness: a folder with a key of its own. Prints the public key, for the setting `checkpoints.witnesses` of the
    /// log's operator
    Make(Make),
    /// Check a checkpoint against the one seen last, sign it, and print it with the signature, to be sent back
    Sign(Sign),
}

/// Make a witness.
#[derive(Args)]
pub struct Make {
    /// The folder; made if it is not there
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// What the witness is called, such as witness.example.com/writ: no spaces, and best a name you own
    #[arg(long)]
    name: String,
}

/// Exits with 0 when it signed; 2 when the checkpoint speaks against the log; 1 when it can't be told.
#[derive(Args)]
pub struct Sign {
    /// The witness's folder
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// A copy of the log's `log.pub`
    #[arg(long, value_name = "FILE")]
    log_key: PathBuf,
    /// What the log's operator sent: `add-checkpoint.txt`, or for the first time a checkpoint alone
    request: PathBuf,
}

impl WitnessCommand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            WitnessCommand::Make(make) => make.run(),
            WitnessCommand::Sign(sign) => sign.run(),
        }
    }
}

const KEY: &str = "witness.key";

impl Make {
    fn run(self) -> anyhow::Result<ExitCode> {
        let folder = place::open_folder(&self.folder, true)?;
        if folder.exists(KEY) {
            bail!("{} is a witness already", self.folder.display());
        }
        let seed = system::chance::<32>();
        let witness = Witness::from_seed(&self.name, &seed)?;
        place::write_file(&folder, KEY, &format!("{}\n{}\n", self.name, hex::encode(seed)), 0o600)?;
        println!("{}", witness.verifier());
        Ok(ExitCode::SUCCESS)
    }
}

impl Sign {
    fn run(self) -> anyhow::Result<ExitCode> {
        let folder = place::open_folder(&self.folder, false)?;
        let witness = read_witness(&folder, &self.folder)?;
        let keys = read_log_keys(&self.log_key)?;
        let Some(origin) = keys.first().map(|trusted| trusted.key.name().to_owned()) else {
            bail!("{} holds no key", self.log_key.display());
        };
        let keys = KeyChain::new(&Trust { origin: origin.clone(), keys }, &[]).map_err(anyhow::Error::msg)?;
        let request = Request::parse(&read_text(&self.request)?)
            .with_context(|| format!("{} is no checkpoint, and no request to a witness", self.request.display()))?;
        let seen = format!("seen-{}.txt", hex::encode(Sha256::digest(&origin)));
        let last = match folder.exists(&seen) {
            true => Some(Checkpoint::read(&folder.read_to_string(&seen)?).context("what was seen last can't be read")?),
            false => None,
        };
        match judge(&request, last.as_ref(), &keys) {
            Ok(_) => {
                let line = witness.cosign(&request.note, Clock::System.now().as_micros().unsigned_abs() / 1_000_000)?;
                // What was signed is remembered before anybody gets the signature.
                place::write_file(&folder, &seen, &request.note, 0o600)?;
                print!("{}", with_lines(&request.note, [line.as_str()]));
                Ok(ExitCode::SUCCESS)
            }
            Err(against @ (Declined::Older { .. } | Declined::Rewritten { .. })) => {
                println!("NOT signed: {against}. Keep what was sent, and tell whoever relies on that log.");
                Ok(ExitCode::from(2))
            }
            Err(declined) => Err(declined.into()),
        }
    }
}

/// The witness of a folder: its name, and below it its key.
fn read_witness(folder: &Dir, path: &Path) -> anyhow::Result<Witness> {
    let no_witness = || format!("{} is no witness's folder; `writ witness make` makes one", path.display());
    let text = folder.read_to_string(KEY).with_context(no_witness)?;
    let (name, seed) = text.trim_end().split_once('\n').with_context(no_witness)?;
    let seed = hex::decode(seed).ok().and_then(|seed| <[u8; 32]>::try_from(seed).ok()).with_context(no_witness)?;
    Ok(Witness::from_seed(name, &seed)?)
}
