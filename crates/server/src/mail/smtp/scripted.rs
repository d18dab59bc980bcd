//! A mail server for tests that says what it was told to say, whatever it hears, and tells what it heard.

use std::sync::{Arc, Mutex};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// One thing that the server does.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// Writes these lines.
    Say(&'static str),
    /// Reads a line, which must begin so; a test fails when another comes.
    Hear(&'static str),
    /// Reads a message up to its closing dot.
    HearMessage,
    /// Shakes hands for TLS.
    Encrypt,
    /// Does nothing more, and keeps the connection.
    Hang,
    /// Closes the connection without a word.
    Close,
}

pub(super) use Act::{Close, Encrypt, Hang, Hear, HearMessage, Say};

/// A server with a script for each connection in turn; a connection without a script is closed at once.
pub(super) struct Scripted {
    pub(super) port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    folder: tempfile::TempDir,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Scripted {
    /// Its certificate is for `localhost`.
    pub(super) async fn start(scripts: Vec<Vec<Act>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("roots.pem"), cert.pem()).expect("written");
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .expect("a pair");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let heard = Arc::default();
        let noted = Arc::clone(&heard);
        tokio::spawn(async move {
            let mut scripts = scripts.into_iter();
            while let Ok((tcp, _)) = listener.accept().await {
                let Some(script) = scripts.next() else { continue };
                tokio::spawn(play(Box::new(tcp), script, acceptor.clone(), Arc::clone(&noted)));
            }
        });
        Self { port, heard, folder }
    }

    /// The file with its certificate.
    pub(super) fn roots(&self) -> String {
        self.folder.path().join("roots.pem").display().to_string()
    }

    /// The lines it heard so far, on all connections.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }
}

async fn play(
    stream: Box<dyn Stream>,
    script: Vec<Act>,
    acceptor: TlsAcceptor,
    heard: Arc<Mutex<Vec<String>>>,
) {
    let mut stream = BufReader::new(stream);
    let note = |line: &str| heard.lock().expect("no panic").push(line.trim_end().to_owned());
    for act in script {
        match act {
            Say(text) => {
                if stream.write_all(text.replace('\n', "\r\n").as_bytes()).await.is_err() {
                    return;
                }
            }
            Hear(beginning) => {
                let mut line = String::new();
                if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                    return;
                }
                note(&line);
                if !line.starts_with(beginning) {
                    note(&format!("INSTEAD OF {beginning}"));
                    return;
                }
            }
            HearMessage => loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                    return;
                }
                note(&line);
                if line == ".\r\n" {
                    break;
                }
            },
            Encrypt => match acceptor.accept(stream.into_inner()).await {
                Ok(tls) => stream = BufReader::new(Box::new(tls)),
                Err(_) => {
                    note("NO HANDSHAKE");
                    return;
                }
            },
            Hang => std::future::pending().await,
            Close => return,
        }
    }
    // A client that says good-bye is told so.
    let mut line = String::new();
    while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
        note(&line);
        if line.starts_with("QUIT") {
            // It may have gone.
            let _ = stream.write_all(b"221 bye\r\n").await;
            return;
        }
        line.clear();
    }
}
