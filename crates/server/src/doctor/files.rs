//! The data folder, and who may read the files with secrets.

#[cfg(unix)]
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::finding::{Finding, Rule};
use crate::config::{Config, DatabaseUrl, Provider, SecretSource, ServiceClient};
use crate::{secret_file, serve, service_clients};

pub(super) static RULES: &[&Rule] =
    &[&DATA_DIR, &DATA_DIR_EXPOSED, &FILE_OWNER, &SECRET_EXPOSED, &SECRET_UNREADABLE, &DISK_FULL];

static DATA_DIR: Rule = Rule::fault(
    "data_dir_unusable",
    "data_dir",
    "the data folder cannot be made, or nothing can be written into it",
    "Give the folder to the user that runs vestibule (chown), or set data_dir to one that is theirs",
);
static DATA_DIR_EXPOSED: Rule = Rule::warning(
    "data_dir_exposed",
    "data_dir",
    "others than its owner may look into the data folder or change it",
    "Take the rights away: chmod 700",
);
static FILE_OWNER: Rule = Rule::fault(
    "file_owner",
    "data_dir",
    "a file belongs to another user than the data folder, often because a command ran as root",
    "Give the file to the owner of the data folder (chown), and run commands as that user",
);
static SECRET_EXPOSED: Rule = Rule::fault(
    "secret_exposed",
    "",
    "a file with a secret may be read or written by others than its owner",
    "Take the rights away: chmod 600",
);
static SECRET_UNREADABLE: Rule = Rule::fault(
    "secret_unreadable",
    "*_file",
    "a file that the configuration names for a secret is not there, cannot be read, or holds none",
    "Put the secret into the file as its one line, readable for the user that runs vestibule, or correct the key",
);
static DISK_FULL: Rule = Rule::warning(
    "disk_full",
    "data_dir",
    "the file system of the data folder has less than 64 MiB left",
    "Make room, or put data_dir on a larger disk: without room nobody can log in",
);

/// The least that must be free, in bytes.
#[cfg(unix)]
const ROOM: u64 = 64 * 1024 * 1024;

/// What the group may not do to a folder, and others not at all.
#[cfg(unix)]
const FOLDER_RIGHTS: u32 = 0o027;
#[cfg(unix)]
const FILE_RIGHTS: u32 = 0o077;

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let mut findings = folder(&config.data_dir);
    findings.extend(secrets(config));
    #[cfg(unix)]
    {
        findings.extend(exposed(config));
        findings.extend(owners(config));
        findings.extend(room(&config.data_dir));
    }
    if findings.is_empty() {
        let count = serve::secret_files(config).iter().filter(|file| file.exists()).count();
        findings.push(Finding::fine(format!(
            "{} and {count} files with secrets are for their owner only",
            config.data_dir.display()
        )));
    }
    findings
}

/// Writes a file and takes it away again; a folder that is not there yet is made by the first start.
fn folder(path: &Path) -> Vec<Finding> {
    if !path.exists() {
        let parent = path.ancestors().skip(1).find(|above| above.as_os_str().is_empty() || above.exists());
        let above = parent.filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return match try_write(above) {
            Ok(()) => Vec::new(),
            Err(error) => vec![DATA_DIR.met(format!("{} cannot be made: {error}", path.display()))],
        };
    }
    match try_write(path) {
        Ok(()) => Vec::new(),
        Err(error) => vec![DATA_DIR.met(format!("{} cannot be written into: {error}", path.display()))],
    }
}

fn try_write(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(format!(".vestibule-doctor-{}", std::process::id()));
    let made = std::fs::OpenOptions::new().write(true).create_new(true).open(&file);
    made.and_then(|_| std::fs::remove_file(&file))
}

/// Every file that the configuration names for a secret, with its key.
fn secrets(config: &Config) -> Vec<Finding> {
    let file = |source: &SecretSource| source.file().map(Path::to_owned);
    let mut named = Vec::new();
    named.extend(config.mail.smtp_password_file.clone().map(|it| ("mail.smtp_password_file".to_owned(), it)));
    let captcha = config.captcha.as_ref().and_then(|captcha| file(&captcha.secret));
    named.extend(captcha.map(|it| ("captcha.secret_file".to_owned(), it)));
    for (index, provider) in config.providers.iter().enumerate() {
        let secret = provider.client_secret.as_ref().and_then(file);
        named.extend(secret.map(|it| (Provider::key(index, "client_secret_file"), it)));
    }
    for (index, client) in config.dialects.bixarena.service_clients.iter().enumerate() {
        named.push((ServiceClient::key(index, "secret_file"), client.secret_file.clone()));
    }
    let unreadable = |(key, file): (String, PathBuf)| {
        let error = secret_file::read(&key, &file).err()?;
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        Some(SECRET_UNREADABLE.met_at(key, format!("{} is of no use{cause}", file.display())))
    };
    let mut findings: Vec<Finding> = named.into_iter().filter_map(unreadable).collect();
    if findings.is_empty()
        && let Err(error) = service_clients::service_clients(config)
    {
        let key = "dialects.bixarena.service_clients";
        findings.push(SECRET_UNREADABLE.met_at(key, error.to_string()));
    }
    findings
}

