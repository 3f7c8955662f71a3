//! How a node ends: what it answered is done, what it refused is not, and nobody's slowness keeps it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use serde_json::json;
use writ::actions::ActionError;
use writ::actions::add_staff::add_token;
use writ::domain::event::Event;
use writ::domain::staff::Actor;
use writ::store::{About, StoreError};
use writ::web::stop::Ending;

use crate::support::on_both;
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::site::Site;
use crate::support::until::until;
use crate::support::world::{World, line};

on_both! {
    an_act_in_flight_is_answered_before_the_end,
    told_to_end_it_has_done_what_it_answered_and_nothing_it_refused,
    readiness_says_no_while_requests_are_still_answered_and_a_second_signal_ends_at_once,
    a_slow_client_does_not_keep_it,
    what_comes_too_late_is_refused_and_may_be_sent_again,
    acts_that_have_not_begun_when_the_time_is_over_are_refused,
}

fn an_act_in_flight_is_answered_before_the_end(world: &World) {
    let anna = world.anna();
    let case = anna.opens(subpoena().asking("account/registration")).done();
    let node = world.starts(&[]);
    let (client, path) = (node.site.token_of(world, &anna), format!("/api/v1/cases/{}/comments", case.reference));
    let address = node.site.url().trim_start_matches("http://").to_owned();
    // Somebody else holds the log, so the act waits in the middle.
    let mut holder = world.raw();
    holder.begins_to_hold_the_log();
    let answer = std::thread::scope(|scope| {
        let act = scope.spawn(|| client.calls(&path, "{\"text\": \"In flight.\"}"));
        until("the act is in flight", || node.meter("writ_http_requests_in_flight") >= 1.0);
        node.signals("TERM");
        until("nobody listens any more", || TcpStream::connect(&address).is_err());
        holder.lets_go();
        act.join().unwrap()
    });
    let code = node.ends().0;
    assert_eq!(code, Some(0));
    // On a machine so slow that the lock was not had in five seconds it is a refusal, but never silence.
    let kept = kept_comments(world);
    match answer.status {
        200 => assert_eq!(kept, ["In flight."]),
        other => assert_eq!((other, answer.code().as_str(), kept.len()), (503, "busy", 0)),
    }
}

/// What one client heard of its acts.
#[derive(Default)]
struct Heard {
    done: Vec<String>,
    refused: Vec<String>,
    /// The connection broke before an answer came: it may be either.
    nothing: Vec<String>,
}

fn told_to_end_it_has_done_what_it_answered_and_nothing_it_refused(world: &World) {
    let anna = world.anna();
    let case = anna.opens(subpoena().asking("account/registration")).done();
    let token = add_token(&world.ctx, Actor::System("setup"), anna.id(), line("a test")).unwrap();
    for round in 0..4 {
        let node = world.starts(&[]);
        let url = format!("{}/api/v1/cases/{}/comments", node.site.url(), case.reference);
        let answered = AtomicUsize::new(0);
        let (clients, ended) = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..6)
                .map(|client| {
                    let (url, token, answered) = (&url, &token, &answered);
                    // Half of them keep their connection for the next act, half make a new one each time.
                    scope.spawn(move || comments(url, token, &format!("{round}/{client}"), client % 2 == 0, answered))
                })
                .collect();
            until("acts are coming in", || answered.load(Ordering::SeqCst) > 15);
            node.signals(if round % 2 == 0 { "TERM" } else { "INT" });
            let clients: Vec<Heard> = clients.into_iter().map(|client| client.join().unwrap()).collect();
            (clients, node.ends())
        });
        assert_eq!(ended.0, Some(0), "{:#?}", ended.1);
        let kept = kept_comments(world);
        for heard in &clients {
            assert!(!heard.done.is_empty(), "a client never got through");
            assert!(heard.done.iter().all(|text| kept.contains(text)), "an answered act is not in the register");
            assert!(heard.refused.iter().all(|text| !kept.contains(text)), "a refused act is in the register");
        }
        let of_round = kept.iter().filter(|text| text.starts_with(&format!("{round}/"))).count();
        let heard = |of: fn(&Heard) -> &Vec<String>| clients.iter().map(|heard| of(heard).len()).sum::<usize>();
        assert!(of_round >= heard(|h| &h.done) && of_round <= heard(|h| &h.done) + heard(|h| &h.nothing));
        let verified = world.commands(&["audit", "verify"]);
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    }
}

/// Comments again and again until nobody answers.
fn comments(url: &str, token: &str, who: &str, keeps_connection: bool, answered: &AtomicUsize) -> Heard {
    let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None);
    let agent = config.max_idle_connections(if keeps_connection { 1 } else { 0 }).build().new_agent();
    let mut heard = Heard::default();
    for count in 0.. {
        let text = format!("{who}/{count}");
        let body = json!({ "text": text }).to_string();
        let sent = agent
            .post(url)
            .header("authorization", &format!("Bearer {token}"))
            .header("content-type", "application/json")
            .send(&body);
        match sent.map(|answer| answer.status().as_u16()) {
            Ok(200) => {
                heard.done.push(text);
                answered.fetch_add(1, Ordering::SeqCst);
            }
            Ok(503) => heard.refused.push(text),
            Ok(other) => panic!("{text} was answered with {other}"),
            Err(_) => {
                heard.nothing.push(text);
                break;
            }
        }
    }
    heard
}

