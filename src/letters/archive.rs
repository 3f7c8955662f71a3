//! What stands in an archive of a case beside the files themselves: how to check it, in plain words.

/// What the words depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveReadme {
    /// The case's name among people.
    pub reference: String,
    /// When the archive was made.
    pub at: String,
    /// The log's name.
    pub origin: String,
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// The number of the entry that says that the archive was made.
    pub seq: i64,
    /// How many documents.
    pub documents: usize,
    /// Whether the case's entries are sealed to everybody outside of its compartment.
    pub is_sealed: bool,
}

impl ArchiveReadme {
    /// The text: plain, with lines of usual length.
    pub fn text(&self) -> String {
        let ArchiveReadme { reference, at, origin, size, seq, .. } = self;
        let documents = match self.documents {
            0 => "not there: the case has no document".to_owned(),
            1 => "the document, byte for byte as it arrived".to_owned(),
            n => format!("the {n} documents, byte for byte as they arrived"),
        };
        let mut text = format!(
            "\
Case {reference}: an archive, made by Writ at {at}

It holds personal data and whatever the documents hold. Keep it as safe as the register
itself. That it was made, by whom and why is entry {seq} of the log.

WHAT IS IN IT

  summary.html           the case to read and to print; open it in any browser
  documents/             {documents}
  entries.writ-bundle    the case's entries in the log, each with the proof that it is there
  checkpoint.txt         the log as it stood: its size and root, signed ({size} entries)
  log.pub                the public keys of the log
  SHA256SUMS             the SHA-256 of every file but itself; it was written last

An archive without SHA256SUMS, or one that your program can't open, was cut off on its way.
Ask for it again.

TO CHECK THAT NOTHING WAS CHANGED SINCE

  sha256sum -c SHA256SUMS              (Linux)
  shasum -a 256 -c SHA256SUMS          (macOS)
  Get-FileHash -Algorithm SHA256 FILE  (Windows, one file at a time)

TO CHECK THE LOG

The program writ-verify needs these files and nothing else, no server and no network:

  writ-verify entries.writ-bundle --key log.pub --checkpoint checkpoint.txt --case {reference}

It says that each entry is in the log {origin} as it
was signed, that what the entries say is what they were made with, and whether the
requester was verified, the legal basis checked, the demands decided and approved by
another person before anything left.

Use your own copy of log.pub if you have one from earlier: whoever could change the register
could put another key into this archive. The same holds for a checkpoint that you kept:
name it with a second --checkpoint.

That no entry of this case was left out shows only in a bundle of the whole log. The format
of the bundle is described in Writ's docs/audit.md, well enough to write a program of your
own.

TO CHECK A DOCUMENT AGAINST THE LOG

The SHA-256 of each document stands in the entry that tells of its arrival, and so does the
name of its file. With the sum of a document in place of SUM,

  grep -a -c SUM entries.writ-bundle

says 0 where no entry names it. What the entries hold is what writ-verify has checked.
"
        );
        if self.is_sealed {
            text.push_str(&sealed(reference));
        }
        text
    }
}

fn sealed(reference: &str) -> String {
    format!(
        "
A NATIONAL-SECURITY CASE

Case {reference} belongs to the closed compartment. Give this archive to nobody who is not
cleared. Its entries stay sealed in the bundle too: of each act it shows that it happened,
when and by whom, under a pseudonym of the case, and neither what it was nor anything
personal. So writ-verify proves that the entries are in the log, and tells nothing of how
people acted on the case; --case {reference} finds nothing; and the sums of documents that
came after the case was opened are not in it. What summary.html tells of the case can be
compared with the log in the register only, by cleared people.
"
    )
}
