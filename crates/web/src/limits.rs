//! How large and how slow a request may be (`[limits]`), and what becomes of one that is larger or slower.
//!
//! What can be read at all is refused in the shape of the dialect that it was meant for. Before that, the HTTP machinery has
//! bounds of its own, which the server sets to some more than these; how many connections there may be, and for how long one
//! may be silent, is the server's too.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, EXPECT, TRANSFER_ENCODING};
use axum::http::{HeaderValue, StatusCode, Version};
use axum::middleware::Next;
use axum::response::Response;

use crate::Refusal;
use crate::body::Lent;

/// The bounds of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest body that is read, in bytes.
    pub body_bytes: usize,
    /// How many arrays and objects may stand inside each other in a body in JSON; no more than
    /// [`MAX_JSON_DEPTH`](crate::json_depth::MAX_JSON_DEPTH).
    pub json_depth: usize,
    /// The longest request target (path and query), in bytes.
    pub target_bytes: usize,
    /// The longest head, in bytes: the request line and all header fields, as HTTP/1.1 would write them.
    pub header_bytes: usize,
    /// The most header fields.
    pub header_fields: usize,
    /// How long the body may take, from when it is asked for.
    pub body_timeout: Duration,
    /// How long an answer may take to begin, from the end of the request's head.
    pub request_timeout: Duration,
}

impl Default for Limits {
    /// What holds where nothing is configured.
    fn default() -> Self {
        Self {
            body_bytes: 65_536,
            json_depth: 64,
            target_bytes: 8192,
            header_bytes: 32_768,
            header_fields: 64,
            body_timeout: Duration::from_secs(20),
            request_timeout: Duration::from_secs(60),
        }
    }
}

impl Limits {
    /// What is wrong with the size of this request's head.
    pub fn refusal<B>(&self, request: &Request<B>) -> Option<Refusal> {
        let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
        if target > self.target_bytes {
            return Some(Refusal::TargetTooLong { limit: self.target_bytes });
        }
        let fields = request.headers();
        // `: ` and the line's end; ` `, ` HTTP/1.1` and the line's end; the end of the head.
        let lines = fields.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>();
        let head = request.method().as_str().len() + target + 12 + lines + 2;
        let is_large = head > self.header_bytes || fields.len() > self.header_fields;
        is_large.then_some(Refusal::HeadTooLarge { bytes: self.header_bytes, fields: self.header_fields })
    }

    /// The answer, unless it takes too long; then what was begun is dropped, as when a client goes away. What need not wait at
    /// all is not timed.
    ///
    /// # Errors
    /// [`Refusal::RequestTimeout`].
    pub async fn in_time(&self, answering: impl Future<Output = Response>) -> Result<Response, Refusal> {
        let mut answering = pin!(answering);
        if let Poll::Ready(answer) = poll_once(answering.as_mut()).await {
            return Ok(answer);
        }
        tokio::time::timeout(self.request_timeout, answering).await.map_err(|_| Refusal::RequestTimeout)
    }
}

/// What a future says when it is first asked. If it is not ready it will wake this task, like any other that it is polled in.
async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

/// Ends an HTTP/1 connection of which it is not certain where the next request begins: one with `Transfer-Encoding`, which may
/// have come with a `Content-Length` too (RFC 9112 section 6.3, no. 3), one whose head or body was too much, and one whose body
/// has not come.
pub async fn close_when_unsure(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    closing(limits, request, |request| next.run(request)).await
}

