//! Where the installation's key comes from: a file, a file that a passphrase opens, or a command. And which one is in force
//! where a change of it was cut short.

use std::io::{BufRead, IsTerminal, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cap_std::fs::Dir;
use secrecy::{ExposeSecret, SecretString};

use super::place;
use crate::seal::{Key, SALT, Stretch};
use crate::settings::{PasswordSettings, Settings};
use crate::store::keys;
use crate::system;
use crate::vault::{ENDING, Held};

/// The key as it is.
pub const PLAIN: &str = "installation.key";
/// The key, sealed under one made of a passphrase.
pub const SEALED: &str = "installation.key.sealed";
/// What the name of a key that is not in force yet begins with; its public id follows.
const NEXT: &str = "installation.key.next-";

/// What the sealed file begins with.
const SEALED_FIRST_LINE: &str = "writ-sealed-key 1";

/// Where the key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A file of the folder of keys.
    File,
    /// A file of the folder of keys that a passphrase opens.
    Passphrase,
    /// A command.
    Command,
}

/// The installation's key, with what is needed to keep another one the same way.
pub struct Installation {
    /// The key.
    pub key: Key,
    /// Where it comes from.
    pub source: Source,
    passphrase: Option<SecretString>,
    costs: PasswordSettings,
}

/// Where the key of a register comes from.
pub fn source(settings: &Settings, folder: &Dir) -> Source {
    if !settings.keys.installation_command.is_empty() {
        Source::Command
    } else if folder.exists(SEALED) {
        Source::Passphrase
    } else {
        Source::File
    }
}

/// Whether a new register's key is made by us, as a file.
pub fn is_made_here(settings: &Settings, folder: &Dir) -> bool {
    source(settings, folder) == Source::File
}

/// The key in force. Ends a change of it that was cut short after it had taken effect.
pub fn in_force(settings: &Settings) -> anyhow::Result<Key> {
    Ok(Installation::in_force(settings)?.key)
}

impl Installation {
    /// The key as its source gives it, whether it is in force or not.
    pub fn read(settings: &Settings) -> anyhow::Result<Installation> {
        let folder = place::open_folder(&settings.register.keys, false)?;
        let source = source(settings, &folder);
        let (mut passphrase, costs) = (None, settings.passwords);
        let key = match source {
            Source::File => read_plain(&folder, PLAIN)?,
            Source::Command => ask_command(&settings.keys.installation_command, settings.keys.command_seconds)?,
            Source::Passphrase => {
                let words = passphrase_at_hand(settings)?;
                let key = read_sealed(&folder, SEALED, &words)?;
                passphrase = Some(words);
                key
            }
        };
        Ok(Installation { key, source, passphrase, costs })
    }

    /// The key in force. Ends a change of it that was cut short after it had taken effect.
    pub fn in_force(settings: &Settings) -> anyhow::Result<Installation> {
        let read = Installation::read(settings)?;
        // Where the register does not tell, opening it says why.
        let Ok(Some(id)) = keys::in_force_at(settings.register.database.expose_secret()) else { return Ok(read) };
        if id == read.key.id() {
            return Ok(read);
        }
        let folder = place::open_folder(&settings.register.keys, false)?;
        let next = format!("{NEXT}{id}");
        if !folder.exists(&next) {
            // Another program may have ended the change in this very moment.
            let again = Installation::read(settings)?;
            return if again.key.id() == id { Ok(again) } else { Err(again.is_another(&id)) };
        }
        let key = match &read.passphrase {
            Some(words) => read_sealed(&folder, &next, words)?,
            None => read_plain(&folder, &next)?,
        };
        if key.id() != id {
            bail!("{next} in the folder of keys holds another key than its name says");
        }
        let read = Installation { key, ..read };
        read.take_effect(&folder)?;
        Ok(read)
    }

    fn is_another(&self, id: &str) -> anyhow::Error {
        let (ours, what) = (
            self.key.id(),
            match self.source {
                Source::File => "The key in installation.key",
                Source::Passphrase => "The key in installation.key.sealed, which the passphrase opened,",
                Source::Command => "The key that keys.installation_command prints",
            },
        );
        anyhow!(
            "{what} is {ours}, but this register is sealed under {id}: it is the key of another register, or one from before \
             a change; put the right one back"
        )
    }

    /// Another key, kept as this one is.
    pub fn with(&self, key: Key) -> Installation {
        Installation { key, source: self.source, passphrase: self.passphrase.clone(), costs: self.costs }
    }

