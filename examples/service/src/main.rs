//! Serves a store: `clientela-service <store> [address]`, the address 127.0.0.1:8080 when not given.
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use clientela::Crm;
use std::error::Error;

/// Requests that may wait for the disk at once; more wait for their turn.
const WORKERS_MAX: usize = 16;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: clientela-service <store> [address]")?;
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let crm = Crm::open(path)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(WORKERS_MAX)
        .build()?;
    let served = runtime.block_on(serve(crm.clone(), &address));
    // Requests have ended; what the log of the database holds goes into its file.
    crm.close()?;
    Ok(served?)
}

async fn serve(crm: Crm, address: &str) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("serving on http://{}", listener.local_addr()?);
    axum::serve(listener, clientela_service::router(crm)).with_graceful_shutdown(asked_to_stop()).await
}

/// Control-C, or on Unix the signal of whoever manages services.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without any signal to wait for, only a kill ends the service.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
