//! The local server. In: the routes of a page; out: a web server on this machine alone, with the routes behind a gate
//! (`serve/gate.rs`) and no client that holds it up (`serve/connections.rs`).

mod connections;
mod gate;

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread;

use axum::Router;

use crate::diag::{Code, Diagnostic, text};
use connections::Limits;
use gate::Gate;
pub(crate) use gate::LONGEST;

/// The port where none is asked for; where it is taken, any other.
const PORT: u16 = 7780;

/// Where the page is.
pub(crate) struct Served {
    /// The address to be printed.
    pub address: String,
    /// The address to start a browser with; it leads to the page once.
    pub opening: String,
}

/// Serves pages at these routes, and says where.
///
/// # Errors
/// The port asked for is taken, or the system has no random numbers.
pub(crate) fn serve(routes: Router, port: Option<u16>) -> Result<Served, Diagnostic> {
    let bind = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = match port {
        Some(port) => bind(port),
        None => bind(PORT).or_else(|_| bind(0)),
    };
    let listener = listener.and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    let unserved = |error: std::io::Error| {
        let port = port.unwrap_or(PORT);
        let message = text!("无法在端口 {port} 上预览：{error}", "cannot show the preview on port {port}: {error}");
        Diagnostic::error(Code::Preview, message)
            .help(text!("用 --port 换一个端口，或省略 --port", "choose another with --port, or leave --port out"))
    };
    let listener = listener.map_err(unserved)?;
    let address = listener.local_addr().map_err(unserved)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(unserved)?;
    let limits = Limits::STANDARD;
    let gate = Gate::new(routes, address.port(), limits.body).map_err(|error| unserved(error.into()))?;
    let opening = gate.opening().map_err(|error| unserved(error.into()))?;
    let served = Served { address: gate.address(), opening };
    thread::spawn(move || {
        runtime.block_on(async move {
            if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                // It ends with the process.
                connections::serve(listener, Arc::new(gate), limits).await;
            }
        });
    });
    Ok(served)
}
