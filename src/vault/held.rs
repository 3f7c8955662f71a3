//! The right to change some file that several programs use, for as long as it is held: a lock on a file beside it, which is
//! never renamed itself, as what it guards is.

use std::fs::TryLockError;
use std::io;

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt};

/// What the names of such files end with.
pub const ENDING: &str = ".lock";

/// The right, until this is dropped or the program dies.
pub struct Held {
    _lock: std::fs::File,
}

impl Held {
    /// Takes it.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] while somebody else has it; when the folder can't be written.
    pub fn take(folder: &Dir, what: &str) -> io::Result<Held> {
        let name = format!("{what}{ENDING}");
        let lock = folder.open_with(name, OpenOptions::new().write(true).create(true).mode(0o600))?.into_std();
        match lock.try_lock() {
            Ok(()) => Ok(Held { _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                let why = format!("{what} is being changed by somebody else; try again in a moment");
                Err(io::Error::new(io::ErrorKind::WouldBlock, why))
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
