//! A folder of backups. A backup is there whole or not at all: it is written under another name and renamed at its end.

use std::collections::BTreeMap;
use std::fs::TryLockError;
use std::io::{self, BufWriter, Write};

use cap_std::fs::{Dir, File, OpenOptions, OpenOptionsExt};

use crate::domain::time::Instant;

/// What names of backups that are made by themselves begin and end with.
const BEGINS: &str = "writ-";
const ENDS: &str = ".backup";
const PART: &str = ".backup.part";

/// A folder of backups.
pub struct BackupShelf(Dir);

/// A backup that is being written. Dropped unfinished, it leaves nothing.
pub struct NewBackup<'s> {
    shelf: &'s BackupShelf,
    name: String,
    file: Option<BufWriter<std::fs::File>>,
}

impl BackupShelf {
    /// A shelf in this folder.
    pub fn new(folder: Dir) -> BackupShelf {
        BackupShelf(folder)
    }

    /// The name of a backup made at a moment: names sort as their moments do.
    pub fn name(at: Instant) -> String {
        format!("{BEGINS}{}{ENDS}", at.as_datetime().format("%Y-%m-%dT%H%M%SZ"))
    }

    /// Begins a backup under a name that nothing has yet.
    ///
    /// # Errors
    /// When there is something of this name, or the folder can't be written.
    pub fn begin(&self, name: &str) -> io::Result<NewBackup<'_>> {
        self.remove_left_parts()?;
        if self.0.exists(name) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is a file of this name already"));
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let file = self.0.open_with(part(name), &options)?.into_std();
        file.lock()?;
        Ok(NewBackup { shelf: self, name: name.to_owned(), file: Some(BufWriter::with_capacity(1 << 20, file)) })
    }

    /// Parts that a crash left: those that nobody holds.
    fn remove_left_parts(&self) -> io::Result<()> {
        for entry in self.0.entries()? {
            let entry = entry?;
            if !entry.file_name().to_string_lossy().ends_with(PART) {
                continue;
            }
            let Ok(file) = entry.open() else { continue };
            match file.into_std().try_lock() {
                Ok(()) => entry.remove_file()?,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(())
    }

    /// The backups that were made by themselves, by their moments.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn made(&self) -> io::Result<BTreeMap<Instant, String>> {
        let mut made = BTreeMap::new();
        for entry in self.0.entries()? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let at = name.strip_prefix(BEGINS).and_then(|rest| rest.strip_suffix(ENDS));
            let at = at.and_then(|at| chrono::NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H%M%SZ").ok());
            if let Some(at) = at {
                made.insert(Instant::new(at.and_utc()), name);
            }
        }
        Ok(made)
    }

    /// Opens a backup.
    ///
    /// # Errors
    /// When it is not there or can't be read.
    pub fn open(&self, name: &str) -> io::Result<File> {
        self.0.open(name)
    }

    /// Removes a backup whose time is over.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        self.0.remove_file(name)
    }
}

fn part(name: &str) -> String {
    format!("{}{PART}", name.strip_suffix(ENDS).unwrap_or(name))
}

impl Write for NewBackup<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or_else(|| Err(io::Error::other("it has ended")), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl NewBackup<'_> {
    /// Makes sure that all of it is on the disk, under the name of a part still.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn sync(&mut self) -> io::Result<()> {
        self.flush()?;
        self.file.as_ref().map_or(Ok(()), |file| file.get_ref().sync_all())
    }

    /// Gives it its name: from now on there is a backup.
    ///
    /// # Errors
    /// When it can't be renamed.
    pub fn finish(mut self) -> io::Result<()> {
        self.sync()?;
        let folder = &self.shelf.0;
        folder.rename(part(&self.name), folder, &self.name)?;
        self.file = None;
        folder.open(".")?.sync_all()
    }
}

impl Drop for NewBackup<'_> {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // A part that can't be removed now is removed before the next backup.
            let _left = self.shelf.0.remove_file(part(&self.name));
        }
    }
}
