//! `writ serve`

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;

use super::ending::{self, Signals};
use super::{jobs, memory, place};
use crate::actions::Ctx;
use crate::actions::create_register::SOFTWARE;
use crate::jobs::Jobs;
use crate::settings::{Settings, StopSettings};
use crate::system::Clock;
use crate::telemetry;
use crate::web::app::{App, WebSettings};
use crate::web::arrival::PATIENCE;
use crate::web::stop::Ending;
use crate::web::watch::{self, Watch};

/// Start the web app on a register.
#[derive(Args)]
pub struct Serve {
    /// Settings file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Serve {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let settings = Settings::from_file(&self.config)?;
        telemetry::start(&settings.telemetry);
        let ctx = place::open(&settings, Clock::System)?;
        if ctx.is_demo {
            bail!(
                "this register is a demonstration with made-up people; `writ demo` shows it, `writ serve` never does"
            );
        }
        if ctx.is_generated {
            tracing::warn!("the cases of this register are generated, for trials and measurements");
        }
        tracing::info!("settings in effect: {}", settings.in_effect());
        if settings.web.insecure_cookies {
            tracing::warn!("cookies go without “Secure”: passwords and sessions can be read on the way");
        }
        let jobs = jobs::of(&settings, &ctx)?;
        let doors = Doors::open(&settings, listen(settings.web.listen, "Choose another with web.listen")?)?;
        println!("Writ listens on http://{}", doors.web.local_addr()?);
        if let Some(watch) = &doors.watch {
            println!("It is watched on http://{} (/health, /ready, /metrics)", watch.local_addr()?);
        }
        serve(ctx, &settings, settings.web.insecure_cookies, doors, jobs)
    }
}

/// Takes the address, or says in one sentence why it can't.
pub fn listen(address: SocketAddr, otherwise: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| {
        format!("{address} can't be listened on; is another program, or another Writ, using it? {otherwise}")
    })
}

/// The sockets a server answers on.
pub struct Doors {
    web: TcpListener,
    watch: Option<TcpListener>,
}

impl Doors {
    /// The web app's, which is open already, and the one for whoever watches, where the settings have one.
    pub fn open(settings: &Settings, web: TcpListener) -> anyhow::Result<Doors> {
        let watch = settings
            .telemetry
            .metrics_listen
            .map(|address| listen(address, "Choose another with telemetry.metrics_listen, or leave it empty"));
        Ok(Doors { web, watch: watch.transpose()? })
    }
}

/// Serves, with the jobs beside it, until the program is told to stop.
pub fn serve(
    ctx: Ctx,
    settings: &Settings,
    insecure_cookies: bool,
    doors: Doors,
    jobs: Jobs,
) -> anyhow::Result<ExitCode> {
    let csrf_key = ctx.store.installation_key().derive("form tokens");
    ctx.meters().node.began(SOFTWARE, settings.database_kind(), Clock::System.now().as_micros() / 1_000_000);
    let web = WebSettings { insecure_cookies, csrf_key, software: SOFTWARE, patience: PATIENCE };
    let jobs = jobs.start().context("the jobs can't be started")?;
    let told = || jobs.tell();
    let served =
        actix_web::rt::System::new().block_on(until_told(App { ctx, settings: web }, doors, settings.stop, told));
    if !jobs.end_within(Duration::from_secs(settings.stop.seconds)) {
        tracing::warn!(
            "a mail or a backup under way was left behind; the mail goes again after a while, under the same id"
        );
    }
    served?;
    Ok(ExitCode::SUCCESS)
}

/// Ctrl-C and SIGTERM end the server gracefully: acts in flight are finished or refused.
async fn until_told(app: App, doors: Doors, times: StopSettings, told: impl Fn()) -> anyhow::Result<()> {
    let (ending, mut signals) = (Ending::default(), Signals::hear()?);
    let watch = Watch { ctx: app.ctx.clone(), ending: ending.clone(), resident_bytes: memory::resident_bytes };
    let watching = doors.watch.map(|door| watch::server(watch, door)).transpose()?;
    let watching = watching.map(|server| (server.handle(), actix_web::rt::spawn(server)));
    let ctx = app.ctx.clone();
    let server = crate::web::server_until(app, doors.web, ending.clone(), ending::connections_get(times))?;
    let handle = server.handle();
    let mut running = actix_web::rt::spawn(server);
    tokio::select! {
        _ = signals.next() => tracing::info!("told to end"),
        // A server that nobody told to end has failed.
        ended = &mut running => return Ok(ended??),
    }
    ending::end_at_once_on_the_next(signals);
    told();
    ending::go_to_the_end(&ctx, &ending, times, async move { handle.stop(true).await }).await;
    running.await??;
    // Whoever watches hears to the last that this node is not ready.
    if let Some((handle, watching)) = watching {
        handle.stop(false).await;
        watching.await??;
    }
    tracing::info!("ended");
    Ok(())
}
