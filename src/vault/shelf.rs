//! A folder in which small texts are kept as they are: each under its own name, written once and never again.

use std::io::{self, Write};

use cap_std::fs::{Dir, OpenOptions};

/// A folder of texts.
pub struct Shelf(Dir);

impl Shelf {
    /// A shelf in this folder.
    pub fn new(folder: Dir) -> Shelf {
        Shelf(folder)
    }

    /// The names of the texts that are there.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn names(&self) -> io::Result<Vec<String>> {
        self.0.entries()?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }

    /// Puts a text there, whole or not at all. A text that is there under this name already stays as it is.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub fn put(&self, name: &str, text: &str) -> io::Result<()> {
        let part = format!("{name}.part");
        let mut file = self.0.open_with(&part, OpenOptions::new().write(true).create(true).truncate(true))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        // A link never replaces what is there, as a renaming would.
        let put = self.0.hard_link(&part, &self.0, name);
        self.0.remove_file(&part)?;
        match put {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    }
}
