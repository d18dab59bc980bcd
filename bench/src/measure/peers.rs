//! Logins and checks beside servers by others that do the same work.

use crate::check::CHECKED;
use crate::client::Connection;
use crate::figures::Rounds;
use crate::load::{self, Window};
use crate::login::Login;
use crate::measure::{LOGIN_CLIENTS, Place, Plan, asked};
use crate::peer::{PEERS, Peer};
use crate::people::People;
use crate::process::Process;
use crate::progress;
use crate::report::{Table, section, verdict};
use crate::site::{Engine, Log};

/// Ours is asked by the dialect that is Django's.
const LOGIN: Login = Login::Knox;

/// Somebody who answers.
struct Subject {
    peer: Option<Peer>,
    server: Process,
    logins: Vec<Vec<u8>>,
    signed_in: u16,
    checks: Vec<Vec<u8>>,
    rounds: Vec<Round>,
}

struct Round {
    logins: Window,
    checks: Window,
    /// Our logins a second, right before and right behind.
    ours: f64,
}

impl Subject {
    fn ours(people: &People) -> anyhow::Result<Self> {
        Ok(Self {
            peer: None,
            server: people.site.start(Log::Off)?,
            logins: people.logins(LOGIN, LOGIN_CLIENTS),
            signed_in: LOGIN.signed_in(),
            checks: people.checks(LOGIN, people.users.len()),
            rounds: vec![],
        })
    }

    fn theirs(peer: Peer, place: &Place<'_>, people: &People) -> anyhow::Result<Self> {
        progress(&format!("preparing {}", peer.name()));
        let url = place.postgres.create(peer.database())?;
        peer.prepare(place.peers, &url, &people.users)?;
        let server = peer.start(place.peers, &url)?;
        let mut connection = Connection::open(server.address)?;
        let checks = people.users.iter().map(|user| peer.check(&mut connection, user));
        Ok(Self {
            peer: Some(peer),
            checks: checks.collect::<anyhow::Result<_>>()?,
            server,
            logins: people.users.iter().take(LOGIN_CLIENTS).map(|user| peer.login(user)).collect(),
            signed_in: 200,
            rounds: vec![],
        })
    }

    fn logins(&self, plan: &Plan) -> anyhow::Result<Window> {
        load::closed_loop(self.server.address, &self.logins, LOGIN_CLIENTS, self.signed_in, |counter| {
            load::window(counter, Some(&self.server), plan.warm_up, plan.logins)
        })
    }

    /// What ours must be of it at least.
    fn line(&self) -> Option<f64> {
        Some(match self.peer? {
            Peer::Django => 4.0,
            Peer::BetterAuth => 2.0,
        })
    }

    fn row(&self) -> [String; 7] {
        let rounds = |figure: fn(&Round) -> f64| Rounds::of(self.rounds.iter().map(figure));
        let ratio = rounds(|round| round.ours / round.logins.rate());
        let line = self.line();
        [
            self.peer.map_or("Vestibule", Peer::name).to_owned(),
            format!("{:.1}", rounds(|round| round.logins.rate())),
            line.map_or_else(String::new, |_| format!("{ratio:.2}")),
            line.map_or_else(String::new, |line| format!("{} (>= {line:.0})", verdict(ratio.median >= line))),
            format!("{:.2}", rounds(|round| round.logins.processor_us() / 1e3)),
            format!("{:.0}", rounds(|round| round.checks.rate())),
            format!("{:.0}", rounds(|round| round.checks.processor_us())),
        ]
    }
}

pub(super) fn measure(people: &[People], place: &Place<'_>, plan: &Plan) -> anyhow::Result<String> {
    let mut table = Table::new(&[
        "Server",
        "logins/s",
        "Vestibule's, of its",
        "line",
        "CPU of a login, ms",
        "checks/s",
        "CPU of a check, us",
    ]);
    for people in people.iter().filter(|people| people.engine() == Engine::Postgres) {
        let mut ours = Subject::ours(people)?;
        let theirs = PEERS.map(|peer| Subject::theirs(peer, place, people));
        let mut theirs = theirs.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        for round in 1..=plan.rounds {
            progress(&format!("peers, round {round} of {}", plan.rounds));
            let mut before = ours.logins(plan)?;
            for peer in &mut theirs {
                let logins = peer.logins(plan)?;
                let behind = ours.logins(plan)?;
                let rate = f64::midpoint(before.rate(), behind.rate());
                let checks = asked(&peer.server, &peer.checks, plan)?;
                peer.rounds.push(Round { logins, checks, ours: rate });
                before = behind;
            }
            let checks = asked(&ours.server, &ours.checks, plan)?;
            ours.rounds.push(Round { logins: before, checks, ours: before.rate() });
        }
        table.row(&ours.row());
        theirs.iter().for_each(|peer| table.row(&peer.row()));
    }
    let introduction = format!(
        "Servers by others that do the same work, each with one process a core on the same PostgreSQL, which is where \
         they run in earnest: on SQLite their processes would wait for each other. All verify the same Argon2id (19456 \
         KiB, 2 passes, 1 lane) and keep sessions in the database. {LOGIN_CLIENTS} clients log in without a pause, by \
         `{}` at Vestibule; its rate is the mean of what it is right before and right behind the other's. CPU is that of \
         the server's processes, PostgreSQL's aside. Checks (`GET /auth/user/`, `GET /api/auth/get-session`), each \
         answered with {CHECKED}, are told without a line.",
        LOGIN.check().door()
    );
    Ok(section("Peers", &introduction, &[table]))
}