    /// Writes the key beside the one in force, to take its place once the register says so.
    pub fn write_next(&self, folder: &Dir) -> anyhow::Result<()> {
        self.write(folder, &format!("{NEXT}{}", self.key.id()))?;
        Ok(folder.open(".")?.sync_all()?)
    }

    /// Puts the key that was written beside in the place of the one before.
    pub fn take_effect(&self, folder: &Dir) -> anyhow::Result<()> {
        let next = format!("{NEXT}{}", self.key.id());
        let name = if self.passphrase.is_some() { SEALED } else { PLAIN };
        match folder.rename(&next, folder, name) {
            // Another program that was started meanwhile has done it.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            done => done?,
        }
        Ok(folder.open(".")?.sync_all()?)
    }

    /// Seals the key under a passphrase, or takes it out, as the folder is to have it from now on.
    pub fn protect(&self, folder: &Dir, passphrase: Option<SecretString>) -> anyhow::Result<()> {
        let (name, other) = if passphrase.is_some() { (SEALED, PLAIN) } else { (PLAIN, SEALED) };
        let again = Installation { key: self.key.clone(), source: self.source, passphrase, costs: self.costs };
        again.write(folder, name)?;
        folder.open(".")?.sync_all()?;
        // What was written must open before the other file goes.
        let key = match &again.passphrase {
            Some(words) => read_sealed(folder, name, words)?,
            None => read_plain(folder, name)?,
        };
        if key.id() != self.key.id() {
            bail!("{name} was not written as it should be; nothing was changed");
        }
        if folder.exists(other) {
            folder.remove_file(other)?;
        }
        Ok(folder.open(".")?.sync_all()?)
    }

    fn write(&self, folder: &Dir, name: &str) -> anyhow::Result<()> {
        let text = match &self.passphrase {
            None => format!("{}\n", hex::encode(self.key.bytes())),
            Some(words) => {
                let PasswordSettings { memory_kib, passes } = self.costs;
                let stretch = Stretch { memory_kib, passes, salt: system::chance() };
                let under = stretch.key(words.expose_secret().as_bytes())?;
                let sealed = under.seal(system::chance(), PLAIN, self.key.bytes())?;
                format!(
                    "{SEALED_FIRST_LINE}\nargon2id {memory_kib} {passes} {}\nkey {}\nsealed {}\n",
                    hex::encode(stretch.salt),
                    self.key.id(),
                    hex::encode(sealed)
                )
            }
        };
        place::write_file(folder, name, &text, 0o600)
    }
}

/// The right to change how the installation's key is kept, or which one it is. Whoever changes it takes this before looking
/// at it: of two who change it at once one would else throw away the other's.
pub fn hold(folder: &Dir) -> anyhow::Result<Held> {
    Ok(Held::take(folder, PLAIN)?)
}

/// Removes keys that were written beside and never took effect.
pub fn remove_left_next(folder: &Dir) -> anyhow::Result<()> {
    for entry in folder.entries()? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(NEXT) {
            entry.remove_file()?;
        }
    }
    Ok(())
}

/// Whether a file of the folder of keys is a key that is not in force, half of a file, or a lock.
pub fn is_passing(name: &str) -> bool {
    name.starts_with(NEXT) || name.ends_with(".part") || name.ends_with(ENDING)
}

fn read_plain(folder: &Dir, name: &str) -> anyhow::Result<Key> {
    let text = folder.read_to_string(name).with_context(|| format!("the key {name} is missing from the key folder"))?;
    key_of(&text).with_context(|| format!("the key {name} is not 64 hex digits"))
}

/// A key as one line of hex or base64.
pub fn key_of(text: &str) -> Option<Key> {
    let text = text.trim();
    let bytes = hex::decode(text).ok().or_else(|| STANDARD.decode(text).ok())?;
    <[u8; 32]>::try_from(bytes).ok().map(Key::new)
}

