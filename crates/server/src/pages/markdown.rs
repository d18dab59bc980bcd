//! Descriptions of OpenAPI documents, which are `CommonMark`, as HTML.
//!
//! The documents are ours; still nothing in them becomes markup that is not Markdown's, and no link leads to a script.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// The HTML of a text. Its headings begin below those of the page.
pub(super) fn to_html(text: &str) -> String {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).map(tamed);
    let mut out = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut out, events);
    out
}

/// The same for a line that holds nothing but text, such as a heading: paragraphs follow each other in it.
pub(super) fn to_line(text: &str) -> String {
    to_html(text).replace("<p>", "").replace("</p>\n", " ").trim_end().to_owned()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what is not named stays as it is")]
fn tamed(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        // What may be scrolled must be reached by the keyboard.
        Event::Start(Tag::CodeBlock(_)) => Event::Html("<pre tabindex=\"0\"><code>".into()),
        Event::End(TagEnd::CodeBlock) => Event::Html("</code></pre>\n".into()),
        Event::Start(Tag::Table(_)) => Event::Html("<table>".into()),
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: lower(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if leads_to_a_page(&dest_url) { dest_url } else { CowStr::Borrowed("#") };
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        // Nothing is loaded from anywhere.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => Event::Text("".into()),
        other => other,
    }
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 | HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

fn leads_to_a_page(url: &str) -> bool {
    ["https://", "http://", "/", "#"].iter().any(|start| url.starts_with(start)) && !url.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_markdowns_alone() {
        let html = to_html(
            "a <script>x</script> `<b>` [c](javascript:x) ![d](https://d.example/d.png)\n\n<div>e</div>",
        );
        assert_eq!(
            html,
            "<p>a &lt;script&gt;x&lt;/script&gt; <code>&lt;b&gt;</code> <a href=\"#\">c</a> d</p>\n&lt;div&gt;e&lt;/div&gt;"
        );
    }

    #[test]
    fn headings_stand_below_those_of_the_page_and_code_can_be_scrolled() {
        assert_eq!(to_html("# A"), "<h3>A</h3>\n");
        assert_eq!(to_html("```json\n{}\n```"), "<pre tabindex=\"0\"><code>{}\n</code></pre>\n");
        assert_eq!(to_line("a `b`\n\nc"), "a <code>b</code> c");
        assert_eq!(to_html("* a\n* b"), "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n");
    }
}
