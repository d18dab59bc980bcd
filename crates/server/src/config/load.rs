//! From `--config`, environment and file to a checked `Config`.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use super::env::{FILE_VARIABLE, Variables};
use super::layers::{Layers, Place, Problem};
use super::{Config, check, file};

/// The file that is read when none is named, if it exists.
pub const DEFAULT_FILE: &str = "vestibule.toml";

/// A configuration that holds, and what its owner should hear about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Sentences for the log: nothing that stops the start.
    pub warnings: Vec<String>,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
}

/// Why there is no configuration: every fault that was found, one a line. Values are judged once all are readable,
/// so that unknown keys and wrong types come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

impl ConfigError {
    /// The faults as sentences, each with its file and line or its variable. None holds a secret.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        self.problems.iter().map(ToString::to_string)
    }

    fn of(path: &Path, message: String) -> Self {
        let problem = Problem { place: Place::Preset, path: path.display().to_string(), message };
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentences().collect::<Vec<_>>().join("\n"))
    }
}

impl std::error::Error for ConfigError {}

/// Reads the configuration: the `named` file (`--config`), else the one that `VESTIBULE_CONFIG` names, else
/// `./vestibule.toml` if it exists, else none; over that the variables of `environment`, usually
/// [`super::env::process`]; below it the defaults.
///
/// # Errors
///
/// A named file that cannot be read, and everything that is wrong with the settings.
pub fn load(
    named: Option<&Path>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Loaded, ConfigError> {
    load_from(named, environment, Path::new(DEFAULT_FILE))
}

pub(super) fn load_from(
    named: Option<&Path>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    default_file: &Path,
) -> Result<Loaded, ConfigError> {
    let variables = Variables::of(environment);
    let (path, by) = match (named, variables.file()) {
        (Some(path), _) => (path.to_path_buf(), Some("--config")),
        (None, Some(path)) => (PathBuf::from(path), Some(FILE_VARIABLE)),
        (None, None) => (default_file.to_path_buf(), None),
    };
    let text = match (std::fs::read_to_string(&path), by) {
        (Ok(text), _) => text,
        (Err(error), None) if error.kind() == std::io::ErrorKind::NotFound => {
            return assemble(None, &variables);
        }
        (Err(error), None) => {
            return Err(ConfigError::of(&path, format!("the file cannot be read: {error}")));
        }
        (Err(error), Some(by)) => {
            return Err(ConfigError::of(&path, format!("the file named by {by} cannot be read: {error}")));
        }
    };
    assemble(Some((&path, &text)), &variables)
}

/// Reads a configuration from the text of a file that is said to be called `name`, and from variables; touches
/// neither disk nor process.
///
/// # Errors
///
/// Everything that is wrong with the settings.
pub fn parse(
    name: &str,
    text: &str,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Loaded, ConfigError> {
    assemble(Some((Path::new(name), text)), &Variables::of(environment))
}

fn assemble(source: Option<(&Path, &str)>, variables: &Variables) -> Result<Loaded, ConfigError> {
    let mut layers = Layers::default();
    let mut problems = match source {
        Some((path, text)) => file::apply(&mut layers, &path.display().to_string(), text),
        None => Vec::new(),
    };
    let (wrong, mut warnings) = variables.apply(&mut layers);
    problems.extend(wrong);
    // With a value missing that could not be read, what the others mean together would be guessed at.
    if problems.is_empty() {
        let checked = check::check(&layers);
        problems = checked.problems;
        warnings.extend(checked.warnings);
        if let (Some(config), true) = (checked.config, problems.is_empty()) {
            return Ok(Loaded { config, warnings, file: source.map(|(path, _)| path.to_path_buf()) });
        }
    }
    Err(ConfigError { problems })
}
