//! A mail server that mails are handed to.

use std::error::Error as _;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{SmtpTransport, Transport as _};
use secrecy::{ExposeSecret, SecretString};

use super::MailSettingsError;
use crate::domain::mail::MailFault;

/// How long a server is waited for, at each step.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the mail server is and how it is spoken to.
#[derive(Debug, Clone)]
pub struct SmtpServer {
    /// Its name; with TLS the name its certificate must have.
    pub host: String,
    /// Its port; the usual one for the way of security without it.
    pub port: Option<u16>,
    /// How the connection is secured.
    pub security: Security,
    /// A certificate authority to trust besides the public ones, in PEM form.
    pub authority: Option<Vec<u8>>,
    /// User and password.
    pub sign_in: Option<(String, SecretString)>,
}

/// How a connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Not at all: for a server on the same machine.
    None,
    /// It begins in the clear and goes on in TLS; without TLS nothing is sent.
    StartTls,
    /// In TLS from its first byte.
    Tls,
}

impl Security {
    fn usual_port(self) -> u16 {
        match self {
            Security::None => 25,
            Security::StartTls => 587,
            Security::Tls => 465,
        }
    }
}

pub(super) fn transport(server: &SmtpServer) -> Result<SmtpTransport, MailSettingsError> {
    let tls = match server.security {
        Security::None => Tls::None,
        Security::StartTls => Tls::Required(trust(server)?),
        Security::Tls => Tls::Wrapper(trust(server)?),
    };
    let port = server.port.unwrap_or_else(|| server.security.usual_port());
    let mut builder = SmtpTransport::builder_dangerous(&server.host)
        .port(port)
        .tls(tls)
        .timeout(Some(PATIENCE))
        .pool_config(PoolConfig::new().max_size(1).idle_timeout(PATIENCE));
    if let Some((user, password)) = &server.sign_in {
        builder = builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
    }
    Ok(builder.build())
}

/// Public authorities, and the one named.
fn trust(server: &SmtpServer) -> Result<TlsParameters, MailSettingsError> {
    let unfit = |why: Error| MailSettingsError(format!("mail.ca_file or mail.host can't be used for TLS: {why}"));
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(pem) = &server.authority {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(unfit)?);
    }
    builder.build().map_err(unfit)
}

pub(super) fn send(server: &SmtpTransport, envelope: &Envelope, bytes: &[u8]) -> Result<(), MailFault> {
    server.send_raw(envelope, bytes).map(drop).map_err(|error| match class(&error) {
        // The server can't take an address in another script than Latin.
        MailFault::Insecure if error.is_client() && has_other_script(envelope) => MailFault::Unfit,
        class => class,
    })
}

fn has_other_script(envelope: &Envelope) -> bool {
    envelope.to().iter().any(|address| !AsRef::<str>::as_ref(address).is_ascii())
}

/// The class of an error. What the server said is left behind: it may repeat the address.
fn class(error: &Error) -> MailFault {
    // 530, 534, 535 and 538 speak of signing in; they concern every mail, not this one.
    let code = error.status().map(u16::from);
    match code {
        Some(530 | 534 | 535 | 538) => MailFault::SignIn,
        Some(_) if error.is_permanent() => MailFault::Refused,
        Some(_) => MailFault::Later,
        None if error.is_tls() || is_distrusted(error) => MailFault::Insecure,
        // Our side gave up: there is no STARTTLS, or no way to sign in that Writ knows.
        None if error.is_client() && is_about_signing_in(error) => MailFault::SignIn,
        None if error.is_client() => MailFault::Insecure,
        None => MailFault::Unreachable,
    }
}

/// Whether the server's certificate was not accepted. It shows where the first bytes are read.
fn is_distrusted(error: &Error) -> bool {
    use std::io;
    let read = error.source().and_then(|why| why.downcast_ref::<io::Error>());
    read.is_some_and(|why| why.kind() == io::ErrorKind::InvalidData)
}

/// lettre has no kind of its own for this.
fn is_about_signing_in(error: &Error) -> bool {
    error.source().is_some_and(|why| why.to_string().contains("authentication"))
}
