//! Lengths that lie, bodies without an end, and clients that never finish.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use writ::web::stop::Ending;

use crate::support::site::{Client, Site};
use crate::support::until::{dawdle, is_long, until};
use crate::support::world::World;

/// A connection by hand.
struct Wire(TcpStream);

impl Wire {
    fn to(site: &Site) -> Wire {
        let stream = TcpStream::connect(site.url().strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Wire(stream)
    }

    /// Sends bytes; false once the other side has closed.
    fn says(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).is_ok()
    }

    /// Ends sending and reads the status of every answer that comes.
    fn hears(self) -> Vec<u16> {
        let _closed = self.0.shutdown(std::net::Shutdown::Write);
        self.waits()
    }

    /// Reads the status of every answer that comes until the other side closes.
    fn waits(mut self) -> Vec<u16> {
        let mut all = Vec::new();
        let _reset = self.0.read_to_end(&mut all);
        let all = String::from_utf8_lossy(&all).into_owned();
        all.split("HTTP/1.1 ").skip(1).filter_map(|answer| answer.get(..3)?.parse().ok()).collect()
    }
}

fn token_of(world: &World) -> String {
    use writ::actions::add_staff::add_token;
    use writ::domain::staff::Actor;
    add_token(&world.ctx, Actor::System("test"), world.anna().id(), crate::support::world::line("wire")).unwrap()
}

fn head(token: &str, more: &str) -> String {
    format!(
        "POST /api/v1/documents HTTP/1.1\r\nhost: writ.example\r\nauthorization: Bearer {token}\r\n\
         content-type: multipart/form-data; boundary=x\r\n{more}\r\n\r\n"
    )
}

const FILE: &str = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n";

/// Nothing was taken in: no row, and no bytes.
#[track_caller]
fn nothing_is_kept(world: &World) {
    assert_eq!(world.raw().count("documents"), 0);
    let left = || std::fs::read_dir(world.folder.path().join("documents")).unwrap().count();
    // A part under way is removed when the server sees the end of it.
    until("no bytes are left behind", || left() == 0);
}

#[test]
fn a_length_that_lies_brings_nothing_in() {
    let world = World::sqlite();
    let (site, token) = (world.serves(), token_of(&world));
    // More promised than sent.
    for promised in ["100000", "18446744073709551615", "209715200"] {
        let mut wire = Wire::to(&site);
        wire.says(head(&token, &format!("content-length: {promised}")).as_bytes());
        wire.says(&FILE.as_bytes()[..60]);
        assert!(wire.hears().iter().all(|status| (400..500).contains(status)));
        nothing_is_kept(&world);
    }
    // Less promised than sent: what is left over is no request.
    let mut wire = Wire::to(&site);
    wire.says(head(&token, "content-length: 30").as_bytes());
    wire.says(FILE.as_bytes());
    assert!(wire.hears().iter().all(|status| (400..500).contains(status)));
    // Two lengths, or a length and pieces: taken for neither.
    for more in [
        "content-length: 5\r\ncontent-length: 6",
        "content-length: 5\r\ntransfer-encoding: chunked",
        "content-length: -1",
        "content-length: +5",
        "transfer-encoding: gzip, chunked",
        "transfer-encoding: chunked, chunked",
    ] {
        let mut wire = Wire::to(&site);
        wire.says(head(&token, more).as_bytes());
        wire.says(FILE.as_bytes());
        assert!(wire.hears().iter().all(|status| (400..500).contains(status)), "{more}");
    }
    // Pieces whose sizes are none.
    for piece in ["zz\r\nhello\r\n", "ffffffffffffffff\r\nhello", "-1\r\n\r\n", "5\r\nhellohello\r\n"] {
        let mut wire = Wire::to(&site);
        wire.says(head(&token, "transfer-encoding: chunked").as_bytes());
        wire.says(piece.as_bytes());
        assert!(wire.hears().iter().all(|status| (400..500).contains(status)), "{piece}");
    }
    nothing_is_kept(&world);
    world.ends_well();
}

/// So many pieces of 64 KiB go nowhere: 20 GiB, more than is sent in the seconds that the line is held.
const FAR_MORE: usize = 320_000;

/// The largest file in an ordinary run; in a long one it is the real limit, 200 MiB.
const LARGEST: u64 = 20 * 1024 * 1024;

