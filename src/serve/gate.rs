//! Who may ask. In: requests of anybody who reaches this machine, which any page in the browser and any of its users do; out:
//! those that come from the page which the person who started the program has opened. Routes stand behind the gate and
//! cannot be reached past it; nothing is done for a request, and nothing of it read but its head, before it has passed.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;

/// How long an address that was handed to the browser opens the page.
const OPENS: Duration = Duration::from_secs(60);
/// The path under which it does.
const OPEN: &str = "/open/";
/// The longest body of a request, in bytes.
pub(crate) const LONGEST: usize = 1024 * 1024;

/// What every answer says: nobody else may frame it, read it, or learn its address.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("x-frame-options"), "SAMEORIGIN"),
];

/// A word that nobody can guess. Two are compared by their hashes, in a time that says nothing of where they differ.
#[derive(Clone)]
struct Secret(String);

impl Secret {
    fn new() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    fn is(&self, other: &str) -> bool {
        blake3::hash(self.0.as_bytes()) == blake3::hash(other.as_bytes())
    }
}

/// Stands before routes.
pub(super) struct Gate {
    /// What this machine is called in a request.
    names: [String; 2],
    /// What the path of every request begins with. It is another each time, so that it opens nothing later.
    secret: Secret,
    /// What opens the page once: other users of the machine can read which address a browser is started with.
    ticket: Mutex<Option<(Secret, Instant)>>,
    routes: TowerToHyperService<Router>,
    /// How long a body may take to come in.
    patience: Duration,
}

/// Why a request is not passed on.
struct Refused(StatusCode);

impl Gate {
    /// Before these routes, which are served at this port.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub(super) fn new(routes: Router, port: u16, patience: Duration) -> Result<Self, getrandom::Error> {
        Ok(Self {
            names: [format!("127.0.0.1:{port}"), format!("localhost:{port}")],
            secret: Secret::new()?,
            ticket: Mutex::new(None),
            routes: TowerToHyperService::new(routes),
            patience,
        })
    }

    /// The address of the page, for the person who started the program.
    pub(super) fn address(&self) -> String {
        format!("http://{}/{}/", self.names[0], self.secret.0)
    }

    /// An address that leads to the page once and soon, for a command line.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub(super) fn opening(&self) -> Result<String, getrandom::Error> {
        let ticket = Secret::new()?;
        let address = format!("http://{}{OPEN}{}", self.names[0], ticket.0);
        *self.ticket.lock().unwrap_or_else(PoisonError::into_inner) = Some((ticket, Instant::now()));
        Ok(address)
    }

    /// Answers a request by the routes where it may pass.
    ///
    /// # Errors
    /// None; whatever is wrong is an answer.
    pub(super) async fn pass<B>(self: Arc<Self>, request: Request<B>) -> Result<Response, Infallible>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let mut response = match self.opened(&request) {
            Some(response) => response,
            None => match self.admitted(request).await {
                Ok(request) => self.routes.call(request).await.unwrap_or_else(|never| match never {}),
                Err(Refused(status)) => refusal(status),
            },
        };
        for (name, value) in ALWAYS {
            response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
        }
        Ok(response)
    }

    /// Where a ticket is shown for the first time, the way to the page.
    fn opened<B>(&self, request: &Request<B>) -> Option<Response> {
        let shown = request.uri().path().strip_prefix(OPEN)?;
        self.host(request.headers())?;
        let mut ticket = self.ticket.lock().unwrap_or_else(PoisonError::into_inner);
        if !ticket.as_ref().is_some_and(|(ticket, made)| ticket.is(shown) && made.elapsed() < OPENS) {
            return None;
        }
        *ticket = None;
        Some((StatusCode::SEE_OTHER, [(header::LOCATION, format!("/{}/", self.secret.0))]).into_response())
    }

    /// The request as the routes know it, with all of its body.
    async fn admitted<B>(&self, request: Request<B>) -> Result<Request<Body>, Refused>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let (mut head, body) = request.into_parts();
        let forbidden = Refused(StatusCode::FORBIDDEN);
        let Some(path) = self.path(&head.uri) else { return Err(forbidden) };
        let is_read = [Method::GET, Method::HEAD].contains(&head.method);
        let is_page = is_read && path.split('?').next() == Some("/");
        let Some(host) = self.host(&head.headers) else { return Err(forbidden) };
        if !is_of_us(&head.headers, host, is_page) || !(is_read || is_from_us(&head.headers)) {
            return Err(forbidden);
        }
        head.uri = path.parse().map_err(|_| forbidden)?;
        let body = if is_read { Bytes::new() } else { self.whole(body).await? };
        Ok(Request::from_parts(head, Body::from(body)))
    }

    /// A path behind the secret, with its query.
    fn path(&self, uri: &Uri) -> Option<String> {
        let (secret, path) = uri.path_and_query()?.as_str().strip_prefix('/')?.split_once('/')?;
        self.secret.is(secret).then(|| format!("/{path}"))
    }

    /// What the request calls this machine, where it is one of its names. A page of another site can have its own name lead
    /// here, but it cannot have the browser say another.
    fn host<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().filter(|_| hosts.next().is_none())?.to_str().ok()?;
        self.names.iter().any(|name| name == host).then_some(host)
    }

    /// All of a body, so that no route waits for a client.
    async fn whole<B>(&self, body: B) -> Result<Bytes, Refused>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        match tokio::time::timeout(self.patience, to_bytes(Body::new(body), LONGEST)).await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(_)) => Err(Refused(StatusCode::PAYLOAD_TOO_LARGE)),
            Err(_) => Err(Refused(StatusCode::REQUEST_TIMEOUT)),
        }
    }
}

