//! What a browser does with a page's form: keeps its cookie, fills it in, sends it.

use testkit::{Answer, TestServer};
use url::form_urlencoded::Serializer;

/// How a form is sent.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// The value of a page's first field of this name.
pub(crate) fn field_of(page: &Answer, name: &str) -> Option<String> {
    let (_, rest) = page.body.split_once(&format!("name=\"{name}\" value=\""))?;
    Some(rest.split('"').next()?.to_owned())
}

/// The cookie that a page sets, as it is sent back.
pub(crate) fn cookie_of(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie").expect("a cookie");
    cookie.split(';').next().expect("its value").to_owned()
}

/// The form of a page that was opened a moment ago, sent to this path with these fields filled in.
pub(crate) async fn sent_with(
    server: &TestServer,
    page: &Answer,
    path: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let token = field_of(page, "form_token").expect("a token");
    let mut body = Serializer::new(String::new());
    body.extend_pairs(fields).append_pair("form_token", &token);
    server.anonymous().post(path).header("cookie", cookie_of(page)).body(FORM, body.finish()).send().await
}
