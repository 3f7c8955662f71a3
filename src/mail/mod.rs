//! Mail on its way: into a folder, to a mail server, or into memory for tests. The only room that knows lettre.
//! It is handed an address and a text; whose and about what it does not know.

mod smtp;

pub use smtp::{Security, SmtpServer};

use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt};
use lettre::address::Envelope;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Attachment, Mailbox, MessageBuilder, MultiPart, SinglePart};
use lettre::{Address, SmtpTransport};
use uuid::Uuid;

use crate::domain::mail::{Mail, MailFault};
use crate::domain::time::Instant;

/// Sends mails, all from one address.
pub struct Mailer {
    from: Mailbox,
    transport: Transport,
}

enum Transport {
    Folder(Dir),
    Smtp(SmtpTransport),
    Memory(std::sync::Arc<Memory>),
}

/// A mail with where it goes, when it is sent, and the id it keeps over all attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing<'m> {
    /// Identity; the `Message-ID` is made from it, so that a mail that went twice can be told.
    pub id: Uuid,
    /// Where to.
    pub to: &'m str,
    /// When it is sent.
    pub at: Instant,
    /// What it says.
    pub mail: &'m Mail,
    /// Texts that come along as files: their names, and what is in them.
    pub files: &'m [(&'m str, &'m str)],
}

/// Settings that no mail can be sent with, as one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MailSettingsError(pub(crate) String);

impl Mailer {
    /// Writes each mail into a folder, as a file `ID.eml` that mail programs open.
    ///
    /// # Errors
    /// When `from` is no address.
    pub fn to_folder(from: &str, folder: Dir) -> Result<Mailer, MailSettingsError> {
        Ok(Mailer { from: sender(from)?, transport: Transport::Folder(folder) })
    }

    /// Hands each mail to a mail server.
    ///
    /// # Errors
    /// When `from` is no address, or the server's certificate authority can't be read.
    pub fn to_server(from: &str, server: &SmtpServer) -> Result<Mailer, MailSettingsError> {
        Ok(Mailer { from: sender(from)?, transport: Transport::Smtp(smtp::transport(server)?) })
    }

    /// Keeps each mail in memory: for tests.
    ///
    /// # Errors
    /// When `from` is no address.
    pub fn to_memory(from: &str, memory: std::sync::Arc<Memory>) -> Result<Mailer, MailSettingsError> {
        Ok(Mailer { from: sender(from)?, transport: Transport::Memory(memory) })
    }

    /// Sends one mail, and waits until it is taken or refused: half a minute at most.
    ///
    /// # Errors
    /// The class of what went wrong.
    pub fn send(&self, mail: &Outgoing<'_>) -> Result<(), MailFault> {
        let (envelope, bytes) = self.message(mail)?;
        match &self.transport {
            Transport::Folder(folder) => {
                // A mail server ends the last line; a file has to by itself.
                let whole = [bytes.as_slice(), b"\r\n"].concat();
                write_whole(folder, &format!("{}.eml", mail.id), &whole).map_err(|_| MailFault::Unwritable)
            }
            Transport::Smtp(server) => smtp::send(server, &envelope, &bytes),
            Transport::Memory(memory) => memory.take(bytes),
        }
    }

    /// The mail as it travels. It says that a program wrote it, so that no out-of-office note answers it.
    fn message(&self, mail: &Outgoing<'_>) -> Result<(Envelope, Vec<u8>), MailFault> {
        let to: Address = mail.to.parse().map_err(|_| MailFault::Unfit)?;
        let text = mail.mail.text.clone();
        let builder = MessageBuilder::new()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.mail.subject.clone())
            .date(SystemTime::from(mail.at.as_datetime()))
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .header(ByProgram);
        let message = if mail.files.is_empty() {
            builder.header(MIME_VERSION_1_0).header(ContentType::TEXT_PLAIN).body(text)
        } else {
            let file = |(name, text): &(&str, &str)| {
                Attachment::new((*name).to_owned()).body((*text).to_owned(), ContentType::TEXT_PLAIN)
            };
            let mixed = MultiPart::mixed().singlepart(SinglePart::plain(text));
            builder.multipart(mail.files.iter().map(file).fold(mixed, MultiPart::singlepart))
        };
        let message = message.map_err(|_| MailFault::Unfit)?;
        Ok((message.envelope().clone(), message.formatted()))
    }
}

fn sender(from: &str) -> Result<Mailbox, MailSettingsError> {
    let parsed = from.parse();
    parsed.map_err(|_| {
        MailSettingsError(format!("mail.from is “{from}”, which is no address; one looks like Writ <writ@example.com>"))
    })
}

/// A file that is there whole or not at all; only its owner may read it.
fn write_whole(folder: &Dir, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let part = format!("{name}.part");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = folder.open_with(&part, &options)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    folder.rename(&part, folder, name)
}

/// `Auto-Submitted: auto-generated` (RFC 3834).
#[derive(Clone)]
struct ByProgram;

impl Header for ByProgram {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(ByProgram)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Mails kept in memory, and the fault the next ones fail with.
#[derive(Debug, Default)]
pub struct Memory {
    kept: Mutex<Vec<Vec<u8>>>,
    fault: Mutex<Option<MailFault>>,
}

impl Memory {
    /// The mails so far, as they would travel.
    pub fn mails(&self) -> Vec<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    }

    /// From now on each mail fails like this, or none does.
    pub fn fails_with(&self, fault: Option<MailFault>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    fn take(&self, bytes: Vec<u8>) -> Result<(), MailFault> {
        if let Some(fault) = *self.fault.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(fault);
        }
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
        Ok(())
    }
}
