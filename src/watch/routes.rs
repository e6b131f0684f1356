//! The live page. In: the board; out: a web server on this machine alone, with the routes of the page behind a [`Gate`].

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use percent_encoding::percent_decode_str;

use super::board::Board;
use super::connections::{self, Limits};
use super::gate::Gate;
use crate::diag::{Code, Diagnostic, text};

/// The port where none is asked for; where it is taken, any other.
const PORT: u16 = 7780;
/// How long a page waits for a change before it asks again.
const WAIT: Duration = Duration::from_secs(25);

/// What the page itself may load: its own files, and nothing from elsewhere.
const OWN: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What the web version of a report may load: nothing; its style stands in it.
const SHUT: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// Where the page is.
pub struct Served {
    /// The address to be printed.
    pub address: String,
    /// The address to start a browser with; it leads to the page once.
    pub opening: String,
}

/// Serves the board, and says where.
///
/// # Errors
/// The port asked for is taken, or the system has no random numbers.
pub fn serve(board: Arc<Board>, port: Option<u16>) -> Result<Served, Diagnostic> {
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
    let gate = Gate::new(pages(board), address.port(), limits.body).map_err(|error| unserved(error.into()))?;
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

fn pages(board: Arc<Board>) -> Router {
    Router::new()
        .route("/", get(|| async { page("text/html; charset=utf-8", OWN, include_str!("page.html")) }))
        .route("/page.css", get(|| async { page("text/css; charset=utf-8", OWN, include_str!("page.css")) }))
        .route("/page.js", get(|| async { page("text/javascript; charset=utf-8", OWN, include_str!("page.js")) }))
        .route("/sheets.js", get(|| async { page("text/javascript; charset=utf-8", OWN, include_str!("sheets.js")) }))
        .route("/state", get(state))
        .route("/web/{hash}", get(web))
        .with_state(board)
}

fn page(kind: &'static str, policy: &'static str, text: impl Into<String>) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy)], text.into()).into_response()
}

/// `/state?after=VERSION&report=NAME`: answers once there is a later version than `after`, or after some time, with what
/// a page does not have that was told of `after`.
async fn state(State(board): State<Arc<Board>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let value = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let found = pairs.into_iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().into_owned())
    };
    let after: u64 = value("after").and_then(|after| after.parse().ok()).unwrap_or(0);
    let report = value("report");
    let mut version = board.version();
    let _ = tokio::time::timeout(WAIT, version.wait_for(|version| *version > after)).await;
    let state = board.state(report.as_deref(), after).to_string();
    page("application/json", OWN, state)
}

async fn web(State(board): State<Arc<Board>>, Path(hash): Path<String>) -> Response {
    match board.web(&hash) {
        Some(web) => page("text/html; charset=utf-8", SHUT, web.as_ref()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