fn kept_comments(world: &World) -> Vec<String> {
    world.raw().values("SELECT text AS value FROM comments")
}

fn readiness_says_no_while_requests_are_still_answered_and_a_second_signal_ends_at_once(world: &World) {
    let node = world.starts(&[("STOP__NOTICE_SECONDS", "3600")]);
    let ready = || node.watch.visitor().gets("/ready");
    assert_eq!(ready().status, 200);
    node.signals("TERM");
    until("readiness says no", || ready().status == 503);
    assert_eq!(ready().source(), "node: This Writ is about to end.\n");
    assert_eq!(node.watch.visitor().gets("/health").status, 200);
    let page = node.site.visitor().gets("/sign-in");
    assert_eq!((page.status, page.header("connection")), (200, None), "until the notice is over all is as ever");
    node.signals("TERM");
    let (code, lines) = node.ends();
    assert_eq!(code, Some(143), "as if the signal had ended it: {lines:#?}");
}

fn a_slow_client_does_not_keep_it(world: &World) {
    let node = world.starts(&[("STOP__SECONDS", "1")]);
    let address = node.site.url().trim_start_matches("http://").to_owned();
    // One has said half of its form, one half of its address, one nothing at all.
    let slow: Vec<TcpStream> =
        ["POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nname=an", "GET /sig", ""]
            .iter()
            .map(|half| {
                let mut stream = TcpStream::connect(&address).unwrap();
                stream.write_all(half.as_bytes()).unwrap();
                stream
            })
            .collect();
    assert_eq!(node.site.visitor().gets("/sign-in").status, 200);
    until("the form is awaited", || node.meter("writ_http_requests_in_flight") >= 1.0);
    node.signals("TERM");
    let (code, lines) = node.ends();
    assert_eq!(code, Some(0), "{lines:#?}");
    for mut stream in slow {
        let _gone = stream.read_to_end(&mut Vec::new());
    }
}

fn what_comes_too_late_is_refused_and_may_be_sent_again(world: &World) {
    let (anna, ending) = (world.anna(), Ending::default());
    let case = anna.opens(subpoena().asking("account/registration")).done();
    let (going, staying) = (Site::serving(world.another_node(), ending.clone()), world.serves());
    let (token, browser) = (going.token_of(world, &anna), going.browser_of(&anna));
    let path = format!("/api/v1/cases/{}/comments", case.reference);
    let call = |client: &crate::support::site::Client<'_>| {
        client.anew("idempotency-key", "one key").calls(&path, "{\"text\": \"Once.\"}")
    };
    ending.announce();
    assert_eq!(browser.gets("/queue").status, 200, "announced is not refused");
    ending.refuse();
    let entries = world.log().len();
    let refused = call(&token);
    assert_eq!((refused.status, refused.code().as_str()), (503, "busy"));
    assert_eq!((refused.header("retry-after"), refused.header("connection")), (Some("1"), Some("close")));
    let page = browser.posts("/queue/assign", &[("token", "x")]);
    assert_eq!((page.status, page.header("connection")), (503, Some("close")));
    page.shows("being restarted. Nothing was changed.");
    page.shows("Try again in a moment.");
    page.shows(page.header("x-request-id").unwrap());
    assert_eq!(world.log().len(), entries);
    // Another node takes it.
    assert_eq!(call(&token.at(&staying)).status, 200);
    assert_eq!(kept_comments(world), ["Once."]);
}

fn acts_that_have_not_begun_when_the_time_is_over_are_refused(world: &World) {
    let act = |text: &'static str, begun: std::sync::mpsc::Sender<()>, go: std::sync::mpsc::Receiver<()>| {
        let (ctx, anna) = (world.ctx.clone(), world.anna().who);
        move || {
            ctx.write(&anna.staff, move |tx| {
                begun.send(()).unwrap();
                let _told = go.recv();
                tx.record(&Event::SignedOut { staff: anna.staff.id }, About::Register)?;
                Ok::<_, ActionError>(text)
            })
        }
    };
    let ((begin, begun), (tell, go)) = (channel(), channel());
    let first = act("first", begin, go);
    std::thread::scope(|scope| {
        let first = scope.spawn(first);
        begun.recv().unwrap();
        let ((begin, _never), (_nobody, go)) = (channel(), channel());
        let second = scope.spawn(act("second", begin, go));
        until("the second waits", || world.ctx.meters().text().unwrap().contains("writ_writer_queue_length 1"));
        world.ctx.end();
        tell.send(()).unwrap();
        assert_eq!(first.join().unwrap().unwrap(), "first", "what had begun is finished");
        let refused = second.join().unwrap();
        assert!(matches!(refused, Err(ActionError::Store(StoreError::Busy))), "{refused:?}");
    });
    let counted = world.ctx.meters().text().unwrap();
    assert!(counted.contains("writ_acts_total{outcome=\"busy\"} 1"), "{counted}");
}
