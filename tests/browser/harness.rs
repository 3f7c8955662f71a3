//! The harness, tried on one small page of its own: what it says it does, it does.

use std::{
    io::{Read, Write},
    net::TcpListener,
    path::Path,
};

use crate::driver::{Look, journey};

const PAGE: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A small page</title>
<meta name="color-scheme" content="light dark"><style>
:root { color-scheme: light dark; background: #fff; color: #111 }
@media (prefers-color-scheme: dark) { :root { background: #111; color: #eee } }
main { min-height: 1500px }
</style></head><body><main><h1>Paper</h1>
<form method="get" action="/answer">
<p><label>Name <input name="name" value="old"></label></p>
<p><label>Date <input name="on" type="date"></label></p>
<p><label>Kind <select name="kind"><option value="a">First</option><option value="b">Second</option></select></label></p>
<p><label>File <input name="file" type="file"></label></p>
<p><label>Sure <input name="sure" type="checkbox" value="yes"></label></p>
<p><button>Send it</button></p></form>
<p id="script">without scripts</p><script>document.getElementById("script").textContent = "with scripts"</script>
</main></body></html>"#;

/// A server of one page, that shows under `/answer` what was asked of it. Its policy forbids scripts from elsewhere, as
/// the product's does.
fn small_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut request = Vec::new();
                let mut chunk = [0; 4096];
                while !request.windows(4).any(|four| four == b"\r\n\r\n") {
                    match stream.read(&mut chunk) {
                        Ok(n) if n > 0 => request.extend_from_slice(&chunk[..n]),
                        _ => return,
                    }
                }
                let request = String::from_utf8_lossy(&request).into_owned();
                let target = request.split(' ').nth(1).unwrap_or_default();
                let body = match target.strip_prefix("/answer?") {
                    Some(asked) => format!(
                        "<!doctype html><html lang=en><title>Answer</title><p id=asked>{}</p></html>",
                        asked.replace('&', "<br>")
                    ),
                    None => PAGE.to_owned(),
                };
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
                     content-security-policy: script-src 'unsafe-inline'; default-src 'self' 'unsafe-inline'\r\n\
                     connection: close\r\n\r\n{body}",
                    body.len()
                );
            });
        }
    });
    address
}

#[tokio::test]
async fn a_form_is_filled_in_and_sent() {
    let address = small_server();
    journey("a_form_is_filled_in_and_sent", Look::LIGHT, async |b| {
        b.goto(&address).await;
        assert_eq!(b.title().await, "A small page");
        b.fill("[name=name]", "O'Neil \"Neo\" Ünal").await;
        b.fill("[name=on]", "2026-11-21").await;
        b.select("[name=kind]", "b").await;
        b.tick("[name=sure]", true).await;
        b.upload("[name=file]", Path::new("Cargo.toml")).await;
        assert!(b.value("[name=file]").await.ends_with("Cargo.toml"));
        assert_eq!(b.text("#script").await, "with scripts");
        b.click_words("Send it").await;
        b.sees("on=2026-11-21").await;
        let asked = b.text("#asked").await;
        for part in ["name=O%27Neil+%22Neo%22+%C3%9Cnal", "on=2026-11-21", "kind=b", "sure=yes", "file=Cargo.toml"] {
            assert!(asked.contains(part), "{asked} lacks {part}");
        }
        assert!(!b.exists("form").await);
        b.back().await;
        assert_eq!(b.count("form p").await, 6);
    })
    .await;
}

#[tokio::test]
async fn it_sees_dark_and_light_and_the_whole_page() {
    let address = small_server();
    journey("it_sees_dark_and_light_and_the_whole_page", Look::DARK, async |b| {
        b.goto(&address).await;
        let dark = b.script("return matchMedia('(prefers-color-scheme: dark)').matches").await;
        assert_eq!(dark, true);
        b.is_accessible().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deeper").join("page.png");
        b.screenshot(&file).await;
        let picture = std::fs::read(&file).unwrap();
        let side = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
        assert_eq!(side(16), Look::DARK.width);
        assert!(side(20) > 1500, "{} pixels high is not the whole page", side(20));

        b.present_as(Look::PHONE).await;
        assert_eq!(
            b.script("return [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]").await.to_string(),
            "[390,false]"
        );
    })
    .await;
}

#[tokio::test]
async fn it_finds_what_is_not_accessible() {
    let address = small_server();
    journey("it_finds_what_is_not_accessible", Look::LIGHT, async |b| {
        b.goto(&address).await;
        b.script("document.querySelector('[name=name]').parentElement.replaceWith(document.createElement('input'))")
            .await;
        let violations = b.violations().await;
        assert!(violations.iter().any(|v| v.id == "label" && v.impact == "critical"), "{violations:#?}");
    })
    .await;
}

#[tokio::test]
async fn it_does_without_javascript() {
    let address = small_server();
    journey("it_does_without_javascript", Look::WITHOUT_JAVASCRIPT, async |b| {
        b.goto(&address).await;
        assert_eq!(b.text("#script").await, "without scripts");
        b.fill("[name=name]", "Ada").await;
        b.fill("[name=on]", "2026-11-21").await;
        b.click("button").await;
        b.sees("name=Ada").await;
        assert!(b.says("on=2026-11-21").await);
    })
    .await;
}
