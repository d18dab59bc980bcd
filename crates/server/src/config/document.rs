//! `docs/configuration.md`, written from the table of keys and held to it by a test.

use super::keys::{KEYS, Key, Preset};

const OPENING: &str = r#"# Configuration

*Made from the table in `crates/server/src/config/keys.rs`; change it there. `UPDATE_DOCS=1 cargo test -p server
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

Durations are a whole number and a unit: `90s`, `30m`, `24h`, `14d`. Relative paths start at the working directory.
"#;

/// The whole page.
pub(super) fn page() -> String {
    let mut page = OPENING.to_owned();
    let mut section = None;
    for key in KEYS {
        if section != Some(key.section()) {
            section = Some(key.section());
            page.push_str(&heading(key.section()));
        }
        page.push_str(&row(key));
    }
    page
}

fn heading(section: &str) -> String {
    let title = if section.is_empty() { "Top of the file".to_owned() } else { format!("`[{section}]`") };
    format!("\n## {title}\n\n| Key and variable | Value | Default | Meaning |\n|---|---|---|---|\n")
}

fn row(key: &Key) -> String {
    let preset = match key.preset {
        Preset::Toml(text) => text.to_owned(),
        Preset::Follows(text) => format!("{text:?}"),
    };
    let (name, variable, wanted) = (key.name(), key.variable(), key.kind.wanted());
    format!("| `{name}`<br>`{variable}` | {wanted} | `{preset}` | {} |\n", key.doc)
}
