//! The routes of the live page. In: the preview; out: what is answered at each route.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use percent_encoding::percent_decode_str;

use super::beside::Beside;
use super::preview_state::PreviewState;

/// How long a page waits for a change before it asks again.
const WAIT: Duration = Duration::from_secs(25);

/// What the page itself may load: its own files, and nothing from elsewhere.
pub(crate) const OWN: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What the web version of a report may load: nothing; its style stands in it.
const SHUT: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// What the routes know.
#[derive(Clone)]
struct Watched {
    preview: Arc<PreviewState>,
    beside: Option<Arc<dyn Beside>>,
}

/// The routes; the first page is that of what is served beside, where there is any.
pub(super) fn routes(preview: Arc<PreviewState>, beside: Option<Arc<dyn Beside>>) -> Router {
    let script = |text| get(move || async move { page("text/javascript; charset=utf-8", OWN, text) });
    let style = |text| get(move || async move { page("text/css; charset=utf-8", OWN, text) });
    let routes = Router::new()
        .route("/base.css", style(include_str!("base.css")))
        .route("/page.css", style(include_str!("page.css")))
        .route("/page.js", script(include_str!("page.js")))
        .route("/elements.js", script(include_str!("elements.js")))
        .route("/live.js", script(include_str!("live.js")))
        .route("/sheets.js", script(include_str!("sheets.js")))
        .route("/state", get(state))
        .route("/web/{hash}", get(web))
        .route("/docx/{hash}", get(docx))
        .with_state(Watched { preview, beside: beside.clone() });
    match beside {
        Some(beside) => routes.merge(beside.routes()),
        None => routes.route("/", get(|| async { page("text/html; charset=utf-8", OWN, include_str!("page.html")) })),
    }
}

/// An answer with a policy of what it may load.
pub(crate) fn page(kind: &'static str, policy: &'static str, text: impl Into<String>) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy)], text.into()).into_response()
}

/// `/state?after=VERSION&report=NAME[&wait=no]`: answers once there is a later version than `after`, or after some time, with what
/// a page does not have that was told of `after`; at once for a page that does not wait.
async fn state(State(Watched { preview, beside }): State<Watched>, RawQuery(query): RawQuery) -> Response {
    beside.iter().for_each(|beside| beside.seen());
    let query = query.unwrap_or_default();
    let value = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let found = pairs.into_iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().into_owned())
    };
    let after: u64 = value("after").and_then(|after| after.parse().ok()).unwrap_or(0);
    let report = value("report");
    let mut version = preview.version();
    let wait = if value("wait").is_some_and(|wait| wait == "no") { Duration::ZERO } else { WAIT };
    let _ = tokio::time::timeout(wait, version.wait_for(|version| *version > after)).await;
    let state = preview.state(report.as_deref(), after).to_string();
    page("application/json", OWN, state)
}

async fn web(State(Watched { preview, .. }): State<Watched>, Path(hash): Path<String>) -> Response {
    match preview.web(&hash) {
        Some(web) => page("text/html; charset=utf-8", SHUT, web.as_ref()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A Word file, to be saved and never shown; the page that leads to it says under which name.
async fn docx(State(Watched { preview, .. }): State<Watched>, Path(hash): Path<String>) -> Response {
    let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    match preview.docx(&hash) {
        Some(file) => {
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CONTENT_DISPOSITION, "attachment"),
                (header::CONTENT_SECURITY_POLICY, SHUT),
            ];
            (headers, file.to_vec()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
