//! `writ serve`

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{jobs, place};
use crate::actions::Ctx;
use crate::jobs::Jobs;
use crate::settings::Settings;
use crate::system::Clock;
use crate::telemetry;
use crate::web::app::{App, WebSettings};

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
        tracing::info!("settings in effect: {}", settings.in_effect());
        if settings.web.insecure_cookies {
            tracing::warn!("cookies go without “Secure”: passwords and sessions can be read on the way");
        }
        let jobs = jobs::of(&settings, &ctx)?;
        let listener = listen(settings.web.listen)?;
        println!("Writ listens on http://{}", listener.local_addr()?);
        serve(ctx, settings.web.insecure_cookies, listener, jobs)
    }
}

/// Takes the address, or says in one sentence why it can't.
pub fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| {
        format!("{address} can't be listened on; is another program, or another Writ, using it? Choose another with --listen")
    })
}

/// Serves, with the jobs beside it, until the program is told to stop.
pub fn serve(ctx: Ctx, insecure_cookies: bool, listener: TcpListener, jobs: Jobs) -> anyhow::Result<ExitCode> {
    let csrf_key = ctx.store.installation_key().derive("form tokens");
    let settings = WebSettings { insecure_cookies, csrf_key, software: crate::actions::create_register::SOFTWARE };
    let app = App { ctx, settings };
    let jobs = jobs.start().context("the jobs can't be started")?;
    let served = actix_web::rt::System::new().block_on(until_told(app, listener));
    jobs.stop();
    served?;
    Ok(ExitCode::SUCCESS)
}

/// Ctrl-C and SIGTERM end the server gracefully: acts in flight are finished or refused.
async fn until_told(app: App, listener: TcpListener) -> anyhow::Result<()> {
    let server = crate::web::server(app, listener)?;
    let handle = server.handle();
    let mut terminate = signal(SignalKind::terminate())?;
    actix_web::rt::spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        handle.stop(true).await;
    });
    Ok(server.await?)
}
