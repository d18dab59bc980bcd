//! The signals the process answers to. They are taken over at once and together: one that came before would end the
//! process without a word.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Every signal, taken over.
pub struct Signals {
    /// SIGTERM and SIGINT.
    pub stop: Stop,
    /// SIGHUP.
    pub hangup: Hangup,
}

/// Tells when to stop.
pub struct Stop {
    #[cfg(unix)]
    terminate: Signal,
    #[cfg(unix)]
    interrupt: Signal,
}

/// Tells when to read the certificate anew.
pub struct Hangup(#[cfg(unix)] Signal);

#[cfg(unix)]
impl Signals {
    /// Takes them over.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn take() -> std::io::Result<Self> {
        Ok(Self {
            stop: Stop {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
            },
            hangup: Hangup(signal(SignalKind::hangup())?),
        })
    }
}

#[cfg(unix)]
impl Stop {
    /// Waits for the signal.
    pub async fn told(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(unix)]
impl Hangup {
    /// Waits for the signal.
    pub async fn told(&mut self) {
        self.0.recv().await;
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Takes them over.
    ///
    /// # Errors
    /// None here.
    pub fn take() -> std::io::Result<Self> {
        Ok(Self { stop: Stop {}, hangup: Hangup() })
    }
}

#[cfg(not(unix))]
impl Stop {
    /// Waits for the signal.
    pub async fn told(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

#[cfg(not(unix))]
impl Hangup {
    /// There is no such signal here.
    pub async fn told(&mut self) {
        std::future::pending::<()>().await;
    }
}
