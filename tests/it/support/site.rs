//! The web site of a world, served for real, and people with browsers or API tokens in front of it.

use std::io::Read;
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use secrecy::{ExposeSecret, SecretString};
use ureq::http::Request;
use writ::actions::Ctx;
use writ::actions::add_staff::add_token;
use writ::domain::staff::Actor;
use writ::seal::Key;
use writ::store::Store;
use writ::web::arrival::PATIENCE;
use writ::web::stop::Ending;
use writ::web::{App, WebSettings, server_until};

use super::people::Person;
use super::world::{World, line, password_of};

/// A server on a free port, ended when this is dropped.
pub struct Site {
    url: String,
    running: Option<(ServerHandle, JoinHandle<()>)>,
}

impl World {
    /// Serves this world.
    pub fn serves(&self) -> Site {
        Site::serving(self.ctx.clone(), Ending::default())
    }

    /// The same register as another node has it: connections, writer and web site of its own.
    pub fn another_node(&self) -> Ctx {
        Ctx { store: Store::open(&self.url, Key::new([9; 32]), 4).unwrap(), ..self.ctx.clone() }
    }
}

impl Site {
    /// Serves a register, until it is told to end.
    pub fn serving(ctx: Ctx, ending: Ending) -> Site {
        Site::patient(ctx, ending, PATIENCE)
    }

    /// The same with more or less patience with those who send slowly.
    pub fn patient(ctx: Ctx, ending: Ending, patience: Duration) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let settings = WebSettings { insecure_cookies: true, csrf_key: [5; 32], software: "writ test", patience };
        let app = App { ctx, settings };
        let (tell, told) = channel();
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                let server = server_until(app, listener, ending, 10).unwrap();
                tell.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Site { url, running: Some((told.recv().unwrap(), thread)) }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.running.take() {
            // The word is sent at once; that it was heard shows when the thread ends.
            drop(handle.stop(false));
            let _panicked = thread.join();
        }
    }
}

impl Site {
    /// A site that another process serves.
    pub fn at(url: String) -> Site {
        Site { url, running: None }
    }

    /// Where it answers.
    #[allow(dead_code, reason = "a browser needs it")]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Client<'_> {
        Client::new(self, "", None)
    }

    /// A person who signed in with name and password, and whose browser keeps the cookie.
    pub fn browser_of(&self, person: &Person<'_>) -> Client<'_> {
        let name = &person.who.staff.name;
        self.browser_with(name, password_of(name).expose_secret())
    }

    /// The same with a name and a password of one's own.
    pub fn browser_with(&self, name: &str, password: &str) -> Client<'_> {
        let answer = self.visitor().posts("/sign-in", &[("name", name), ("password", password)]);
        assert_eq!(answer.status, 303, "{name} can't sign in: {}", answer.text());
        let cookie = answer.cookie.unwrap();
        let cookie = ("cookie", cookie.split(';').next().unwrap().to_owned());
        Client { password: password.into(), ..Client::new(self, name, Some(cookie)) }
    }

    /// A program with an API token as it was shown.
    pub fn program_with(&self, token: &str) -> Client<'_> {
        Client::new(self, "", Some(("authorization", format!("Bearer {token}"))))
    }

    /// The same, by a person who can give the password too.
    pub fn program_of(&self, name: &str, token: &str) -> Client<'_> {
        Client::new(self, name, Some(("authorization", format!("Bearer {token}"))))
    }

    /// A browser with the cookie of a session that began earlier.
    pub fn browser_again(&self, name: &str, cookie: &str) -> Client<'_> {
        Client::new(self, name, Some(("cookie", cookie.to_owned())))
    }

    /// A program that acts with a person's API token.
    pub fn token_of(&self, world: &World, person: &Person<'_>) -> Client<'_> {
        let token = add_token(&world.ctx, Actor::System("setup"), person.id(), line("a test")).unwrap();
        Client::new(self, &person.who.staff.name, Some(("authorization", format!("Bearer {token}"))))
    }
}

/// Somebody in front of the site.
pub struct Client<'s> {
    site: &'s Site,
    agent: ureq::Agent,
    proof: Option<(&'static str, String)>,
    password: SecretString,
    more: Vec<(&'static str, String)>,
}

/// A file in a form.
pub type File<'f> = (&'f str, &'f str, &'f [u8]);

