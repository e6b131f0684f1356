//! The routes of the clerk's page. In: requests that have passed the gate; out: the page, and what it asks for, as JSON. Nothing is named by a
//! path: reports by their names in the list, values by their keys.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::desk::{Editor, RestoreRequest, UploadRequest};
use super::paste::PasteRequest;
use super::refused::{Refused, told};
use super::save::Edits;
use super::start::{self, ImportRequest, NewRequest};
use super::words;
use crate::diag::Language;
use crate::serve::LONGEST;
use crate::session::Selection;
use crate::watch::{Beside, Event, OWN, page};

/// The page.
pub(super) const PAGE: &str = include_str!("page/edit.html");
/// Its scripts.
pub(super) const SCRIPTS: [(&str, &str); 15] = [
    ("/desk.js", include_str!("page/desk.js")),
    ("/edit.js", include_str!("page/edit.js")),
    ("/first.js", include_str!("page/first.js")),
    ("/keys.js", include_str!("page/keys.js")),
    ("/ledger.js", include_str!("page/ledger.js")),
    ("/make.js", include_str!("page/make.js")),
    ("/notes.js", include_str!("page/notes.js")),
    ("/paper.js", include_str!("page/paper.js")),
    ("/paste.js", include_str!("page/paste.js")),
    ("/places.js", include_str!("page/places.js")),
    ("/problems.js", include_str!("page/problems.js")),
    ("/prose.js", include_str!("page/prose.js")),
    ("/show.js", include_str!("page/show.js")),
    ("/typing.js", include_str!("page/typing.js")),
    ("/words.js", include_str!("page/words.js")),
];

/// Edits of a report.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    name: String,
    edits: Edits,
}

/// A report of which next year's is to begin.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RollRequest {
    name: String,
}

impl Beside for Editor {
    fn routes(self: Arc<Self>) -> Router {
        let file = |kind: &'static str, text: &'static str| get(move || async move { page(kind, OWN, text) });
        let script = |text| file("text/javascript; charset=utf-8", text);
        let scripts = SCRIPTS.iter().fold(Router::new(), |routes, (path, text)| routes.route(path, script(text)));
        scripts
            .route("/", file("text/html; charset=utf-8", PAGE))
            .route("/edit.css", file("text/css; charset=utf-8", include_str!("page/edit.css")))
            .route("/words", get(words))
            .route("/form", get(form))
            .route("/report", get(report))
            .route("/parts", get(parts))
            .route("/pdf", get(pdf))
            .route("/try", post(attempt))
            .route("/save", post(save))
            .route("/paste", post(paste))
            .route("/status", get(status))
            .route("/kept", get(kept))
            .route("/sources", get(sources))
            .route("/new", post(new))
            .route("/roll", post(next_year))
            .route("/upload", post(upload))
            .route("/import", post(import))
            .route("/restore", post(restore))
            .with_state(self)
    }

    fn tell_to(&self, events: Sender<Event>) {
        Editor::tell_to(self, events);
    }

    fn renew(&self, job: &Selection) {
        Editor::renew(self, job);
    }

    fn changed(&self) {
        Editor::changed(self);
    }

    fn seen(&self) {
        Editor::seen(self);
    }

    fn is_over(&self) -> bool {
        Editor::is_over(self)
    }
}

/// An answer; what cannot be done is told in words, with a status that says so.
fn answer(answered: Result<Value, Refused>) -> Response {
    let (status, value) = match answered {
        Ok(value) => (StatusCode::OK, value),
        Err(Refused::Unknown) => (StatusCode::NOT_FOUND, json!({ "problems": [] })),
        Err(Refused::Wrong(problems)) => (StatusCode::UNPROCESSABLE_ENTITY, told(&problems)),
    };
    (status, page("application/json", OWN, value.to_string())).into_response()
}

