//! The file with the master key: 64 hexadecimal digits, made on the first start, readable by its owner only.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use identity::MasterKey;
use identity::ports::Entropy;
use zeroize::Zeroizing;

/// Reads the key; makes the file when there is none and `may_make` says that no database needs an earlier one.
///
/// # Errors
/// One sentence with the remedy.
pub fn open(path: &Path, may_make: bool, entropy: &dyn Entropy) -> anyhow::Result<MasterKey> {
    match fs::read_to_string(path) {
        Ok(text) => parse(path, &Zeroizing::new(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound && may_make => make(path, entropy),
        Err(error) if error.kind() == io::ErrorKind::NotFound => bail!(
            "the master key file {} is missing, and the database was made with one: restore the file from your \
             backup, or set master_key_file to where it is",
            path.display()
        ),
        Err(error) => bail!(
            "the master key file {} cannot be read ({error}): make it readable for the user that runs vestibule",
            path.display()
        ),
    }
}

fn parse(path: &Path, text: &str) -> anyhow::Result<MasterKey> {
    let mut key = Zeroizing::new([0_u8; 32]);
    let digits = text.trim().as_bytes();
    let well_formed = digits.len() == 64 && digits.iter().all(u8::is_ascii_hexdigit);
    if !well_formed {
        bail!(
            "the master key file {} does not hold 64 hexadecimal digits: restore it from your backup",
            path.display()
        );
    }
    for (byte, pair) in key.iter_mut().zip(digits.chunks(2)) {
        *byte = pair.iter().fold(0, |high, digit| {
            high << 4
                | char::from(*digit).to_digit(16).and_then(|nibble| u8::try_from(nibble).ok()).unwrap_or(0)
        });
    }
    Ok(MasterKey::new(*key))
}

/// Writes a new key beside its place and links it there, so that the file is never half-written and of two
/// processes that start together one wins.
fn make(path: &Path, entropy: &dyn Entropy) -> anyhow::Result<MasterKey> {
    let mut key = Zeroizing::new([0_u8; 32]);
    entropy.fill(key.as_mut_slice());
    let text = Zeroizing::new(key.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n");
    let mut tag = [0; 8];
    entropy.fill(&mut tag);
    let beside = path.with_extension(format!("{:016x}.new", u64::from_be_bytes(tag)));
    let written = write_private(&beside, &text).and_then(|()| match fs::hard_link(&beside, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    let removed = fs::remove_file(&beside);
    written.and(removed).with_context(|| {
        format!("the master key file {} cannot be made: make its folder writable", path.display())
    })?;
    // The name is durable before a database relies on it.
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::File::open(folder)?.sync_all()?;
    }
    let text = fs::read_to_string(path).with_context(|| {
        format!("the master key file {} cannot be read: if it is a link, mend or remove it", path.display())
    })?;
    parse(path, &Zeroizing::new(text))
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Whether others than the owner may read the file.
pub fn is_exposed(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[test]
    fn a_new_key_is_private_and_read_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("master.key");
        let made = open(&path, true, &SystemEntropy).expect("made");
        let read = open(&path, false, &SystemEntropy).expect("read");
        assert_eq!(made.check(), read.check());
        assert!(!is_exposed(&path));
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_lost_or_damaged_key_is_told_with_the_remedy() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("master.key");
        let lost = open(&path, false, &SystemEntropy).expect_err("lost").to_string();
        assert!(lost.contains("restore the file from your backup"), "{lost}");
        for damaged in ["", "abc", &"g".repeat(64), &"ä".repeat(32)] {
            fs::write(&path, damaged).expect("written");
            let error = open(&path, true, &SystemEntropy).expect_err("damaged").to_string();
            assert!(error.contains("restore it from your backup"), "{error}");
        }
    }
}
