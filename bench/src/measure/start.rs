//! From the call that makes the process to its first answer.

use crate::figures::{Rounds, milliseconds};
use crate::measure::{Place, Plan};
use crate::progress;
use crate::report::{Table, section, verdict};
use crate::site::{Log, Site};

/// In milliseconds.
const LINE: f64 = 50.0;

pub(super) fn measure(sites: &[Site], place: &Place<'_>, plan: &Plan) -> anyhow::Result<String> {
    progress("starts");
    let (mut warm, mut first) = (vec![Vec::new(); sites.len()], Vec::new());
    for number in 0..plan.starts {
        for (site, times) in sites.iter().zip(&mut warm) {
            times.push(milliseconds(site.start(Log::Off)?.started_in));
        }
        let fresh = Site::empty(place.server, place.scratch.join(format!("first-{number}")), None)?;
        first.push(milliseconds(fresh.start(Log::Off)?.started_in));
    }
    let mut table = Table::new(&["Start", "ms", "line"]);
    for (site, times) in sites.iter().zip(warm) {
        let times = Rounds::of(times);
        table.row(&[
            format!("{}, with data", site.engine.name()),
            format!("{times:.1}"),
            format!("{} (<= {LINE} ms)", verdict(times.median <= LINE)),
        ]);
    }
    table.row(&[
        "SQLite, the very first".to_owned(),
        format!("{:.1}", Rounds::of(first)),
        "reported".to_owned(),
    ]);
    let introduction = format!(
        "From the call that makes the process to the first 200 of `/readyz`, {} times each. The very first start \
         also makes the database and the master key.",
        plan.starts
    );
    Ok(section("Start", &introduction, &[table]))
}
