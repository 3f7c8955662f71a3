//! Whatever is sent, the answer is a problem that says what is wrong, and never a failure of the program.

use serde_json::{Value, json};
use writ::domain::case::Case;
use writ::web::routes::{Method, ROUTES};

use crate::support::calls::{asked, paper};
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::site::{Client, Page};
use crate::support::world::World;

pub fn whatever_is_sent_the_program_does_not_fail(world: &World) {
    let site = world.serves();
    // Somebody whom no right keeps from getting far.
    let roles = writ::domain::staff::Role::ALL;
    let zoe = site.token_of(world, &world.hires("zoe", "Zoe Zinn", roles, true));
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let tried = every_field_with_every_value(&zoe, &case);
    bodies_that_are_none(&zoe, &case);
    addresses_that_are_none(&zoe, &case);
    println!("{tried} bodies tried");
}

fn every_field_with_every_value(zoe: &Client<'_>, case: &Case) -> usize {
    let mut deep = json!(1);
    (0..60).for_each(|_| deep = json!([deep]));
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!("\u{0}"),
        json!("\u{202e}"),
        json!("x".repeat(20_000)),
        json!([]),
        json!([{}]),
        json!([1, null]),
        json!({}),
        json!({"is": null}),
        json!({"is": "\u{0}"}),
        deep,
        json!("99999-99-99"),
        json!("+262143-01-01T00:00:00Z"),
        json!("0001-01-01"),
        json!("-9999-01-01T00:00:00Z"),
        json!(uuid::Uuid::nil()),
    ];
    let mut tried = 0;
    for (path, body) in calls(zoe, case) {
        for place in places(&body) {
            for value in &values {
                let mut body = body.clone();
                *body.pointer_mut(&place).unwrap() = value.clone();
                answered(&zoe.calls(&path, &body.to_string()), &format!("{path} with {place} = {}", short(value)));
                tried += 1;
            }
        }
    }
    tried
}

fn bodies_that_are_none(zoe: &Client<'_>, case: &Case) {
    let json = Some("application/json".to_owned());
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies: &[(&[u8], u16, &str)] = &[
        (b"{", 400, "bad_json"),
        (b"[]", 400, "bad_json"),
        (b"null", 400, "bad_json"),
        (b"\xff\xfe", 400, "bad_json"),
        (b"{\"note\": \"\xff\"}", 400, "bad_json"),
        (b"{\"note\": \"\\ud800\"}", 400, "bad_json"),
        (b"{\"note\": \"a\", \"note\": \"b\"}", 400, "bad_json"),
        (b"{\"version\": 1e999}", 400, "bad_json"),
        (deep.as_bytes(), 400, "bad_json"),
        (&[b' '; 1_100_000], 413, "too_large"),
        (b"{\"nope\": 1}", 422, "invalid"),
        (b"{\"version\": 99999999999999999999}", 422, "invalid"),
        (b"{\"version\": \"1\"}", 422, "invalid"),
    ];
    for route in ROUTES.iter().filter(|r| r.path.starts_with("/api/") && r.method == Method::Post) {
        let path = at(route.path, case);
        if path.ends_with("/documents") || path.contains("/tasks/") {
            let no_form = zoe.calls(&path, "{}");
            assert_eq!((no_form.status, no_form.code().as_str()), (415, "wrong_media_type"), "{path}");
            uploads_that_are_none(zoe, &path);
            continue;
        }
        for (body, status, code) in bodies {
            let page = zoe.sends("POST", &path, json.clone(), body.to_vec());
            assert_eq!((page.status, page.code().as_str()), (*status, *code), "{path}: {}", page.source());
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "\u{fc}"] {
            let page = zoe.sends("POST", &path, Some(kind.to_owned()), b"{}".to_vec());
            assert_eq!((page.status, page.code().as_str()), (415, "wrong_media_type"), "{path}");
        }
    }
}

fn uploads_that_are_none(zoe: &Client<'_>, path: &str) {
    let form = |kind: &str, body: &[u8]| zoe.sends("POST", path, Some(kind.to_owned()), body.to_vec());
    answered(&form("multipart/form-data", b""), path);
    answered(&form("multipart/form-data; boundary=x", b""), path);
    answered(&form("multipart/form-data; boundary=x", b"--x\r\n\r\nno disposition\r\n--x--\r\n"), path);
    answered(
        &form(
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n\xff\r\n--x--\r\n",
        ),
        path,
    );
    let file = ("file", "a.txt", b"a".as_slice());
    for fields in [
        &[][..],
        &[("kind", "evidence"), ("kind", "served")],
        &[("kind", "collected")],
        &[("kind", "\u{0}")],
        &[("odd", "1")],
        &[("demand", "x"), ("outcome", "collected"), ("account", "\u{0}"), ("version", "x")],
    ] {
        for files in [&[][..], &[file], &[file, file], &[("file", "", b"")]] {
            answered(&zoe.uploads(path, fields, files), path);
        }
    }
    let big = "x".repeat(1_100_000);
    assert_eq!(zoe.uploads(path, &[("kind", &big)], &[]).status, 413);
}

