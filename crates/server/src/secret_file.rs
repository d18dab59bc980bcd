//! Files that the configuration names and that hold one secret each. The master key has its own, `master_key_file.rs`.

use std::path::Path;

use anyhow::{Context as _, bail};
use zeroize::Zeroizing;

/// Reads the secret that `key` of the configuration leads to. One closing line break is not part of it.
///
/// # Errors
/// One sentence with the remedy.
pub fn read(key: &str, path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let text = std::fs::read_to_string(path).map(Zeroizing::new).with_context(|| {
        format!(
            "the file {} that {key} names cannot be read: make it readable for the user that runs vestibule",
            path.display()
        )
    })?;
    let secret =
        text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if secret.is_empty() || secret.contains(char::is_control) {
        bail!("the file {} that {key} names holds no secret: one line of text is wanted", path.display());
    }
    Ok(Zeroizing::new(secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_the_one_line_of_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        for (text, secret) in [("s p", "s p"), ("s\n", "s"), ("s\r\n", "s"), (" s ", " s ")] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(*read("mail.smtp_password_file", &file).unwrap(), secret);
        }
        for text in ["", "\n", "a\nb", "a\n\n", "a\0"] {
            std::fs::write(&file, text).unwrap();
            let error = read("mail.smtp_password_file", &file).unwrap_err().to_string();
            assert!(
                error.ends_with(
                    "that mail.smtp_password_file names holds no secret: one line of text is wanted"
                )
            );
        }
        let error = read("captcha.secret_file", &folder.path().join("absent")).unwrap_err().to_string();
        assert!(error.contains("that captcha.secret_file names cannot be read"), "{error}");
    }
}