#[cfg(unix)]
fn exposed(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mode = |path: &Path| std::fs::metadata(path).ok().map(|file| file.mode() & 0o777);
    if let Some(mode) = mode(&config.data_dir).filter(|mode| mode & FOLDER_RIGHTS != 0) {
        findings.push(DATA_DIR_EXPOSED.met(format!("{} has mode {mode:04o}", config.data_dir.display())));
    }
    let mut files: Vec<&Path> = serve::secret_files(config);
    files.extend(config.tls.as_ref().map(|tls| tls.key_file.as_path()));
    for file in files {
        if let Some(mode) = mode(file).filter(|mode| mode & FILE_RIGHTS != 0) {
            findings.push(SECRET_EXPOSED.met(format!("{} has mode {mode:04o}", file.display())));
        }
    }
    findings
}

/// What the server itself makes and must be able to write.
#[cfg(unix)]
fn owners(config: &Config) -> Vec<Finding> {
    let owner = |path: &Path| std::fs::metadata(path).ok().map(|file| file.uid());
    let Some(folder) = owner(&config.data_dir) else { return Vec::new() };
    let mut files = vec![config.master_key_file.clone(), config.data_dir.join("outbox")];
    if let DatabaseUrl::Sqlite(database) = &config.database {
        for end in ["", "-wal", "-shm"] {
            let mut name = database.clone().into_os_string();
            name.push(end);
            files.push(name.into());
        }
    }
    let ours = files.iter().filter(|file| file.starts_with(&config.data_dir));
    ours.filter_map(|file| foreign(file, owner(file)?, folder)).collect()
}

/// A file that belongs to another user than its folder.
#[cfg(unix)]
fn foreign(file: &Path, of: u32, folder: u32) -> Option<Finding> {
    let seen = || format!("{} belongs to user {of}, its folder to user {folder}", file.display());
    (of != folder).then(|| FILE_OWNER.met(seen()))
}

#[cfg(unix)]
fn room(folder: &Path) -> Option<Finding> {
    let system = rustix::fs::statvfs(folder).ok()?;
    let free = system.f_bavail.saturating_mul(system.f_frsize);
    (free < ROOM).then(|| DISK_FULL.met(format!("{} MiB are left", free / (1024 * 1024))))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn named(findings: &[Finding]) -> Vec<&'static str> {
        findings.iter().filter_map(|finding| finding.rule.map(|rule| rule.name)).collect()
    }

    #[test]
    fn a_file_of_another_user_is_named() {
        assert_eq!(foreign(Path::new("vestibule.db"), 1000, 1000), None);
        let finding = foreign(Path::new("vestibule.db"), 0, 1000).expect("named");
        assert_eq!(finding.seen, "vestibule.db belongs to user 0, its folder to user 1000");
    }

    #[test]
    fn a_folder_that_is_not_there_yet_need_only_be_possible() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(folder(&home.path().join("a/b")), []);
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "nothing is left");
        std::fs::write(home.path().join("file"), "").unwrap();
        assert_eq!(named(&folder(&home.path().join("file"))), ["data_dir_unusable"]);
    }

    #[test]
    fn a_group_may_look_into_the_folder_and_into_no_secret() {
        let home = tempfile::tempdir().unwrap();
        let text = format!("data_dir = {:?}", home.path().to_str().unwrap());
        let config = crate::config::parse("x", &text, []).unwrap().config;
        let key = home.path().join("master.key");
        std::fs::write(&key, "").unwrap();
        let with = |folder: u32, file: u32| {
            std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(folder)).unwrap();
            std::fs::set_permissions(&key, std::fs::Permissions::from_mode(file)).unwrap();
            named(&exposed(&config))
        };
        assert_eq!(with(0o700, 0o600), [""; 0]);
        assert_eq!(with(0o750, 0o400), [""; 0]);
        assert_eq!(with(0o770, 0o600), ["data_dir_exposed"]);
        assert_eq!(with(0o705, 0o600), ["data_dir_exposed"]);
        assert_eq!(with(0o700, 0o640), ["secret_exposed"]);
    }
}
