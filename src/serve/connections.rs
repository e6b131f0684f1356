//! Connections to the page. In: a port; out: requests, one after the other, of as many clients as there is room for. No
//! client holds its place by being slow, and a shortage of anything passes.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::gate::Gate;

/// How many connections there are at most; a browser opens six.
const MOST: usize = 256;
/// How long to wait where no connection can be taken, for want of file descriptors or memory.
const SHORTAGE: Duration = Duration::from_millis(100);

/// How long a client may take.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// To send the head of a request, and to begin another.
    pub head: Duration,
    /// To send the body of one.
    pub body: Duration,
    /// For all its requests on one connection.
    pub all: Duration,
    /// To take the answer that is being sent by then; it must be longer than any route takes.
    pub last: Duration,
}

impl Limits {
    /// Those of the page.
    pub(super) const STANDARD: Self = Self {
        head: Duration::from_secs(5),
        body: Duration::from_secs(10),
        all: Duration::from_secs(60),
        last: Duration::from_secs(35),
    };
}

/// Takes connections for as long as the process lives.
pub(super) async fn serve(listener: TcpListener, gate: Arc<Gate>, limits: Limits) {
    let room = Arc::new(Semaphore::new(MOST));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let gate = Arc::clone(&gate);
                tokio::spawn(async move {
                    // A client that goes away or is cut off is no fault of anybody here.
                    let _ = attend(stream, gate, limits).await;
                    drop(place);
                });
            }
            Err(error) if is_of_the_client(&error) => {}
            Err(_) => tokio::time::sleep(SHORTAGE).await,
        }
    }
}

/// Whether one client has gone before it was taken.
fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Answers the requests of one connection.
async fn attend(stream: TcpStream, gate: Arc<Gate>, limits: Limits) -> Result<(), hyper::Error> {
    let service = service_fn(move |request| Arc::clone(&gate).pass(request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    match tokio::time::timeout(limits.all, connection.as_mut()).await {
        Ok(end) => end,
        Err(_) => {
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(limits.last, connection).await.unwrap_or(Ok(()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::time::Instant;

    use axum::Router;
    use axum::routing::any;

    use super::*;

    const LIMITS: Limits = Limits {
        head: Duration::from_millis(300),
        body: Duration::from_millis(300),
        all: Duration::from_millis(1_500),
        last: Duration::from_millis(300),
    };
    /// More than the system keeps for a client that does not read.
    const LONG: usize = 64 * 1024 * 1024;

    /// A server with a short and a long page; gives its port and the path to them.
    fn served() -> (u16, String) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a listener");
        let port = listener.local_addr().expect("an address").port();
        let routes =
            Router::new().route("/", any(|| async { "page" })).route("/long", any(|| async { vec![b' '; LONG] }));
        let gate = Arc::new(Gate::new(routes, port, LIMITS.body).expect("random numbers"));
        let root = gate.address().split_once(&port.to_string()).expect("a path").1.to_owned();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async { serve(TcpListener::from_std(listener).expect("a listener"), gate, LIMITS).await });
        });
        (port, root)
    }

    fn connected(port: u16, said: &str) -> std::net::TcpStream {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
        stream.write_all(said.as_bytes()).expect("said");
        stream
    }

    /// All that is answered until the connection ends, and how long that took.
    fn heard(mut stream: std::net::TcpStream) -> (String, Duration) {
        let (begun, mut answer) = (Instant::now(), Vec::new());
        if let Err(error) = stream.read_to_end(&mut answer) {
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "the connection stays open");
        }
        (String::from_utf8_lossy(&answer).into_owned(), begun.elapsed())
    }

    #[test]
    fn a_client_that_is_slow_to_ask_is_cut_off() {
        let (port, root) = served();
        for head in ["", "GET", &format!("GET {root} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-A: ")] {
            let (answer, taken) = heard(connected(port, head));
            assert!(!answer.contains("200") && taken < LIMITS.all, "{head:?}: {answer} after {taken:?}");
        }
        let body = format!(
            "POST {root} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{{"
        );
        let (answer, taken) = heard(connected(port, &body));
        assert!(answer.starts_with("HTTP/1.1 408") && taken < LIMITS.all, "{answer} after {taken:?}");
    }

    /// Without the secret it is told so after the head, however much of a body it says that it has.
    #[test]
    fn a_client_that_is_refused_is_not_waited_for() {
        let (port, _) = served();
        let (answer, taken) = heard(connected(
            port,
            &format!("POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 999\r\n\r\n"),
        ));
        assert!(answer.starts_with("HTTP/1.1 403") && taken < LIMITS.body, "{answer} after {taken:?}");
    }

    #[test]
    fn a_client_that_does_not_read_is_cut_off_and_others_are_served_meanwhile() {
        let (port, root) = served();
        let ask = |path: &str| format!("GET {root}{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
        let lazy = connected(port, &ask("long"));
        let (answer, _) = heard(connected(port, &ask("")));
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("page"), "{answer}");
        std::thread::sleep(LIMITS.all + LIMITS.last + Duration::from_secs(1));
        let (answer, _) = heard(lazy);
        assert!(answer.len() < LONG, "it is answered to its end all the same");
    }

    #[test]
    fn clients_that_say_nothing_leave_room_for_others() {
        let (port, root) = served();
        let silent: Vec<_> = (0..MOST + 20).map(|_| connected(port, "")).collect();
        let begun = Instant::now();
        let (answer, _) = heard(connected(port, &format!("GET {root} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n")));
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        drop(silent);
    }
}
