//! What a page must not let through. The pages' stories are told by the black-box tests of mail.

use super::html::{Form, Page};
use super::*;

#[test]
fn a_page_shows_what_came_from_outside_as_text() {
    let token = Zeroizing::new("\"><script>alert(1)</script>'&".to_owned());
    let fields = Fields { token, ..Fields::default() };
    let form = Form { fields: &fields, button: "Go", asks_for_password: Some(8) };
    let page =
        Page { form: Some(form), leads_on: Some("https://a.example/?x=\"y\""), ..Page::told("<b>", "&") };
    let html = page.to_string();
    assert!(!html.contains("<script>") && !html.contains("<b>"), "{html}");
    assert!(html.contains("value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;\""), "{html}");
    assert!(html.contains("href=\"https://a.example/?x=&quot;y&quot;\""), "{html}");
}
