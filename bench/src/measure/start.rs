//! From the call that makes the server's process to its first good answer: without a database, with an empty one, and with
//! a large one.

use crate::crowd::{Crowd, Size};
use crate::figures::{Rounds, milliseconds};
use crate::measure::{Place, Plan};
use crate::progress;
use crate::report::{Table, section, verdict};
use crate::site::{Log, Site};

/// In milliseconds.
const LINE: f64 = 50.0;

struct Case<'a> {
    site: &'a Site,
    of: String,
    times: Vec<f64>,
}

pub(super) fn measure(crowds: &[Crowd], place: &Place<'_>, plan: &Plan) -> anyhow::Result<String> {
    progress("starts");
    let empty = |name: &str, database| {
        let site = Site::empty(place.server, place.scratch.join(name), database)?;
        drop(site.start(Log::Off)?);
        anyhow::Ok(site)
    };
    let empty =
        [empty("nobody-sqlite", None)?, empty("nobody-postgres", Some(place.postgres.create("nobody")?))?];
    let nobody = empty.iter().map(|site| (site, "no user".to_owned()));
    let many = crowds.iter().map(|Crowd { site, size, .. }| {
        let Size { sessions } = size;
        (site, format!("{} users, {sessions} sessions", size.users()))
    });
    let cases = nobody.chain(many).map(|(site, of)| Case { site, of, times: vec![] });
    let (mut cases, mut first) = (cases.collect::<Vec<_>>(), Vec::new());
    for number in 0..plan.starts {
        for case in &mut cases {
            case.times.push(milliseconds(case.site.start(Log::Off)?.started_in));
        }
        let fresh = Site::empty(place.server, place.scratch.join(format!("first-{number}")), None)?;
        first.push(milliseconds(fresh.start(Log::Off)?.started_in));
    }
    let mut table = Table::new(&["Start", "ms", "line"]);
    for Case { site, of, times } in cases {
        let times = Rounds::of(times);
        table.row(&[
            format!("{}, {of}", site.engine.name()),
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
