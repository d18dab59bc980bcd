//! What the system lets the process have.

use super::finding::{Finding, Rule};
use super::question::Seen;
use crate::connections;

pub(super) static RULES: &[&Rule] = &[&OPEN_FILES];

static OPEN_FILES: Rule = Rule::warning(
    "open_files",
    "",
    "the system lets the process have so few open files that some hundred clients shut everybody out",
    "Raise the limit: LimitNOFILE= in the unit, ulimit -n in a shell, ulimits in a container",
);

/// Connections are files; others of the server's are some dozens.
const FEWEST: u64 = 1024;

/// The running server's own limit, else the one that a server would have from here.
pub(super) fn look(running: Option<&Seen>) -> Vec<Finding> {
    let (whose, limit) = match running {
        Some(seen) => ("the running server", seen.open_files),
        None => ("this command", connections::open_files_at_most()),
    };
    vec![judge(whose, limit)]
}

fn judge(whose: &str, limit: Option<u64>) -> Finding {
    match limit {
        Some(files) if files < FEWEST => OPEN_FILES.met(format!("{whose} may open {files} files")),
        Some(files) => Finding::fine(format!("{whose} may open {files} files")),
        None => Finding::fine(format!("{whose} may open any number of files")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_open_files_are_named() {
        assert_eq!(judge("x", Some(1023)).rule, Some(&OPEN_FILES));
        assert_eq!(judge("x", Some(1024)).rule, None);
        assert_eq!(judge("x", None).rule, None);
    }
}