fn addresses_that_are_none(zoe: &Client<'_>, case: &Case) {
    for path in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v2/cases",
        "/api/v1/cases/",
        "/api/v1/cases/2026-1",
        "/api/v1/cases/%00",
        "/api/v1/cases/%ff%fe",
        "/api/v1/documents/x",
        "/api/v1/arrivals/x",
        "/api/v1/tasks/%2e%2e",
        "/api//v1/me",
    ] {
        let page = zoe.gets(path);
        assert!(page.status == 404 && page.code().starts_with("no"), "{path}: {}", page.source());
    }
    for query in
        ["after=%ff", "after=9999999999999999999_x", "lane=%00", "limit=-1", "a", "=", "&&&", "lane=open&lane=open"]
    {
        answered(&zoe.gets(&format!("/api/v1/cases?{query}")), query);
        answered(&zoe.gets(&format!("/api/v1/log?{query}")), query);
    }
    let after = format!("{}_{}", i64::MAX, uuid::Uuid::nil());
    answered(&zoe.gets(&format!("/api/v1/cases?after={after}")), "the end of time");
    answered(&zoe.gets(&format!("/api/v1/cases?after=-8334632851200000000_{}", uuid::Uuid::nil())), "its beginning");
    answered(&zoe.gets(&format!("/api/v1/log?before={}", i64::MIN)), "before everything");
    let wrong = zoe.sends("DELETE", &format!("/api/v1/cases/{}", case.reference), None, Vec::new());
    assert_eq!((wrong.status, wrong.code().as_str(), wrong.header("allow")), (405, "wrong_method", Some("GET, HEAD")));
}

/// Not a failure; and where it is not done, a problem.
#[track_caller]
pub fn answered(page: &Page, what: &str) {
    assert!(page.status < 500, "{what}: {} {}", page.status, page.source());
    if page.status >= 400 {
        page.problem();
    }
}

/// Every call with a body that is as it should be.
pub fn calls(zoe: &Client<'_>, case: &Case) -> Vec<(String, Value)> {
    let at = |rest: &str| format!("/api/v1/cases/{}/{rest}", case.reference);
    let (demand, password) = (case.demands[0].id, zoe.password());
    let mut whole = asked("+1 202 555 0163");
    whole["identifier"] = json!({ "kind": "ip_address", "received": "192.0.2.7:443 at 2026-03-01T10:00:00Z" });
    let mut known = paper();
    known["agency"] = json!({ "id": case.paper.requester.agency });
    known["officer"] = json!({ "id": case.paper.requester.officer });
    known["more"] = json!({ "prior": null, "offence.catalogue": ["theft"] });
    let decision = json!({
        "demand": demand, "decision": "reject", "reason": "overbroad", "note": "a", "redirect_to": null,
        "override_reason": null,
    });
    let open = json!({
        "arrival": null, "compartment": "restricted", "named": ["anna"], "team": null, "paper": paper(),
        "demands": [whole],
    });
    vec![
        ("/api/v1/cases".to_owned(), open),
        (at("amend"), json!({ "version": null, "paper": known })),
        (at("checks"), json!({ "method": "register", "result": "doubtful", "account": "Found it." })),
        (
            at("secrecy"),
            json!({
                "source": "request", "issuer": "a", "docket": "b", "grounds": "c", "starts_on": "2026-10-26",
                "ends_on": { "is": "2026-11-26" },
            }),
        ),
        (at("demands"), json!({ "demands": [whole] })),
        (at(&format!("demands/{demand}")), json!({ "demand": whole })),
        (at("decision"), json!({ "decisions": [decision] })),
        (at("return"), json!({ "because": "Mend it." })),
        (at("approve"), json!({ "scope_hash": "00", "password": password })),
        (at("release"), json!({ "to": "Casey Mockford", "method": "portal", "password": password })),
        (at("close"), json!({ "note": "Answered." })),
    ]
}

/// Where values stand in a body: every field and item, at any depth.
pub fn places(body: &Value) -> Vec<String> {
    let within = |name: &str, value: &Value| {
        let inner = places(value).into_iter().map(|place| format!("/{name}{place}"));
        [format!("/{name}")].into_iter().chain(inner).collect::<Vec<_>>()
    };
    match body {
        Value::Object(all) => all.iter().flat_map(|(name, value)| within(name, value)).collect(),
        Value::Array(all) => all.iter().enumerate().flat_map(|(n, value)| within(&n.to_string(), value)).collect(),
        _ => Vec::new(),
    }
}

fn at(pattern: &str, case: &Case) -> String {
    pattern.replace("{reference}", case.reference.as_str()).replace("{id}", &case.demands[0].id.to_string())
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(40).collect()
}
