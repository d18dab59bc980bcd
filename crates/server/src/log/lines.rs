//! Lines on their way out: collected in memory, and written by a thread of their own, many at once. A slow reader holds no
//! request up; what it does not take in time is left out, and a line says how much.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// Bytes that wait at most.
const ROOM: usize = 4 * 1024 * 1024;
/// How long lines are collected before they are written: a call to the system costs as much as making a line does.
const COLLECTED: Duration = Duration::from_millis(5);

/// Where lines are put.
#[derive(Clone)]
pub(super) struct Lines(Arc<Shared>);

/// The writing thread. It writes what is left when this is dropped, and ends.
pub struct Writing {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

pub(super) struct Shared {
    waiting: Mutex<Waiting>,
    /// Rung when there is something to write, and at the end.
    bell: Condvar,
}

#[derive(Default)]
struct Waiting {
    text: Vec<u8>,
    left_out: u64,
    ended: bool,
}

/// Starts a thread that writes to this.
pub(super) fn start(out: impl Write + Send + 'static) -> io::Result<(Lines, Writing)> {
    let shared = Arc::new(Shared { waiting: Mutex::default(), bell: Condvar::new() });
    let own = Arc::clone(&shared);
    let thread = std::thread::Builder::new().name("log".to_owned()).spawn(move || own.write_to(out))?;
    Ok((Lines(Arc::clone(&shared)), Writing { shared, thread: Some(thread) }))
}

impl Shared {
    fn with<T>(&self, act: impl FnOnce(&mut Waiting) -> T) -> T {
        act(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, line: &[u8]) {
        let was_empty = self.with(|waiting| {
            if waiting.text.len() + line.len() > ROOM {
                waiting.left_out += 1;
                return false;
            }
            let was_empty = waiting.text.is_empty();
            waiting.text.extend_from_slice(line);
            was_empty
        });
        if was_empty {
            self.bell.notify_one();
        }
    }

    fn write_to(&self, mut out: impl Write) {
        let mut text = Vec::new();
        loop {
            let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let idle = |waiting: &mut Waiting| waiting.text.is_empty() && !waiting.ended;
            let waiting = self.bell.wait_while(waiting, idle).unwrap_or_else(PoisonError::into_inner);
            let collecting = self.bell.wait_timeout_while(waiting, COLLECTED, |waiting| !waiting.ended);
            let (mut waiting, _) = collecting.unwrap_or_else(PoisonError::into_inner);
            std::mem::swap(&mut text, &mut waiting.text);
            let (left_out, ended) = (std::mem::take(&mut waiting.left_out), waiting.ended);
            drop(waiting);
            if left_out > 0 {
                let _ = writeln!(text, "{left_out} lines were left out: nobody read fast enough");
            }
            // To whom should it be told that nobody reads?
            let _ = out.write_all(&text).and_then(|()| out.flush());
            text.clear();
            // What a burst took is given back.
            text.shrink_to(ROOM / 64);
            if ended {
                return;
            }
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.shared.with(|waiting| waiting.ended = true);
        self.shared.bell.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = &'a Shared;

    fn make_writer(&'a self) -> Self::Writer {
        &self.0
    }
}

/// A line comes as a whole.
impl Write for &Shared {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.put(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Takes nothing until it is told to.
    struct Reader {
        may: mpsc::Receiver<()>,
        read: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.may.recv().map_err(io::Error::other)?;
            self.read.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn started() -> (Lines, Writing, mpsc::Sender<()>, Arc<Mutex<Vec<u8>>>) {
        let (may_read, may) = mpsc::channel();
        let read = Arc::new(Mutex::new(Vec::new()));
        let (lines, writing) = start(Reader { may, read: Arc::clone(&read) }).unwrap();
        (lines, writing, may_read, read)
    }

    #[test]
    fn every_line_is_written_in_order_also_at_the_end() {
        let (lines, writing, may_read, read) = started();
        let mut expected = String::new();
        for n in 0..1000 {
            let line = format!("line {n}\n");
            lines.make_writer().write_all(line.as_bytes()).unwrap();
            expected.push_str(&line);
        }
        for _ in 0..1000 {
            may_read.send(()).unwrap();
        }
        drop(writing);
        assert_eq!(String::from_utf8(read.lock().unwrap().clone()).unwrap(), expected);
    }

    #[test]
    fn a_reader_that_does_not_read_holds_nobody_up_and_is_told_what_it_missed() {
        let (lines, writing, may_read, read) = started();
        let line = [b'x'; 1023].into_iter().chain([b'\n']).collect::<Vec<_>>();
        // Twice as much as there is room for, besides what the reader holds in its hands.
        for _ in 0..3 * ROOM / line.len() {
            lines.make_writer().write_all(&line).unwrap();
        }
        for _ in 0..100 {
            may_read.send(()).unwrap();
        }
        drop(writing);
        let read = String::from_utf8(read.lock().unwrap().clone()).unwrap();
        let whole = read.lines().filter(|line| line.len() == 1023).count();
        let told: usize = read
            .lines()
            .filter_map(|line| line.split_once(" lines were left out")?.0.parse::<usize>().ok())
            .sum();
        assert_eq!(whole + told, 3 * ROOM / line.len());
        assert!(told >= ROOM / line.len(), "{told}");
    }
}