/// Work that reads files does not keep others waiting.
async fn apart(work: impl FnOnce() -> Result<Value, Refused> + Send + 'static) -> Response {
    match tokio::task::spawn_blocking(work).await {
        Ok(answered) => answer(answered),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The value of a name in a query.
fn asked(query: Option<&str>, name: &str) -> Result<String, Refused> {
    let pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.into_iter().find(|(key, _)| *key == name).ok_or(Refused::Unknown)?;
    Ok(percent_decode_str(found.1).decode_utf8_lossy().into_owned())
}

async fn words(State(editor): State<Arc<Editor>>) -> Response {
    let language = if editor.language() == Language::Zh { "zh" } else { "en" };
    let words = words::words(editor.language());
    answer(Ok(json!({ "language": language, "project": editor.project(), "longest": LONGEST, "words": words })))
}

async fn form(State(editor): State<Arc<Editor>>, RawQuery(query): RawQuery) -> Response {
    apart(move || editor.form(&asked(query.as_deref(), "name")?)).await
}

async fn report(State(editor): State<Arc<Editor>>, RawQuery(query): RawQuery) -> Response {
    apart(move || editor.state(&asked(query.as_deref(), "name")?)).await
}

async fn parts(State(editor): State<Arc<Editor>>, RawQuery(query): RawQuery) -> Response {
    apart(move || editor.parts(&asked(query.as_deref(), "name")?, &asked(query.as_deref(), "key")?)).await
}

async fn status(State(editor): State<Arc<Editor>>, RawQuery(query): RawQuery) -> Response {
    let year = asked(query.as_deref(), "year").ok().and_then(|year| year.parse().ok());
    apart(move || editor.status(year)).await
}

async fn kept(State(editor): State<Arc<Editor>>, RawQuery(query): RawQuery) -> Response {
    apart(move || editor.kept(&asked(query.as_deref(), "name")?)).await
}

async fn sources(State(editor): State<Arc<Editor>>, RawQuery(query): RawQuery) -> Response {
    apart(move || editor.sources(&asked(query.as_deref(), "name")?)).await
}

/// Work on what a body says; one that says something else is a bad request.
async fn on<T: DeserializeOwned + Send + 'static>(
    body: Bytes,
    work: impl FnOnce(T) -> Result<Value, Refused> + Send + 'static,
) -> Response {
    match serde_json::from_slice::<T>(&body) {
        Ok(request) => apart(move || work(request)).await,
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// A PDF, to be saved and never shown.
async fn pdf(State(editor): State<Arc<Editor>>, RawQuery(query): RawQuery) -> Response {
    let work = move || editor.pdf(&asked(query.as_deref(), "name")?);
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(bytes)) => {
            ([(header::CONTENT_TYPE, "application/pdf"), (header::CONTENT_DISPOSITION, "attachment")], bytes)
                .into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn attempt(State(editor): State<Arc<Editor>>, body: Bytes) -> Response {
    on(body, move |Request { name, edits }| editor.tried(&name, &edits)).await
}

async fn save(State(editor): State<Arc<Editor>>, body: Bytes) -> Response {
    on(body, move |Request { name, edits }| editor.save(&name, &edits)).await
}

async fn paste(State(editor): State<Arc<Editor>>, body: Bytes) -> Response {
    on(body, move |request: PasteRequest| editor.pasted(&request)).await
}

async fn new(body: Bytes) -> Response {
    on(body, |request: NewRequest| start::new(&request)).await
}

async fn next_year(State(editor): State<Arc<Editor>>, body: Bytes) -> Response {
    on(body, move |RollRequest { name }| editor.next_year(&name)).await
}

async fn upload(State(editor): State<Arc<Editor>>, body: Bytes) -> Response {
    on(body, move |part: UploadRequest| editor.upload(&part)).await
}

async fn import(State(editor): State<Arc<Editor>>, body: Bytes) -> Response {
    on(body, move |request: ImportRequest| editor.import(&request)).await
}

async fn restore(State(editor): State<Arc<Editor>>, body: Bytes) -> Response {
    on(body, move |request: RestoreRequest| editor.restore(&request)).await
}
