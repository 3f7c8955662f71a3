//! Files in one ZIP archive that is made while it leaves: from front to back, one file after the other, whatever their size.
//! The last file has the SHA-256 of all others, and only then comes the list by which programs open an archive. One that
//! was cut off has neither.

use std::fmt::Write as _;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use sha2::{Digest, Sha256};

/// The file with the SHA-256 of all others, as `sha256sum -c` reads it.
pub const SUMS: &str = "SHA256SUMS";

/// An archive that is being written. Dropped unfinished, it stays without its list.
pub struct Archive<W> {
    zip: ZipArchiveWriter<W>,
    folder: String,
    at: UtcDateTime,
    sums: String,
}

impl<W: Write> Archive<W> {
    /// Begins an archive. All its files are in one folder and bear one time.
    pub fn begin(out: W, folder: &str, at: DateTime<Utc>) -> Archive<W> {
        let at = UtcDateTime::from_unix(at.timestamp());
        Archive { zip: ZipArchiveWriter::new(out), folder: folder.to_owned(), at, sums: String::new() }
    }

    /// Puts a file in, piece by piece. Gives its SHA-256, lower-case hex.
    ///
    /// # Errors
    /// Whatever `write` ends with; when the archive can't be written.
    pub fn put<E: From<io::Error>>(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<String, E> {
        let sha256 = self.write(name, write)?;
        // What `sha256sum -c` reads; writing to a string does not fail.
        _ = writeln!(self.sums, "{sha256}  {name}");
        Ok(sha256)
    }

    /// Ends the archive: the sums, then the list of its files.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(mut self) -> io::Result<()> {
        let sums = std::mem::take(&mut self.sums);
        self.write::<io::Error>(SUMS, |out| out.write_all(sums.as_bytes()))?;
        self.zip.finish().map_err(io::Error::other)?.flush()
    }

    /// Compressed although documents mostly are already: the end of a compressed file shows by itself, so that every program
    /// can read it although its size is not known before.
    fn write<E: From<io::Error>>(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<String, E> {
        let path = format!("{}/{name}", self.folder);
        let file = self.zip.new_file(&path).compression_method(CompressionMethod::DEFLATE).last_modified(self.at);
        let (mut entry, config) = file.start().map_err(io::Error::other)?;
        let (descriptor, hash) = {
            let packed = config.wrap(DeflateEncoder::new(&mut entry, Compression::fast()));
            let mut hashed = Hashed { out: packed, hash: Sha256::new() };
            write(&mut hashed)?;
            let Hashed { out, hash } = hashed;
            let (encoder, descriptor) = out.finish().map_err(io::Error::other)?;
            encoder.finish()?;
            (descriptor, hash)
        };
        entry.finish(descriptor).map_err(io::Error::other)?;
        Ok(hex::encode(hash.finalize()))
    }
}

/// Hashes what goes through it.
struct Hashed<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or(bytes));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// As many characters are kept of a file's name, its ending not counted.
const LONGEST: usize = 60;

/// A name for the file with this number that every desk can hold, and that leads nowhere else: `003 Order of 2 May.pdf`. What
/// is no letter, digit, blank or one of a few marks becomes a line.
pub fn safe_name(number: usize, given: &str) -> String {
    let (stem, ending) = match given.rsplit_once('.') {
        Some((stem, ending)) if is_ending(ending) => (stem, format!(".{ending}")),
        _ => (given, String::new()),
    };
    let is_safe = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '(' | ')');
    let safe: String = stem.chars().map(|c| if is_safe(c) { c } else { '_' }).take(LONGEST).collect();
    // A blank or dot at the end is lost on some desks.
    let safe = safe.trim().trim_end_matches(['.', ' ']);
    let name = if safe.is_empty() { "document" } else { safe };
    format!("{number:03} {name}{ending}")
}

fn is_ending(ending: &str) -> bool {
    (1..=8).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_name_that_every_desk_can_hold() {
        for (given, safe) in [
            ("Order of 2 May (signed).pdf", "001 Order of 2 May (signed).pdf"),
            ("../../etc/passwd", "001 .._.._etc_passwd"),
            ("C:\\temp\\a|b?.PDF", "001 C__temp_a_b_.PDF"),
            ("Beschluß Nr. 7.pdf", "001 Beschluß Nr. 7.pdf"),
            ("fdp.\u{202e}exe.pdf", "001 fdp._exe.pdf"),
            ("CON", "001 CON"),
            (" . ", "001 document"),
            ("line\nbreak", "001 line_break"),
        ] {
            assert_eq!(safe_name(1, given), safe, "{given}");
        }
        assert!(safe_name(1204, &"ä".repeat(255)).len() < 150);
    }

    #[test]
    fn an_archive_that_was_cut_off_has_no_list_of_its_files() {
        let mut out = Vec::new();
        let mut archive = Archive::begin(&mut out, "case", DateTime::UNIX_EPOCH);
        archive.put::<io::Error>("one.txt", |out| out.write_all(b"one")).map(drop).unwrap_or_default();
        let broken = archive.put("two.txt", |out| {
            out.write_all(b"half of it")?;
            Err(io::Error::other("broken off"))
        });
        assert!(broken.is_err());
        drop(archive);
        assert!(rawzip::ZipArchive::from_slice(&out).is_err(), "it looks whole");
    }
}
