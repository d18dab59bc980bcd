//! Memory: of a server that has just started, at its worst under a flood of logins, and some time after it.

use std::num::NonZero;
use std::thread;
use std::time::Duration;

use password::Cost;

use crate::check::CHECKED;
use crate::client::Connection;
use crate::figures::megabytes;
use crate::login::{LOGINS, Login};
use crate::measure::Plan;
use crate::people::People;
use crate::report::{Table, section, verdict};
use crate::site::Log;
use crate::{load, progress};

/// Logins in flight at any time of the flood.
const FLOOD: usize = 200;
/// "A few requests", by each door.
const FEW: usize = 5;
/// An idle server, in MB.
const IDLE_LINE: f64 = 20.0;
/// The flood, as a multiple of what hashing and idling take.
const FLOOD_LINE: f64 = 1.5;
/// The server gives its hashing memory back after ten seconds.
const AFTERWARDS: Duration = Duration::from_secs(12);

pub(super) fn measure(people: &[People], plan: &Plan) -> anyhow::Result<String> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let hashing = megabytes(u64::try_from(threads)? * u64::from(Cost::default().memory_kib) * 1024);
    let mut table = Table::new(&[
        "Engine",
        "idle, MB",
        "line",
        "most in the flood, MB",
        "of hashing + idle",
        "line",
        "afterwards, MB",
    ]);
    for people in people {
        progress(&format!("memory on {}", people.engine().name()));
        let server = people.site.start(Log::Off)?;
        for login in LOGINS {
            let mut connection = Connection::open(server.address)?;
            for request in people.checks(login, FEW) {
                connection.expect(&request, CHECKED)?;
            }
        }
        let idle = megabytes(server.memory()?.resident);
        let logins = people.logins(Login::Knox, FLOOD);
        load::closed_loop(server.address, &logins, FLOOD, Login::Knox.signed_in(), |_| {
            thread::sleep(plan.flood);
            Ok(())
        })?;
        let most = megabytes(server.memory()?.peak);
        thread::sleep(AFTERWARDS);
        let afterwards = megabytes(server.memory()?.resident);
        let ratio = most / (hashing + idle);
        table.row(&[
            people.engine().name().to_owned(),
            format!("{idle:.1}"),
            format!("{} (<= {IDLE_LINE} MB)", verdict(idle <= IDLE_LINE)),
            format!("{most:.1}"),
            format!("{ratio:.2}"),
            format!("{} (<= {FLOOD_LINE})", verdict(ratio <= FLOOD_LINE)),
            format!("{afterwards:.1}"),
        ]);
    }
    let introduction = format!(
        "Resident memory of the server's process, in millions of bytes. *Idle* is after the start and {} requests \
         without a login; *most* is the largest there was with {FLOOD} logins in flight all the time, against hashing \
         ({threads} threads with their memory, {hashing:.1} MB) and idle together; *afterwards* is {} s after the \
         last login.",
        FEW * LOGINS.len(),
        AFTERWARDS.as_secs()
    );
    Ok(section("Memory", &introduction, &[table]))
}
