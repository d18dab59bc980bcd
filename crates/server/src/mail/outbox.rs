//! Messages as files, where there is no mail server: for trying things out, and for whoever hands them on by other means.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use identity::mail::{Mail, MailError, MailId, Mailer};

use super::compose::Composer;

/// Writes each message to a file of its own.
#[derive(Debug)]
pub(super) struct Outbox {
    folder: Arc<Path>,
    composer: Composer,
}

impl Outbox {
    /// Writes to this folder, which is made when it is first needed.
    pub(super) fn new(folder: PathBuf, composer: Composer) -> Self {
        Self { folder: folder.into(), composer }
    }
}

#[async_trait]
impl Mailer for Outbox {
    async fn send(&self, id: MailId, mail: &Mail) -> Result<(), MailError> {
        let composed = self.composer.compose(id, mail)?;
        let time = jiff::Timestamp::from_millisecond(mail.at.millis())
            .map_or_else(|_| String::new(), |at| at.strftime("%Y%m%dT%H%M%SZ").to_string());
        // The same message at a second try is the same file.
        let name = format!("{time}-{id}.eml");
        let folder = Arc::clone(&self.folder);
        let (done, written) = tokio::sync::oneshot::channel();
        // A flush may take its time: it has a thread to itself, and nobody waits in the runtime.
        let writing = std::thread::Builder::new().name("outbox".to_owned()).spawn(move || {
            // Nobody may be there any more to hear it.
            let _ = done.send(write(&folder, &name, &composed.bytes));
        });
        let later = |error: &dyn std::fmt::Display| {
            MailError::Later(format!("the outbox {} cannot be written: {error}", self.folder.display()))
        };
        writing.map_err(|error| later(&error))?;
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(later(&error)),
            Err(_) => Err(later(&"the writing thread ended")),
        }
    }
}

/// Writes beside its place, flushes and renames, so that a file in the outbox is a whole message.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    make_folder(folder)?;
    let beside = folder.join(format!(".{name}.new"));
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let kept = written.and_then(|()| fs::rename(&beside, folder.join(name)));
    if kept.is_err() {
        // What is left of it holds a token.
        let _ = fs::remove_file(&beside);
    }
    kept?;
    fs::File::open(folder)?.sync_all()
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use identity::mail::MailKind;

    use super::super::fixtures::{composer, id, mail};
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_message_is_a_file_for_its_owner_only() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("data/outbox");
        let outbox = Outbox::new(folder.clone(), composer());
        let mail = mail(MailKind::VerifyEmail);
        outbox.send(id(), &mail).await.unwrap();
        assert_eq!(names(&folder), ["20261122T142111Z-01990000-0000-7000-8000-000000000001.eml"]);
        let file = folder.join(&names(&folder)[0]);
        let written = fs::read(&file).unwrap();
        assert_eq!(
            written,
            composer().compose(id(), &mail).map_err(|error| error.to_string()).unwrap().bytes
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn the_same_message_twice_is_one_file() {
        let home = tempfile::tempdir().unwrap();
        let outbox = Outbox::new(home.path().to_owned(), composer());
        // What a try left behind that was cut off.
        let left = ".20261122T142111Z-01990000-0000-7000-8000-000000000001.eml.new";
        fs::write(home.path().join(left), "half").unwrap();
        for _ in 0..2 {
            outbox.send(id(), &mail(MailKind::PasswordChanged)).await.unwrap();
        }
        assert_eq!(names(home.path()).len(), 1);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_a_matter_of_later() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("outbox");
        fs::write(&folder, "a file in its place").unwrap();
        let error =
            Outbox::new(folder, composer()).send(id(), &mail(MailKind::VerifyEmail)).await.unwrap_err();
        assert!(matches!(&error, MailError::Later(why) if why.starts_with("the outbox ")), "{error:?}");
        assert!(!error.to_string().contains("ann@") && !error.to_string().contains("tok-en"));
        assert_eq!(names(home.path()), ["outbox"]);
    }
}
