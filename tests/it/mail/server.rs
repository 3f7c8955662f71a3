//! Mails handed to a real mail server, over each way of securing the connection. `tests/run` installs it where it can.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use secrecy::SecretString;
use tempfile::TempDir;
use writ::domain::mail::{Mail, MailFault};
use writ::domain::time::Instant;
use writ::mail::{Mailer, Outgoing, Security, SmtpServer};

use super::post::Letter;
use crate::support::papers::day;
use crate::support::people::Acts;
use crate::support::skipped::skipped;
use crate::support::world::World;

const PYTHON: &str = "/usr/bin/python3";
const PASSWORD: &str = "correct horse battery";

/// A mail server on a port of its own, ended when this is dropped.
struct MailServer {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl MailServer {
    /// `None` after saying `SKIPPED` where there is no such program.
    fn start(more: &[&str]) -> Option<MailServer> {
        let is_there = Command::new(PYTHON).args(["-c", "import aiosmtpd.smtp"]).stderr(Stdio::null()).status();
        if !is_there.is_ok_and(|status| status.success()) {
            skipped("with a real mail server: aiosmtpd is not installed (Debian: python3-aiosmtpd)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp_server.py");
        let mut child = Command::new(PYTHON)
            .arg(program)
            .arg(folder.path())
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Some(MailServer { child, port: port.trim().parse().unwrap(), folder })
    }

    fn at(&self, security: Security) -> SmtpServer {
        let (host, port) = ("localhost".to_owned(), Some(self.port));
        SmtpServer { host, port, security, authority: None, sign_in: None }
    }

    /// What it kept, in the order it came.
    fn kept(&self) -> Vec<Letter> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.folder.path()).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        files.iter().map(|file| Letter::read(fs::read_to_string(file).unwrap())).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _status = self.child.wait();
    }
}

/// A certificate for `localhost`, made now and trusted by nobody: certificate and key. `None` after saying `SKIPPED`.
fn certificate(folder: &TempDir) -> Option<(PathBuf, PathBuf)> {
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .stderr(Stdio::null())
        .status();
    if made.is_ok_and(|status| status.success()) {
        return Some((certificate, key));
    }
    skipped("with a real mail server over TLS: openssl is not installed");
    None
}

fn sends(to: &SmtpServer, address: &str) -> Result<(), MailFault> {
    let mailer = Mailer::to_server("Writ <writ@writ.example>", to).unwrap();
    let mail = Mail { subject: "2026-000127 waits for approval".into(), text: "Read it.\n.\nThen sign.".into() };
    let at = Instant::new(day(2026, 11, 23).and_hms_opt(10, 26, 0).unwrap().and_utc());
    mailer.send(&Outgoing { id: uuid::Uuid::nil(), to: address, at, mail: &mail, files: &[] })
}

#[test]
fn the_outbox_reaches_a_real_mail_server() {
    let Some(server) = MailServer::start(&[]) else { return };
    World::sqlite().tell(|world| {
        let case = super::drafted(world);
        let mailer = Mailer::to_server("Writ <writ@writ.example>", &server.at(Security::None)).unwrap();
        let public_url = Some("https://writ.example".to_owned());
        let jobs = writ::jobs::Jobs { public_url, ..writ::jobs::Jobs::new(world.ctx.clone(), mailer) };
        assert_eq!(jobs.run_once().done().sent, 2);
        let kept = server.kept();
        assert_eq!(
            kept.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(),
            ["carla@writ.example", "dan@writ.example"]
        );
        let mail = &kept[0];
        assert_eq!(mail.subject, format!("{} waits for approval", case.reference));
        for (name, value) in [
            ("X-Mail-From", "writ@writ.example"),
            ("X-Rcpt-To", "carla@writ.example"),
            ("From", "Writ <writ@writ.example>"),
            ("Date", "Mon, 02 Nov 2026 09:05:00 +0000"),
            ("Auto-Submitted", "auto-generated"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "7bit"),
            ("MIME-Version", "1.0"),
        ] {
            assert_eq!(mail.header(name), value, "{}", mail.raw);
        }
        assert!(mail.id().ends_with("@writ.example>") && mail.id() != kept[1].id());
        assert!(
            mail.raw.contains(&format!("\r\nhttps://writ.example/cases/{}/approval\r\n", case.reference)),
            "{}",
            mail.raw
        );
    });
}

