//! What is said to the database, as diesel's instrumentation hears it: for every connection made after [`listen`].

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

/// One statement: to which database, on which connection.
struct Said {
    url: String,
    connection: usize,
    sql: String,
}

static SAID: Mutex<Vec<Said>> = Mutex::new(Vec::new());
static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);

struct Ear {
    url: String,
    connection: usize,
}

impl Instrumentation for Ear {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => url.clone_into(&mut self.url),
            InstrumentationEvent::StartQuery { query, .. } => {
                // What is bound to the statement is nobody's business here.
                let sql = query.to_string().split(" -- binds").next().unwrap_or_default().trim().to_owned();
                SAID.lock().unwrap().push(Said { url: self.url.clone(), connection: self.connection, sql });
            }
            _ => {}
        }
    }
}

/// Listens from now on to connections that are made from now on.
pub fn listen() {
    let ear = || -> Option<Box<dyn Instrumentation>> {
        Some(Box::new(Ear { url: String::new(), connection: CONNECTIONS.fetch_add(1, Ordering::SeqCst) }))
    };
    set_default_instrumentation(ear).unwrap();
}

/// The statements of one request.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Statements {
    /// Finding out whose session it is.
    pub session: Vec<String>,
    /// Recording the view: whether it is covered, the entry, the mark. Everything that is written is in here.
    pub record: Vec<String>,
    /// Reading what the page shows.
    pub page: Vec<String>,
}

/// Runs something, and gives what was said to this database meanwhile. What begins and ends a transaction does not
/// count, nor does the pool's question whether a connection is alive.
pub fn said_during<T>(url: &str, act: impl FnOnce() -> T) -> (T, Statements) {
    let url = url.trim_start_matches("sqlite://");
    let forget = || SAID.lock().unwrap().retain(|said| said.url != url);
    forget();
    let done = act();
    let mut said: Vec<(usize, String)> = Vec::new();
    for one in SAID.lock().unwrap().iter().filter(|said| said.url == url) {
        said.push((one.connection, one.sql.clone()));
    }
    forget();
    (done, sorted(said))
}

/// Statements belong to what their transaction is for.
fn sorted(said: Vec<(usize, String)>) -> Statements {
    let mut all = Statements::default();
    let connections: std::collections::BTreeSet<usize> = said.iter().map(|(connection, _)| *connection).collect();
    for connection in connections {
        let mut transaction: Vec<String> = Vec::new();
        let mut writes = false;
        for (_, sql) in said.iter().filter(|(other, _)| *other == connection) {
            match sql.split(' ').next().unwrap_or_default() {
                "BEGIN" => writes = sql.contains("IMMEDIATE"),
                "COMMIT" | "ROLLBACK" if !sql.contains("SAVEPOINT") => {
                    all.of(&transaction, writes).append(&mut transaction);
                }
                "SAVEPOINT" | "RELEASE" | "ROLLBACK" | "PRAGMA" => {}
                _ if sql == "SELECT 1" || sql.contains("pragma_") => {}
                _ => transaction.push(sql.clone()),
            }
        }
        assert!(transaction.is_empty(), "outside of any transaction: {transaction:?}");
    }
    all
}

impl Statements {
    fn of(&mut self, transaction: &[String], writes: bool) -> &mut Vec<String> {
        let asks = |what: &str| transaction.iter().any(|sql| sql.contains(what));
        if writes || asks("`views`.`session_hash` = ?") {
            &mut self.record
        } else if asks("`sessions`.`id_hash` = ?") {
            &mut self.session
        } else {
            &mut self.page
        }
    }
}
