//! The repository's files as the ratchets read them, and Rust code without its comments and texts.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace's folder")
}

/// The text of a file.
pub(crate) fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()))
}

/// A path as it is told: from the workspace's folder on.
pub(crate) fn told(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The folders directly inside this one, in order of name.
pub(crate) fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}

/// Every file below this folder whose name ends in `.{extension}`, in order of path.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|theirs| theirs == extension) {
            found.push(path);
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

/// The tokens of Rust code: words, `::`, and every other sign by itself. Comments are left out, and of a text or a
/// character only a quotation mark is left.
pub(crate) fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let (length, token) = if let Some(length) = comment(rest) {
            (length, None)
        } else if let Some(length) = literal(rest) {
            (length, Some("\""))
        } else {
            let word = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let length = match word {
                0 if rest.starts_with("::") => 2,
                0 => first.len_utf8(),
                word => word,
            };
            (length, (!first.is_whitespace()).then(|| rest.split_at(length).0))
        };
        tokens.extend(token);
        rest = rest.split_at(length).1;
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the comment that begins here. Those in blocks may stand within each other.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    rest.strip_prefix("/*")?;
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        let here = rest.split_at(at).1;
        at += if here.starts_with("/*") {
            depth += 1;
            2
        } else if here.starts_with("*/") {
            depth -= 1;
            2
        } else {
            here.chars().next().map_or(0, char::len_utf8)
        };
        if depth == 0 || at == rest.len() {
            return Some(at);
        }
    }
}

/// The length of the text or character that begins here.
fn literal(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix(['b', 'c']).unwrap_or(rest);
    let prefix = rest.len() - body.len();
    let raw = body.strip_prefix('r').and_then(|raw| {
        let quoted = raw.trim_start_matches('#');
        let closing = format!("\"{}", "#".repeat(raw.len() - quoted.len()));
        let end = quoted.strip_prefix('"')?.find(&closing)?;
        Some(1 + (raw.len() - quoted.len()) + 1 + end + closing.len())
    });
    raw.or_else(|| quoted(body)).map(|length| prefix + length)
}

fn quoted(body: &str) -> Option<usize> {
    let mut signs = body.char_indices();
    let (_, quote) = signs.next().filter(|(_, sign)| matches!(sign, '"' | '\''))?;
    let mut second = body.chars().skip(1);
    let (second, third) = (second.next(), second.next());
    // What is no character of one sign and no escape is a lifetime.
    if quote == '\'' && second != Some('\\') && third != Some('\'') {
        return None;
    }
    while let Some((at, sign)) = signs.next() {
        match sign {
            '\\' => drop(signs.next()),
            sign if sign == quote => return Some(at + 1),
            _ => {}
        }
    }
    Some(body.len())
}

#[test]
fn comments_and_texts_are_no_code() {
    for (code, expected) in [
        ("use crate::a; // crate::b", "use crate :: a ;"),
        ("/* crate::b /* deep */ crate::b */ x", "x"),
        ("//! crate::b\nfn f() {}", "fn f ( ) { }"),
        (r#"f("crate::b // \" crate::b", y)"#, "f ( \" , y )"),
        ("f(r#\"crate::b \" \"#, br\"z\", b'\\'', '\"') y", "f ( \" , \" , \" , \" ) y"),
        ("fn f<'a>(x: &'a str) -> r#type", "fn f < ' a > ( x : & ' a str ) - > r # type"),
        ("for r in b {}", "for r in b { }"),
    ] {
        assert_eq!(tokens(code).join(" "), expected, "{code}");
    }
}