#[test]
fn a_body_without_an_end_is_cut_off_at_its_limit() {
    let world = World::sqlite();
    let (site, token) = (world.serves(), token_of(&world));
    let piece = format!("{:x}\r\n{}\r\n", 65_536, "a".repeat(65_536));
    // Text that is no file: a megabyte is the limit everywhere.
    for (path, kind) in [
        ("/api/v1/cases", "application/json"),
        ("/sign-in", "application/x-www-form-urlencoded"),
        ("/api/v1/cases", "application/x-www-form-urlencoded"),
    ] {
        let mut wire = Wire::to(&site);
        wire.says(format!(
            "POST {path} HTTP/1.1\r\nhost: writ.example\r\nauthorization: Bearer {token}\r\ncontent-type: {kind}\r\n\
             transfer-encoding: chunked\r\n\r\n"
        ).as_bytes());
        // Nothing of it is kept; the line is held a few seconds more, so that a browser can read the answer.
        let taken = (0..FAR_MORE).take_while(|_| wire.says(piece.as_bytes())).count();
        assert!(taken < FAR_MORE, "{path} takes {kind} without an end");
        assert!(wire.hears().iter().all(|status| (400..500).contains(status)), "{path} {kind}");
    }
    drop(site);
    // A file: up to its limit and no more. As much again is passed over, however long there would be patience for more.
    let ctx = if is_long() { world.ctx.clone() } else { world.takes_files_up_to(LARGEST) };
    let largest = ctx.vault.largest();
    let site = Site::patient(ctx, Ending::default(), Duration::from_secs(60));
    let mut wire = Wire::to(&site);
    wire.says(head(&token, "transfer-encoding: chunked").as_bytes());
    let begin = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n";
    wire.says(format!("{:x}\r\n{begin}\r\n", begin.len()).as_bytes());
    let taken = (0..FAR_MORE).take_while(|_| wire.says(piece.as_bytes())).count();
    assert!(taken < FAR_MORE, "a file of any size is taken");
    assert!(taken as u64 * 65_536 > largest, "a file within the limit is cut off after {taken} pieces");
    drop(wire);
    nothing_is_kept(&world);
    world.ends_well();
}

#[test]
fn two_hundred_slow_clients_leave_the_others_served() {
    let world = World::sqlite();
    let (site, token) = (world.serves(), token_of(&world));
    let mut slow: Vec<Wire> = Vec::new();
    for number in 0..200 {
        let mut wire = Wire::to(&site);
        match number % 4 {
            // A head that never ends, a body that never comes, a file that stops in the middle, an answer never read.
            0 => wire.says(b"GET /queue HTTP/1.1\r\nhost: writ"),
            1 => wire.says(b"POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 50\r\n\r\nname=a"),
            2 => wire.says(format!("{}{}", head(&token, "content-length: 5000000"), &FILE[..80]).as_bytes()),
            _ => wire.says(b"GET /static/writ.css HTTP/1.1\r\nhost: a\r\n\r\n"),
        };
        slow.push(wire);
    }
    let is_served = |client: &Client<'_>| {
        for path in ["/queue", "/cases/new", "/account", "/static/writ.css"] {
            let page = client.gets(path);
            assert_eq!(page.status, 200, "{path}: {}", page.text());
        }
    };
    is_served(&site.browser_of(&world.anna()));
    // They go on, a byte at a time, and still harm nobody.
    for wire in &mut slow {
        let _closed = wire.says(b"a");
    }
    is_served(&site.browser_of(&world.ben()));
    is_served(&site.browser_of(&world.anna()));
    drop(slow);
    nothing_is_kept(&world);
    drop(site);
    world.ends_well();
}

#[test]
fn who_stops_in_the_middle_is_given_up() {
    let world = World::sqlite();
    let site = Site::patient(world.ctx.clone(), Ending::default(), Duration::from_millis(300));
    let token = token_of(&world);
    let sign_in = "POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    for begun in [
        format!("{}{}", head(&token, "content-length: 5000000"), &FILE[..80]),
        format!("{}50\r\n{}", head(&token, "transfer-encoding: chunked"), &FILE[..80]),
        format!("{sign_in}content-length: 50\r\n\r\nname=a"),
        format!(
            "POST /api/v1/cases HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: 50\r\n\r\n{{"
        ),
    ] {
        let mut wire = Wire::to(&site);
        wire.says(begun.as_bytes());
        // Nothing more is sent, and the line stays open: it is the server that ends it.
        let answers = wire.waits();
        assert!(matches!(answers[..], [status] if (400..500).contains(&status)), "{answers:?} to {begun}");
    }
    // One that goes on, if slowly, is heard to its end.
    let mut wire = Wire::to(&site);
    wire.says(head(&token, &format!("content-length: {}", FILE.len())).as_bytes());
    for piece in FILE.as_bytes().chunks(30) {
        dawdle(40);
        wire.says(piece);
    }
    assert_eq!(wire.hears(), [201]);
    drop(site);
    assert_eq!(world.raw().count("documents"), 1);
    world.ends_well();
}
