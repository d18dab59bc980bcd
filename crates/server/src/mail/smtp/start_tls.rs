//! The few lines in the open before STARTTLS (RFC 3207), read byte by byte.
//!
//! A reader with a buffer would keep what somebody on the way wrote behind the server's go-ahead, and take it for the
//! server's words once the way is encrypted. Here nothing is read ahead: such bytes meet the handshake, which fails.
//! Nothing but our name is sent before that, and a server that does not encrypt is sent nothing more.

use identity::mail::MailError;
use lettre::transport::smtp::extension::ClientId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The longest answer, in bytes; an EHLO's is some hundreds.
const MOST_HEARD: usize = 8192;

/// An answer: its code and its lines.
struct Reply {
    code: String,
    lines: Vec<String>,
}

/// Asks for encryption; when this returns well, the handshake comes next.
///
/// # Errors
/// [`MailError::Later`], whatever it was.
pub(super) async fn ask(tcp: &mut TcpStream, hello: &ClientId) -> Result<(), MailError> {
    expect(&reply(tcp).await?, "220")?;
    say(tcp, &format!("EHLO {hello}\r\n")).await?;
    let offer = reply(tcp).await?;
    expect(&offer, "250")?;
    if !offer.lines.iter().any(|line| line.trim().eq_ignore_ascii_case("STARTTLS")) {
        return Err(MailError::Later(
            "the mail server offers no STARTTLS, so it was sent nothing: use smtps:// in mail.smtp_url, or tls=none \
             where the way to it is safe"
                .to_owned(),
        ));
    }
    say(tcp, "STARTTLS\r\n").await?;
    expect(&reply(tcp).await?, "220")
}

fn expect(reply: &Reply, code: &str) -> Result<(), MailError> {
    if reply.code == code {
        Ok(())
    } else {
        Err(MailError::Later(format!("the mail server does not begin to encrypt: {}", reply.code)))
    }
}

fn failed(why: &dyn std::fmt::Display) -> MailError {
    MailError::Later(format!("the mail server did not finish: {why}"))
}

async fn say(tcp: &mut TcpStream, line: &str) -> Result<(), MailError> {
    tcp.write_all(line.as_bytes()).await.map_err(|error| failed(&error))
}

/// One answer, of one line or more: `250-NAME`, and `250 NAME` as the last (RFC 5321, 4.2.1).
async fn reply(tcp: &mut TcpStream) -> Result<Reply, MailError> {
    let (mut lines, mut line, mut heard) = (Vec::new(), Vec::new(), 0);
    loop {
        let byte = tcp.read_u8().await.map_err(|_| failed(&"it hung up"))?;
        heard += 1;
        if heard > MOST_HEARD {
            return Err(failed(&"its answer has no end"));
        }
        if byte != b'\n' {
            line.push(byte);
            continue;
        }
        let text = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
        line.clear();
        let code = text.get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
        let (Some(code), mark) = (code, text.get(3..4)) else {
            return Err(failed(&"it does not speak SMTP"));
        };
        lines.push(text.get(4..).unwrap_or_default().to_owned());
        if mark != Some("-") {
            return Ok(Reply { code: code.to_owned(), lines });
        }
    }
}
