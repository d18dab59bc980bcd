//! A browser without scripts, for tests of pages: it keeps cookies, reads forms out of pages, and sends them with what
//! somebody typed. Not for assertions beyond "it was there".

use std::collections::BTreeMap;

use testkit::{Answer, Ask, TestServer};
use url::form_urlencoded::Serializer;

/// Somebody in front of a server's pages.
pub(crate) struct Browser<'a> {
    server: &'a TestServer,
    cookies: BTreeMap<String, String>,
    user_agent: &'static str,
    language: &'static str,
}

impl<'a> Browser<'a> {
    /// Firefox on Linux, in English, with an empty jar.
    pub(crate) fn new(server: &'a TestServer) -> Self {
        let user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0";
        Self { server, cookies: BTreeMap::new(), user_agent, language: "en" }
    }

    /// The same of somebody who signed in at our own page.
    pub(crate) async fn of(server: &'a TestServer, name: &str, password: &str) -> Self {
        let mut browser = Self::new(server);
        let answer = browser.sign_in(name, password).await;
        assert_eq!(answer.status, 303, "{answer}");
        browser
    }

    /// ... that calls itself so.
    pub(crate) fn calling_itself(mut self, user_agent: &'static str) -> Self {
        self.user_agent = user_agent;
        self
    }

    /// ... that wants pages in this language.
    pub(crate) fn speaking(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Opens an address. What it leads to is not followed.
    pub(crate) async fn open(&mut self, path: &str) -> Answer {
        let answer = self.dressed(self.server.anonymous().get(path)).send().await;
        self.keep(answer)
    }

    /// Sends fields to an address, as a form of this site does.
    pub(crate) async fn send(&mut self, path: &str, fields: &[(String, String)]) -> Answer {
        self.send_from("http://127.0.0.1:8080", path, fields).await
    }

    /// Sends fields to an address, as a form of the site with this origin does.
    pub(crate) async fn send_from(
        &mut self,
        origin: &str,
        path: &str,
        fields: &[(String, String)],
    ) -> Answer {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let ask = self.dressed(self.server.anonymous().post(path)).header("origin", origin);
        let answer = ask.body("application/x-www-form-urlencoded", body).send().await;
        self.keep(answer)
    }

    /// Sends the form of a page that goes to this path, with what was typed or pressed.
    pub(crate) async fn submit(&mut self, page: &Answer, path: &str, typed: &[(&str, &str)]) -> Answer {
        let mut fields = hidden(page, path);
        fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.send(path, &fields).await
    }

    /// Opens a page and sends its form that goes to this path.
    pub(crate) async fn fill_in(&mut self, page: &str, path: &str, typed: &[(&str, &str)]) -> Answer {
        let page = self.open(page).await;
        assert_eq!(page.status, 200, "{page}");
        self.submit(&page, path, typed).await
    }

    /// Signs in at our own page.
    pub(crate) async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        self.fill_in("/login", "/login", &[("identifier", name), ("password", password)]).await
    }

    /// The page that a redirect leads to.
    pub(crate) async fn follow(&mut self, answer: &Answer) -> Answer {
        assert_eq!(answer.status, 303, "{answer}");
        let location = answer.header("location").expect("a location").to_owned();
        self.open(location.strip_prefix("http://127.0.0.1:8080").unwrap_or(&location)).await
    }

    fn dressed<'b>(&self, ask: Ask<'b>) -> Ask<'b> {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let ask = ask
            .header("accept", "text/html,*/*;q=0.8")
            .header("accept-language", self.language)
            .header("user-agent", self.user_agent);
        if cookies.is_empty() { ask } else { ask.header("cookie", cookies.join("; ")) }
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            let (pair, attributes) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a value");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// What the form of a page that goes to this path sends by itself.
pub(crate) fn hidden(page: &Answer, path: &str) -> Vec<(String, String)> {
    let forms = page.body.split("<form ").skip(1).filter_map(|form| form.split("</form>").next());
    let form = forms.filter(|form| between(form, "action=\"", "\"") == Some(path)).last();
    let form = form.unwrap_or_else(|| panic!("no form to {path}: {page}"));
    let fields = form.split("<input type=\"hidden\" ").skip(1).map(|field| {
        let value = |name: &str| text(between(field, &format!("{name}=\""), "\"").expect("an attribute"));
        (value("name"), value("value"))
    });
    fields.collect()
}

/// The address of another site that a page in between leads to.
pub(crate) fn way_out(page: &Answer) -> String {
    let url = between(&page.body, "<meta http-equiv=\"refresh\" content=\"0; url=", "\"");
    text(url.unwrap_or_else(|| panic!("it leads nowhere: {page}")))
}

/// What people read on a page: without tags, and what they stand for in place of escapes.
pub(crate) fn read(page: &Answer) -> String {
    let main = between(&page.body, "<main", "</main>").expect("a page");
    let texts = main.split('<').map(|part| part.split_once('>').map_or("", |(_, text)| text).trim());
    let words: Vec<String> = texts.filter(|text| !text.is_empty()).map(text).collect();
    words.join(" | ")
}

/// What stands between two signs, the first time.
pub(crate) fn between<'b>(text: &'b str, before: &str, behind: &str) -> Option<&'b str> {
    text.split_once(before)?.1.split_once(behind).map(|(found, _)| found)
}

fn text(html: &str) -> String {
    let text = html.replace(['\u{2068}', '\u{2069}'], "").replace("&#34;", "\"").replace("&#39;", "'");
    text.replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}