/// The same for an answer, whoever makes it.
pub(crate) async fn closing<F: Future<Output = Response>>(
    limits: Limits,
    request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    if request.version() >= Version::HTTP_2 {
        return answer(request).await;
    }
    let is_chunked = request.headers().contains_key(TRANSFER_ENCODING);
    let is_expecting = request.headers().contains_key(EXPECT);
    let (request, lent) = Lent::of(request);
    let mut response = answer(request).await;
    let is_cut = [
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::PAYLOAD_TOO_LARGE,
        StatusCode::URI_TOO_LONG,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    ]
    .contains(&response.status());
    // Who is refused for the origin or the credential is so before the body is read, or has come. What comes of it later would
    // end the connection without a word.
    if is_chunked || is_cut || !lent.has_come(limits, is_expecting).await {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, Bytes};
    use axum::response::IntoResponse as _;

    use super::*;

    fn get(target: &str, fields: &[(&str, &str)]) -> Request<()> {
        let request = Request::builder().uri(target);
        let request = fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.body(()).expect("a request")
    }

    /// security 2, no. 9: what a stranger can make us hold is bounded.
    #[test]
    fn a_head_is_taken_up_to_each_limit_and_not_a_byte_beyond() {
        let limits = Limits { target_bytes: 8, header_bytes: 60, header_fields: 2, ..Limits::default() };
        let too_large = Some(Refusal::HeadTooLarge { bytes: 60, fields: 2 });
        assert_eq!(limits.refusal(&get("/1234567", &[])), None);
        assert_eq!(limits.refusal(&get("/12345678", &[])), Some(Refusal::TargetTooLong { limit: 8 }));
        assert_eq!(limits.refusal(&get("/?345678", &[("a", "1"), ("b", "2")])), None);
        assert_eq!(limits.refusal(&get("/", &[("a", "1"), ("b", "2"), ("c", "3")])), too_large);
        // `GET / HTTP/1.1` and the two line ends are 18 bytes, the field `a: ` and its line end 5.
        let value = "x".repeat(37);
        assert_eq!(format!("GET / HTTP/1.1\r\na: {value}\r\n\r\n").len(), 60);
        assert_eq!(limits.refusal(&get("/", &[("a", &value)])), None);
        assert_eq!(limits.refusal(&get("/", &[("a", &format!("{value}x"))])), too_large);
    }

    /// An answer that was made without the body, or with it; and whether it ends the connection.
    async fn ends(request: Request, reads: bool) -> bool {
        let answer = async |request: Request| {
            if reads {
                crate::body::read(request.into_body(), Limits::default()).await.expect("a body");
            }
            StatusCode::FORBIDDEN.into_response()
        };
        let response = closing(Limits { body_bytes: 8, ..Limits::default() }, request, answer).await;
        response.headers().get(CONNECTION).is_some_and(|connection| connection == "close")
    }

    #[tokio::test]
    async fn a_connection_is_kept_when_the_whole_body_has_come() {
        for body in ["", "a body"] {
            for reads in [false, true] {
                assert!(!ends(Request::new(Body::from(body)), reads).await);
            }
        }
        assert!(ends(Request::new(Body::from("9 letters")), false).await);
    }

    /// RFC 9112 section 9.3: what is left of a body would be taken for the next request.
    #[tokio::test(start_paused = true)]
    async fn a_connection_ends_when_the_rest_of_the_body_does_not_come() {
        let began = tokio::time::Instant::now();
        let (_open, endless) = http_body_util::channel::Channel::<Bytes>::new(1);
        assert!(ends(Request::new(Body::new(endless)), false).await);
        assert_eq!(began.elapsed(), Duration::from_secs(1));

        let (_open, endless) = http_body_util::channel::Channel::<Bytes>::new(1);
        let mut request = Request::new(Body::new(endless));
        request.headers_mut().insert(EXPECT, HeaderValue::from_static("100-continue"));
        assert!(ends(request, false).await);
        assert_eq!(began.elapsed(), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_does_not_begin_is_given_up() {
        let limits = Limits::default();
        let began = tokio::time::Instant::now();
        assert!(
            limits
                .in_time(std::future::pending())
                .await
                .is_err_and(|refusal| refusal == Refusal::RequestTimeout)
        );
        assert_eq!(began.elapsed(), limits.request_timeout);
    }
}