fn read_sealed(folder: &Dir, name: &str, words: &SecretString) -> anyhow::Result<Key> {
    let text = folder.read_to_string(name).with_context(|| format!("the key {name} can't be read"))?;
    let mut lines = text.lines();
    match lines.next() {
        Some(SEALED_FIRST_LINE) => {}
        Some(first) if first.starts_with("writ-sealed-key ") => bail!("{name} was written by a newer Writ"),
        _ => bail!("{name} is no sealed key: it does not begin with {SEALED_FIRST_LINE}"),
    }
    let parts = |line: Option<&str>, word: &str| -> Option<Vec<String>> {
        let rest = line?.strip_prefix(word)?.strip_prefix(' ')?;
        Some(rest.split(' ').map(str::to_owned).collect())
    };
    let mut read = || -> Option<(Stretch, Vec<u8>)> {
        let argon2id = parts(lines.next(), "argon2id")?;
        let [memory_kib, passes, salt] = <[String; 3]>::try_from(argon2id).ok()?;
        let salt = <[u8; SALT]>::try_from(hex::decode(salt).ok()?).ok()?;
        let _id = parts(lines.next(), "key")?;
        let sealed = hex::decode(parts(lines.next(), "sealed")?.first()?).ok()?;
        Some((Stretch { memory_kib: memory_kib.parse().ok()?, passes: passes.parse().ok()?, salt }, sealed))
    };
    let (stretch, sealed) = read().with_context(|| format!("{name} was changed: a line is not as it was written"))?;
    let under = stretch.key(words.expose_secret().as_bytes()).with_context(|| format!("{name} asks for too much"))?;
    let opened = under.open(PLAIN, &sealed).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    opened
        .map(Key::new)
        .with_context(|| format!("the passphrase does not open {name}: it is another one, or the file was changed"))
}

/// The passphrase from the settings, the environment, or whoever sits at the terminal.
fn passphrase_at_hand(settings: &Settings) -> anyhow::Result<SecretString> {
    match settings.keys.passphrase()? {
        Some(words) => Ok(words),
        None => ask("Passphrase of the installation's key: ").context(
            "the installation's key is sealed under a passphrase; name its file in keys.passphrase_file, set \
             WRIT__KEYS__PASSPHRASE, or start Writ at a terminal",
        ),
    }
}

/// The passphrase to seal the key under: from the settings, or typed twice.
pub fn new_passphrase(settings: &Settings) -> anyhow::Result<SecretString> {
    let words = match settings.keys.passphrase()? {
        Some(words) => words,
        None => ask_twice("New passphrase of the installation's key: ").context(
            "there is no passphrase: name its file in keys.passphrase_file, set WRIT__KEYS__PASSPHRASE, or do this at a \
             terminal",
        )?,
    };
    if words.expose_secret().chars().count() < 12 {
        bail!("take a passphrase of at least 12 characters, better six words");
    }
    Ok(words)
}

/// A new passphrase, typed twice at the terminal.
pub fn ask_twice(prompt: &str) -> anyhow::Result<SecretString> {
    let words = ask(prompt)?;
    let again = ask("Once more: ")?;
    if words.expose_secret() != again.expose_secret() {
        bail!("the two are not the same");
    }
    Ok(words)
}

/// Asks at the terminal, and shows nothing of what is typed.
pub fn ask(prompt: &str) -> anyhow::Result<SecretString> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        bail!("there is no terminal to ask at");
    }
    eprint!("{prompt}");
    std::io::stderr().flush()?;
    let before = tcgetattr(&stdin)?;
    let mut hidden = before.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    hidden.local_modes.insert(LocalModes::ECHONL);
    tcsetattr(&stdin, OptionalActions::Now, &hidden)?;
    let mut line = String::new();
    let read = stdin.lock().read_line(&mut line);
    tcsetattr(&stdin, OptionalActions::Now, &before)?;
    read?;
    let words = line.trim_end_matches(['\r', '\n']).to_owned();
    if words.is_empty() { Err(anyhow!("nothing was typed")) } else { Ok(words.into()) }
}

/// The key that a program prints. What it prints is never shown.
fn ask_command(command: &[String], seconds: u64) -> anyhow::Result<Key> {
    let (program, arguments) = command.split_first().context("keys.installation_command is empty")?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("keys.installation_command: {program} can't be started"))?;
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let (tell, told) = channel();
    if let Some(mut stdout) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut printed = Vec::new();
            let read = (&mut stdout).take(4_096).read_to_end(&mut printed);
            // Whoever asked may have given up.
            let _gone = tell.send(read.map(|_| printed));
        });
    }
    let too_slow = |child: &mut std::process::Child| {
        let _ended = child.kill();
        let _status = child.wait();
        anyhow!("keys.installation_command: {program} did not end within {seconds} seconds (keys.command_seconds)")
    };
    let Ok(printed) = told.recv_timeout(Duration::from_secs(seconds)) else { return Err(too_slow(&mut child)) };
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() >= deadline {
            return Err(too_slow(&mut child));
        }
        std::thread::park_timeout(Duration::from_millis(10));
    };
    if !status.success() {
        bail!("keys.installation_command: {program} failed ({status})");
    }
    let text = String::from_utf8(printed?).unwrap_or_default();
    key_of(&text).with_context(|| {
        format!("keys.installation_command: {program} printed no key; it must be one line of 64 hex digits, or base64")
    })
}