impl<'s> Client<'s> {
    fn new(site: &'s Site, name: &str, proof: Option<(&'static str, String)>) -> Client<'s> {
        // A connection kept open may be closed by the server just when it is used again, so none is kept.
        let config = ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).proxy(None);
        let config = config.max_idle_connections(0);
        Client { site, agent: config.build().new_agent(), proof, password: password_of(name), more: Vec::new() }
    }

    /// The same person, with the same cookie or token, in front of another node.
    pub fn at<'o>(&self, site: &'o Site) -> Client<'o> {
        let more = self.more.clone();
        Client { site, proof: self.proof.clone(), password: self.password.clone(), agent: self.agent.clone(), more }
    }

    /// This person's password, for acts that ask for it again.
    pub fn password(&self) -> &str {
        self.password.expose_secret()
    }

    /// The session's cookie, of a browser.
    pub fn cookie(&self) -> Option<&str> {
        self.proof.as_ref().filter(|(name, _)| *name == "cookie").map(|(_, value)| value.as_str())
    }

    pub fn gets(&self, path: &str) -> Page {
        self.sends("GET", path, None, Vec::new())
    }

    /// The same, where the server may go away meanwhile.
    pub fn tries_to_get(&self, path: &str) -> Result<Page, Lost> {
        self.tries("GET", path, None, Vec::new())
    }

    /// A call, where the server may go away meanwhile.
    pub fn tries_to_call(&self, path: &str, body: &str) -> Result<Page, Lost> {
        self.tries("POST", path, Some("application/json".to_owned()), body.as_bytes().to_vec())
    }

    /// An upload, where the server may go away meanwhile.
    pub fn tries_to_upload(&self, path: &str, fields: &[(&str, &str)], files: &[File<'_>]) -> Result<Page, Lost> {
        let (kind, body) = multipart(fields, files);
        self.tries("POST", path, Some(kind), body)
    }

    /// A form of a page, where the server may go away meanwhile.
    pub fn tries_to_fill(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Result<Page, Lost> {
        let shown = self.tries_to_get(page)?;
        if shown.status != 200 {
            return Ok(shown);
        }
        let form = shown.form(action).unwrap_or_else(|| panic!("{page} has no form to {action}: {}", shown.text()));
        let unseen = hidden_inputs(&form);
        let unseen = unseen.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all = unseen.chain(fields.iter().copied());
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
        self.tries("POST", action, Some("application/x-www-form-urlencoded".to_owned()), body.into_bytes())
    }

    /// How many bytes a page has on the way to a browser that takes it compressed so, and says where it was asked from.
    pub fn packed(&self, path: &str, takes: &str, asked_from: &str) -> usize {
        let request = Request::builder().method("GET").uri(format!("{}{path}", self.site.url));
        let mut request = request.header("accept-encoding", takes).header("sec-fetch-site", asked_from);
        if let Some((name, value)) = &self.proof {
            request = request.header(*name, value);
        }
        let answer = self.agent.run(request.body(()).unwrap()).unwrap_or_else(|why| panic!("{path}: {why}"));
        let mut body = Vec::new();
        answer.into_body().into_reader().read_to_end(&mut body).unwrap();
        body.len()
    }

    pub fn posts(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.sends("POST", path, Some("application/x-www-form-urlencoded".to_owned()), body.into_bytes())
    }

    /// A call of the API with a JSON body.
    pub fn calls(&self, path: &str, body: &str) -> Page {
        self.sends("POST", path, Some("application/json".to_owned()), body.as_bytes().to_vec())
    }

    /// The same person with one header more.
    pub fn anew(&self, name: &'static str, value: &str) -> Client<'s> {
        let more = self.more.iter().cloned().chain([(name, value.to_owned())]).collect();
        Client { proof: self.proof.clone(), password: self.password.clone(), agent: self.agent.clone(), more, ..*self }
    }

    /// A form with files, each `(field, file name, bytes)`.
    pub fn uploads(&self, path: &str, fields: &[(&str, &str)], files: &[File<'_>]) -> Page {
        let (kind, body) = multipart(fields, files);
        self.sends("POST", path, Some(kind), body)
    }

    /// Opens a page and sends one of its forms, with what the form carries unseen.
    pub fn fills(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Page {
        let unseen = self.unseen(page, action);
        let all: Vec<(&str, &str)> =
            unseen.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain(fields.iter().copied()).collect();
        self.posts(action, &all)
    }

    /// The same for a form with files.
    pub fn fills_with(&self, page: &str, action: &str, fields: &[(&str, &str)], files: &[File<'_>]) -> Page {
        let unseen = self.unseen(page, action);
        let all: Vec<(&str, &str)> =
            unseen.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain(fields.iter().copied()).collect();
        self.uploads(action, &all, files)
    }

    /// The token that this page's forms carry.
    pub fn token_on(&self, page: &str) -> String {
        let shown = self.gets(page).source();
        let token = hidden_inputs(&shown).into_iter().find(|(name, _)| name == "token");
        token.unwrap_or_else(|| panic!("{page} has no form")).1
    }

    /// What a form carries unseen: token, one-time id, version.
    pub fn unseen(&self, page: &str, action: &str) -> Vec<(String, String)> {
        let shown = self.gets(page);
        assert_eq!(shown.status, 200, "{page}: {}", shown.text());
        let form = shown.form(action).unwrap_or_else(|| panic!("{page} has no form to {action}: {}", shown.text()));
        // A file's field may share its name with what a task names; the person's own choice wins.
        hidden_inputs(&form).into_iter().filter(|(name, _)| name != "demand").collect()
    }

    pub fn sends(&self, method: &str, path: &str, content_type: Option<String>, body: Vec<u8>) -> Page {
        let answer = self.tries(method, path, content_type, body);
        answer.unwrap_or_else(|why| panic!("{method} {path}: {}", why.0))
    }

    fn tries(&self, method: &str, path: &str, content_type: Option<String>, body: Vec<u8>) -> Result<Page, Lost> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.site.url));
        for (name, value) in self.proof.iter().chain(&self.more) {
            request = request.header(*name, value);
        }
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let answer = if method == "GET" {
            self.agent.run(request.body(()).unwrap())
        } else {
            self.agent.run(request.body(body).unwrap())
        };
        let answer = answer.map_err(|why| Lost(why.to_string()))?;
        let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let (location, cookie, kind) = (header("location"), header("set-cookie"), header("content-type"));
        let policy = header("content-security-policy").unwrap_or_default();
        let status = answer.status().as_u16();
        let named = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let headers = answer.headers().iter().map(named).collect();
        let mut body = Vec::new();
        answer.into_body().into_reader().read_to_end(&mut body).map_err(|why| Lost(why.to_string()))?;
        Ok(Page { status, location, cookie, policy, kind: kind.unwrap_or_default(), body, headers })
    }
}

/// A form with files: its content type and its body.
fn multipart(fields: &[(&str, &str)], files: &[File<'_>]) -> (String, Vec<u8>) {
    let mark = "----writ-test-part";
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--{mark}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    for (field, name, bytes) in files {
        let head = format!("Content-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"");
        body.extend(format!("--{mark}\r\n{head}\r\nContent-Type: application/octet-stream\r\n\r\n").into_bytes());
        body.extend_from_slice(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{mark}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={mark}"), body)
}

/// The server went away before it had answered: whether the act was done is not known.
#[derive(Debug)]
pub struct Lost(pub String);

/// What the site answered.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub location: Option<String>,
    pub kind: String,
    pub body: Vec<u8>,
    /// The content security policy.
    pub policy: String,
    cookie: Option<String>,
    headers: Vec<(String, String)>,
}

impl Page {
    /// The page's source.
    pub fn source(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// What the API answers.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|why| panic!("{why}: {}", self.source()))
    }

    /// A header, in the order it was sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// What a person reads: without tags, blanks made one.
    pub fn text(&self) -> String {
        let source = self.source();
        let main = source.split("<main").nth(1).unwrap_or(&source);
        let mut text = String::new();
        for (at, part) in main.split('<').enumerate() {
            let seen =
                if at == 0 && main.len() == source.len() { part } else { part.split_once('>').map_or("", |(_, t)| t) };
            text.push(' ');
            text.push_str(seen);
        }
        let named = [
            ("&quot;", "\""),
            ("&#34;", "\""),
            ("&#39;", "'"),
            ("&#x27;", "'"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
        ];
        let text = named.iter().fold(text, |text, (name, sign)| text.replace(name, sign));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Where a done act leads.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.text());
        self.location.as_deref().unwrap()
    }

    #[track_caller]
    pub fn shows(&self, words: &str) {
        assert!(self.text().contains(words), "the page does not show “{words}”: {}", self.text());
    }

    #[track_caller]
    pub fn hides(&self, words: &str) {
        assert!(!self.source().contains(words), "the page gives “{words}” away");
    }

    /// The form that is sent to this address, from its tag to its end.
    fn form(&self, action: &str) -> Option<String> {
        let source = self.source();
        let forms = source.split("<form").skip(1).map(|part| part.split("</form>").next().unwrap().to_owned());
        let wanted = format!("action=\"{action}\"");
        forms.into_iter().find(|form| form.split('>').next().unwrap().contains(&wanted))
    }
}

fn hidden_inputs(form: &str) -> Vec<(String, String)> {
    let value = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!("{name}=\""))?.1;
        rest.split_once('"').map(|(value, _)| value.replace("&#38;", "&").replace("&amp;", "&"))
    };
    let tags = form.split("<input type=\"hidden\"").skip(1).map(|part| part.split('>').next().unwrap().to_owned());
    tags.filter_map(|tag| Some((value(&tag, "name")?, value(&tag, "value")?))).collect()
}
