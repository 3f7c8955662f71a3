//! What machines that watch a node may ask, on an address of its own: whether it lives, whether it is ready, and what it
//! has counted. Nobody signs in here, so nothing here tells of what is in the register.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::{StatusCode, header};
use actix_web::rt::{task::spawn_blocking, time::timeout};
use actix_web::web::{self, Data};
use actix_web::{HttpResponse, HttpServer, guard};
use tokio::sync::Semaphore;

use super::stop::Ending;
use crate::actions::Ctx;
use crate::actions::check_ready::check_ready;
use crate::actions::measure::measure;
use crate::meters::CONTENT_TYPE;

/// How long a look may take before it is a no.
const LONGEST: Duration = Duration::from_secs(8);

/// What is watched.
#[derive(Clone)]
pub struct Watch {
    /// What every action gets.
    pub ctx: Ctx,
    /// How far the end of the program has come.
    pub ending: Ending,
    /// How many bytes of memory this process holds, where the machine tells.
    pub resident_bytes: fn() -> Option<u64>,
}

/// One look at a time: a database that hangs must not gather threads that wait for it.
struct Eye {
    watch: Watch,
    turn: Arc<Semaphore>,
}

/// A server for whoever watches, on a socket that is bound already.
///
/// # Errors
/// When the socket can't be listened on.
pub fn server(watch: Watch, listener: TcpListener) -> std::io::Result<Server> {
    let eye = Data::new(Eye { watch, turn: Arc::new(Semaphore::new(1)) });
    let app = move || {
        let reading = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
        actix_web::App::new()
            .app_data(eye.clone())
            .route("/health", reading().to(health))
            .route("/ready", reading().to(ready))
            .route("/metrics", reading().to(metrics))
            .default_service(web::to(|| async { plain(StatusCode::NOT_FOUND, "Ask /health, /ready or /metrics.\n") }))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().shutdown_timeout(1).listen(listener)?;
    Ok(server.run())
}

/// The process lives and answers; nothing else is asked for.
async fn health() -> HttpResponse {
    plain(StatusCode::OK, "alive\n")
}

/// One line for each part that is not ready.
async fn ready(eye: Data<Eye>) -> HttpResponse {
    if eye.watch.ending.is_announced() {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "node: This Writ is about to end.\n");
    }
    let Some(missing) = eye.look(|watch| check_ready(&watch.ctx)).await else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "node: The checks did not end in time.\n");
    };
    if missing.is_empty() {
        return plain(StatusCode::OK, "ready\n");
    }
    let lines: String = missing.iter().map(|part| format!("{}: {}\n", part.part, part.why)).collect();
    plain(StatusCode::SERVICE_UNAVAILABLE, lines)
}

/// Everything that is counted.
async fn metrics(eye: Data<Eye>) -> HttpResponse {
    match eye.look(|watch| measure(&watch.ctx, (watch.resident_bytes)())).await {
        Some(Ok(text)) => HttpResponse::Ok().content_type(CONTENT_TYPE).body(text),
        Some(Err(error)) => {
            tracing::error!(%error, "the meters can't be read");
            plain(StatusCode::INTERNAL_SERVER_ERROR, "The meters can't be read.\n")
        }
        None => plain(StatusCode::SERVICE_UNAVAILABLE, "The meters were not read in time.\n"),
    }
}

impl Eye {
    /// Looks on a blocking thread; none when that takes too long, or an earlier look still does.
    async fn look<T: Send + 'static>(&self, look: impl FnOnce(&Watch) -> T + Send + 'static) -> Option<T> {
        let watch = self.watch.clone();
        let turn = self.turn.clone();
        let looked = async {
            let turn = turn.acquire_owned().await.ok()?;
            let look = move || {
                let seen = look(&watch);
                drop(turn);
                seen
            };
            spawn_blocking(look).await.ok()
        };
        timeout(LONGEST, looked).await.ok().flatten()
    }
}

fn plain(status: StatusCode, says: impl Into<String>) -> HttpResponse {
    let never_kept = (header::CACHE_CONTROL, "no-store");
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").insert_header(never_kept).body(says.into())
}
