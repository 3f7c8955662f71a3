//! The web application: what it is made of, and how a server runs it.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};

use super::once::Turns;
use super::stop::{self, Ending};
use super::{arrival, error, headers, routes, session, trace};
use crate::actions::Ctx;

/// What the web room needs: the register behind the actions, and its own settings. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What every action gets.
    pub ctx: Ctx,
    /// The room's settings.
    pub settings: WebSettings,
}

/// Settings of the web room.
#[derive(Clone)]
pub struct WebSettings {
    /// Sends the session cookie over plain HTTP too: for trials on a local network only.
    pub insecure_cookies: bool,
    /// Signs form tokens. The same on all nodes.
    pub csrf_key: [u8; 32],
    /// Name and version of the program, as the foot of each page gives it.
    pub software: &'static str,
    /// How long the body of a request may pause: [`arrival::PATIENCE`].
    pub patience: Duration,
}

/// What makes an actix application out of an [`App`]. Call it once and hand a clone to each worker: what it holds
/// is shared between them.
pub fn configure(app: App, ending: Ending) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let (app, turns, ending) = (Data::new(app), Data::new(Turns::default()), Data::new(ending));
    move |config| {
        // The last wrap is the outermost: span, the body, the end, headers, error pages, the end, session, the handler.
        let house = web::scope("")
            .wrap(from_fn(session::recognise))
            .wrap(from_fn(stop::refuse_late))
            .wrap(from_fn(error::show))
            .wrap(from_fn(headers::set))
            .wrap(from_fn(stop::close_last))
            .wrap(from_fn(arrival::watch))
            .wrap(from_fn(trace::span))
            .configure(routes::register);
        config.app_data(app.clone()).app_data(turns.clone()).app_data(ending.clone()).service(house);
    }
}

/// A server on a socket that is bound already. It ends gracefully on its handle's word; signals are the caller's.
///
/// # Errors
/// When the socket can't be listened on.
pub fn server(app: App, listener: TcpListener) -> std::io::Result<Server> {
    server_until(app, listener, Ending::default(), 10)
}

/// The same, whose end is told to it step by step, and whose connections get so many seconds once it stops.
///
/// # Errors
/// When the socket can't be listened on.
pub fn server_until(app: App, listener: TcpListener, ending: Ending, seconds: u64) -> std::io::Result<Server> {
    let configure = configure(app, ending);
    let workers = std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 8));
    let server = HttpServer::new(move || actix_web::App::new().configure(configure.clone()))
        .workers(workers)
        .shutdown_timeout(seconds)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}
