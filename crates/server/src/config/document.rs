//! `docs/configuration.md`, written from the table of keys and held to it by a test.

use super::keys::{Array, Key, Preset, heading, keys};

const OPENING: &str = r#"# Configuration

*Made from the table in `crates/server/src/config/keys`; change it there. `UPDATE_DOCS=1 cargo test -p server
documentation` writes this page anew.*

Vestibule starts without any configuration. What you want otherwise stands in a TOML file, in the environment, or in
both:

1. The file is the one of `--config FILE`, else of the variable `VESTIBULE_CONFIG`, else `./vestibule.toml` if there
   is one. A file that you name must exist.
2. Each key has a variable: `VESTIBULE_` and its path in capitals, with `__` between the levels. Lists are separated
   by commas. A variable wins over the file.

`vestibule config check` says whether the settings hold, and `vestibule config show` what they come to.

A key that does not exist stops the start with its line and, where one is near, the name you may have meant. So does a
variable that begins with `VESTIBULE_`, has `__` in its name and is no setting; one without `__` is only warned about,
because container platforms set such names by themselves.

A section in double brackets, such as `[[providers]]`, is an array: it may stand any number of times, each time with
another entry. In a variable's name and in a complaint an entry has its number, counted from 0:
`VESTIBULE_PROVIDERS__0__CLIENT_SECRET` sets a key of the first one, over what the file says of it. An entry can be made of
variables alone; those of the file come first, and no number is left out.

Durations are a whole number and a unit: `90s`, `30m`, `24h`, `14d`. Relative paths start at the working directory.
"#;

/// The whole page.
pub(super) fn page() -> String {
    let mut page = OPENING.to_owned();
    let mut section = None;
    for key in keys() {
        if section.replace(key.section()) != Some(key.section()) {
            page.push_str(&opening(key.section()));
        }
        page.push_str(&row(key));
    }
    page
}

fn opening(section: &str) -> String {
    let title =
        if section.is_empty() { "Top of the file".to_owned() } else { format!("`{}`", heading(section)) };
    let about = section
        .strip_suffix(".*")
        .and_then(Array::find)
        .map_or_else(String::new, |array| format!("{}\n\n```toml\n{}\n```\n\n", array.doc, array.example));
    format!("\n## {title}\n\n{about}| Key and variable | Value | Default | Meaning |\n|---|---|---|---|\n")
}

fn row(key: &Key) -> String {
    let preset = match key.preset {
        Preset::Toml(text) => format!("`{text}`"),
        Preset::Follows(text) => format!("`{text:?}`"),
        Preset::Required => "none, it must be set".to_owned(),
    };
    let (name, variable, wanted) = (key.name(), key.variable(), key.kind.wanted());
    format!("| `{name}`<br>`{variable}` | {wanted} | {preset} | {} |\n", key.doc)
}