#[test]
fn a_mail_goes_over_starttls_and_tls_with_a_trusted_certificate_and_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let Some((certificate, key)) = certificate(&folder) else { return };
    let (file, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    for (security, way) in [(Security::StartTls, "--starttls"), (Security::Tls, "--tls")] {
        let Some(server) = MailServer::start(&[way, file, key, "--user", "writ", PASSWORD]) else { return };
        let sign_in = |password: &str| Some(("writ".to_owned(), SecretString::from(password)));
        let distrusting = SmtpServer { sign_in: sign_in(PASSWORD), ..server.at(security) };
        let trusting = SmtpServer { authority: Some(fs::read(&certificate).unwrap()), ..distrusting.clone() };
        let to = "carla@writ.example";
        assert_eq!(sends(&distrusting, to), Err(MailFault::Insecure), "{security:?}: nobody vouches for it");
        let elsewhere = SmtpServer { host: "127.0.0.1".into(), ..trusting.clone() };
        assert_eq!(sends(&elsewhere, to), Err(MailFault::Insecure), "{security:?}: it has another name");
        let wrong = SmtpServer { sign_in: sign_in("wrong"), ..trusting.clone() };
        assert_eq!(sends(&wrong, to), Err(MailFault::SignIn), "{security:?}");
        assert_eq!(
            sends(&SmtpServer { sign_in: None, ..trusting.clone() }, to),
            Err(MailFault::SignIn),
            "{security:?}"
        );
        assert!(server.kept().is_empty());

        assert_eq!(sends(&trusting, to), Ok(()), "{security:?}");
        let kept = server.kept();
        assert_eq!((kept.len(), kept[0].header("X-Tls").as_str()), (1, "True"), "{}", kept[0].raw);
        assert!(kept[0].raw.ends_with("Read it.\r\n.\r\nThen sign.\r\n"), "{:?}", kept[0].raw);
    }
}

#[test]
fn what_a_mail_server_says_against_a_mail_is_kept_as_a_class_without_the_address() {
    let Some(server) = MailServer::start(&["--refuse", "gone@writ.example"]) else { return };
    assert_eq!(sends(&server.at(Security::None), "gone@writ.example"), Err(MailFault::Refused));
    assert_eq!(sends(&server.at(Security::None), "no address"), Err(MailFault::Unfit));
    assert_eq!(
        sends(&server.at(Security::StartTls), "dan@writ.example"),
        Err(MailFault::Insecure),
        "it has no STARTTLS"
    );
    assert_eq!(sends(&server.at(Security::None), "dan@writ.example"), Ok(()));
    let nowhere = server.at(Security::None);
    drop(server);
    assert_eq!(sends(&nowhere, "dan@writ.example"), Err(MailFault::Unreachable));
}

#[test]
fn a_mail_in_a_folder_is_a_file_only_its_owner_reads() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let open = || cap_std::fs::Dir::open_ambient_dir(place.path(), cap_std::ambient_authority()).unwrap();
    let mailer = Mailer::to_folder("Writ <writ@writ.example>", open()).unwrap();
    let mail = Mail { subject: "A case needs you".into(), text: "Sign in.\n".into() };
    let at = Instant::new(day(2026, 11, 23).and_hms_opt(10, 26, 0).unwrap().and_utc());
    let outgoing = Outgoing { id: uuid::Uuid::nil(), to: "anna@writ.example", at, mail: &mail, files: &[] };
    for _attempt in 0..2 {
        assert_eq!(mailer.send(&outgoing), Ok(()));
    }
    let files: Vec<PathBuf> = fs::read_dir(place.path()).unwrap().map(|f| f.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "a second attempt writes the same file: {files:?}");
    assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(Letter::read(fs::read_to_string(&files[0]).unwrap()).to, "anna@writ.example");
    fs::remove_dir_all(place.path()).unwrap();
    assert_eq!(mailer.send(&outgoing), Err(MailFault::Unwritable));
}
