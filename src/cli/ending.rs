//! How `writ serve` and `writ demo` end: told once they finish what is in flight, told twice they end at once.

use std::time::Duration;

use actix_web::rt::time::{sleep, timeout};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::actions::Ctx;
use crate::settings::StopSettings;
use crate::web::stop::Ending;

/// After the acts' time is over their last answers still have to reach whoever waits for them.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// SIGTERM and SIGINT, heard from the moment this is made.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Begins to listen.
    pub fn hear() -> std::io::Result<Signals> {
        Ok(Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// The next signal, by the number of its name.
    pub async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.terminate.recv() => 15,
            _ = self.interrupt.recv() => 2,
        }
    }
}

/// Somebody who waits for a second signal and then ends the program at once, as if the signal had killed it.
pub fn end_at_once_on_the_next(mut signals: Signals) {
    actix_web::rt::spawn(async move {
        let signal = signals.next().await;
        tracing::warn!("told to end a second time: ending at once");
        std::process::exit(128 + i32::from(signal));
    });
}

/// The way to the end: readiness says no, after the notice nothing more is taken, what is in flight gets its time, and
/// what has not begun by then is refused. `stopped` ends when the last connection has.
pub async fn go_to_the_end(ctx: &Ctx, ending: &Ending, times: StopSettings, stop: impl Future<Output = ()>) {
    ending.announce();
    sleep(Duration::from_secs(times.notice_seconds)).await;
    ending.refuse();
    let mut stop = std::pin::pin!(stop);
    if timeout(Duration::from_secs(times.seconds), &mut stop).await.is_err() {
        tracing::warn!("acts that have not begun are refused: their time is over");
        ctx.end();
        stop.await;
    }
}

/// How long the server itself waits for its connections: the acts' time, and a little for their answers.
pub fn connections_get(times: StopSettings) -> u64 {
    times.seconds.saturating_add(LAST_WORDS.as_secs())
}
