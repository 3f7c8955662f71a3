//! People in front of the server: browsers with a session, programs with a token, on connections that stay open.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;
use ureq::Agent;

use super::server::Server;

/// One connection kept open.
pub fn agent() -> Agent {
    Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .max_idle_connections_per_host(1)
        .timeout_global(Some(Duration::from_secs(60)))
        // What is measured is the server; a browser would have it compress, a millisecond or two for 100 KB.
        .accept_encoding("identity")
        .build()
        .new_agent()
}

#[derive(Deserialize, Clone)]
pub struct SignIn {
    pub name: String,
    role: String,
    pub password: String,
    token: String,
}

/// The generated staff.
pub struct People {
    all: Vec<SignIn>,
}

impl People {
    pub fn read(server: &Server) -> People {
        let text = std::fs::read_to_string(server.folder.join("generated-sign-in.json")).unwrap();
        People { all: serde_json::from_str(&text).unwrap() }
    }

    /// The person of a role that a client of this number is.
    pub fn of(&self, role: &str, client: usize) -> &SignIn {
        let some: Vec<&SignIn> = self.all.iter().filter(|person| person.role == role).collect();
        some[client % some.len()]
    }
}

/// Somebody in front of the server.
pub struct Client<'s> {
    server: &'s Server,
    agent: Agent,
    proof: (&'static str, String),
    pub password: String,
}

/// An answer and how long it took.
pub struct Answer {
    pub status: u16,
    pub text: String,
    pub to: String,
    pub took: Duration,
}

impl<'s> Client<'s> {
    /// A program with this person's token.
    pub fn program(server: &'s Server, who: &SignIn) -> Client<'s> {
        let proof = ("authorization", format!("Bearer {}", who.token));
        Client { server, agent: agent(), proof, password: who.password.clone() }
    }

    /// A browser in which this person is signed in.
    pub fn browser(server: &'s Server, who: &SignIn) -> Client<'s> {
        let agent = agent();
        let form = [("name", who.name.as_str()), ("password", who.password.as_str())];
        let answer = agent.post(format!("{}/sign-in", server.url)).send_form(form).unwrap();
        let cookie = answer.headers().get("set-cookie").unwrap().to_str().unwrap();
        let proof = ("cookie", cookie.split(';').next().unwrap().to_owned());
        Client { server, agent, proof, password: who.password.clone() }
    }

    pub fn gets(&self, path: &str) -> Answer {
        let begun = Instant::now();
        let request = self.agent.get(format!("{}{path}", self.server.url)).header(self.proof.0, &self.proof.1);
        answer(begun, request.call().unwrap())
    }

    pub fn calls(&self, path: &str, body: &Value) -> Answer {
        let begun = Instant::now();
        let request = self.agent.post(format!("{}{path}", self.server.url)).header(self.proof.0, &self.proof.1);
        answer(begun, request.content_type("application/json").send(body.to_string()).unwrap())
    }

    pub fn posts(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let begun = Instant::now();
        let request = self.agent.post(format!("{}{path}", self.server.url)).header(self.proof.0, &self.proof.1);
        answer(begun, request.send_form(fields.iter().copied()).unwrap())
    }

    pub fn uploads(&self, path: &str, name: &str, bytes: &[u8]) -> Answer {
        let mark = "writ-speed-boundary";
        let mut body = format!(
            "--{mark}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: application/pdf\r\n\r\n"
        )
        .into_bytes();
        body.extend(bytes);
        body.extend(format!("\r\n--{mark}--\r\n").into_bytes());
        let begun = Instant::now();
        let request = self.agent.post(format!("{}{path}", self.server.url)).header(self.proof.0, &self.proof.1);
        let kind = format!("multipart/form-data; boundary={mark}");
        answer(begun, request.content_type(kind).send(body).unwrap())
    }
}

fn answer(begun: Instant, answer: ureq::http::Response<ureq::Body>) -> Answer {
    let status = answer.status().as_u16();
    let to = answer.headers().get("location").map_or(String::new(), |to| to.to_str().unwrap().to_owned());
    let text = answer.into_body().read_to_string().unwrap_or_default();
    Answer { status, text, to, took: begun.elapsed() }
}

impl Answer {
    /// Asserts that the server did as it was asked, and gives the answer as JSON.
    pub fn json(&self) -> Value {
        assert!(self.status < 300, "{}: {}", self.status, self.text);
        serde_json::from_str(&self.text).unwrap()
    }
}