/// Whether the browser, where it says from where a request comes, names this very page. The page itself may also be come to by a
/// link from anywhere; whoever knows the link knows the secret.
fn is_of_us(headers: &HeaderMap, host: &str, is_page: bool) -> bool {
    let value = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let is_visit = || value("sec-fetch-mode") == Some("navigate") && value("sec-fetch-dest") == Some("document");
    let is_same_site = match value("sec-fetch-site") {
        None | Some("same-origin" | "none") => true,
        Some(_) => is_page && is_visit(),
    };
    is_same_site && value("origin").is_none_or(|origin| origin.strip_prefix("http://") == Some(host))
}

/// Whether a request that may change something says that it comes from this page, in a way that no form of another page can.
fn is_from_us(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_json = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    // That it is ours has been looked at.
    is_json && headers.contains_key(header::ORIGIN)
}

/// Whoever is refused is not listened to any more.
fn refusal(status: StatusCode) -> Response {
    (status, [(header::CONNECTION, "close")]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::any;

    const HOST: &str = "127.0.0.1:7780";

    fn gate() -> Arc<Gate> {
        let routes = Router::new()
            .route("/", any(|| async { "page" }))
            .fallback(|uri: Uri, body: String| async move { format!("{uri} {body}") });
        Arc::new(Gate::new(routes, 7780, Duration::from_millis(50)).expect("random numbers"))
    }

    /// What is answered to a request; a path that begins with `~` stands behind the secret.
    fn answer(gate: &Arc<Gate>, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> (u16, String) {
        let path = path.replacen('~', &format!("/{}", gate.secret.0), 1);
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let request = request.body(body).expect("a request");
            let response = Arc::clone(gate).pass(request).await.unwrap_or_else(|never| match never {});
            for (name, value) in ALWAYS {
                assert_eq!(response.headers().get(&name).and_then(|value| value.to_str().ok()), Some(value));
            }
            let status = response.status().as_u16();
            let location = response.headers().get(header::LOCATION).cloned();
            let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
            let told = location.map(|location| location.to_str().expect("text").to_owned());
            (status, told.unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned()))
        })
    }

    fn read(gate: &Arc<Gate>, path: &str, headers: &[(&str, &str)]) -> u16 {
        answer(gate, "GET", path, headers, Body::empty()).0
    }

    #[test]
    fn nothing_is_answered_without_the_secret() {
        let gate = gate();
        let host = [("host", HOST)];
        assert_eq!(answer(&gate, "GET", "~/state?a=1", &host, Body::empty()), (200, "/state?a=1 ".to_owned()));
        let secret = gate.secret.0.clone();
        let longer = [format!("/{secret}0/"), format!("/{}/", &secret[1..]), format!("/{}/", secret.to_uppercase())];
        for path in ["/", "/state", "//", "/open/", "/open/0", "/0123456789abcdef0123456789abcdef/"] {
            assert_eq!(read(&gate, path, &host), 403, "{path}");
        }
        for path in longer.iter().filter(|path| !path.contains(&secret) || path.len() != secret.len() + 2) {
            assert_eq!(read(&gate, path, &host), 403, "{path}");
        }
        assert_ne!(super::Secret::new().expect("random numbers").0, super::Secret::new().expect("random numbers").0);
    }

    #[test]
    fn nothing_is_answered_to_other_sites_though_they_know_the_secret() {
        let gate = gate();
        let refused: &[&[(&str, &str)]] = &[
            &[],
            &[("host", "evil.example:7780")],
            &[("host", "127.0.0.1")],
            &[("host", "127.0.0.1:7781")],
            &[("host", HOST), ("host", HOST)],
            &[("host", HOST), ("origin", "http://evil.example")],
            &[("host", HOST), ("origin", "null")],
            &[("host", HOST), ("origin", "http://localhost:7780")],
            &[("host", HOST), ("origin", "https://127.0.0.1:7780")],
            &[("host", HOST), ("sec-fetch-site", "cross-site")],
            &[("host", HOST), ("sec-fetch-site", "same-site")],
            &[
                ("host", HOST),
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "iframe"),
            ],
        ];
        for headers in refused {
            assert_eq!(read(&gate, "~/state", headers), 403, "{headers:?}");
            assert_eq!(read(&gate, "~/", headers), 403, "{headers:?}");
        }
        for site in ["same-origin", "none"] {
            assert_eq!(read(&gate, "~/state", &[("host", HOST), ("sec-fetch-site", site)]), 200);
        }
        assert_eq!(read(&gate, "~/", &[("host", "localhost:7780"), ("origin", "http://localhost:7780")]), 200);
        let visit = [
            ("host", HOST),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ];
        assert_eq!((read(&gate, "~/", &visit), read(&gate, "~/state", &visit)), (200, 403));
    }

    #[test]
    fn what_may_change_something_says_where_it_comes_from_and_is_no_form() {
        let gate = gate();
        let [host, origin, kind] =
            [("host", HOST), ("origin", "http://127.0.0.1:7780"), ("content-type", "application/json; charset=utf-8")];
        let put = |headers: &[(&str, &str)]| answer(&gate, "POST", "~/edit", headers, Body::from("{}"));
        assert_eq!(put(&[host, origin, kind]), (200, "/edit {}".to_owned()));
        assert_eq!((put(&[host, kind]).0, put(&[host, origin]).0), (403, 403));
        assert_eq!(put(&[host, origin, ("content-type", "text/plain")]).0, 403);
        assert_eq!(put(&[host, ("origin", "http://evil.example"), kind]).0, 403);
        for method in ["PUT", "DELETE", "OPTIONS", "PATCH"] {
            assert_eq!(answer(&gate, method, "~/edit", &[host], Body::empty()).0, 403, "{method}");
        }
    }

    #[test]
    fn a_body_is_whole_before_a_route_sees_it_and_neither_long_nor_slow() {
        let gate = gate();
        let headers = [("host", HOST), ("origin", "http://127.0.0.1:7780"), ("content-type", "application/json")];
        let put = |body: Body| answer(&gate, "POST", "~/edit", &headers, body).0;
        assert_eq!((put(Body::from(vec![b' '; LONGEST])), put(Body::from(vec![b' '; LONGEST + 1]))), (200, 413));
        assert_eq!(put(Body::new(Never)), 408);
    }

    /// A body that never comes in.
    struct Never;

    impl HttpBody for Never {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Infallible>>> {
            std::task::Poll::Pending
        }
    }

    #[test]
    fn a_ticket_opens_the_page_once_and_soon() {
        let gate = gate();
        let opening = gate.opening().expect("an address");
        let path = opening.strip_prefix("http://127.0.0.1:7780").expect("the path");
        let shown = |headers: &[(&str, &str)]| answer(&gate, "GET", path, headers, Body::empty());
        assert_eq!(shown(&[("host", "evil.example")]).0, 403);
        assert_eq!(shown(&[("host", HOST)]), (303, format!("/{}/", gate.secret.0)));
        assert_eq!(shown(&[("host", HOST)]).0, 403, "once");
        assert!(!opening.contains(&gate.secret.0) && gate.address().contains(&gate.secret.0));
    }
}
