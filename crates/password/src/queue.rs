//! The queue of waiting jobs: bounded over all, fair between lanes. Pure data: no thread, no clock, no job's content.
//!
//! * Lanes take turns: one job of a lane, then the next lane's. Within a lane the oldest goes first. A lane that
//!   comes back after running empty goes to the end of the round.
//! * When full, the longest lane makes room: a newcomer whose lane would still be shorter than the longest one takes
//!   the place of that lane's newest job. So a flood fills at most what nobody else wants.
//!
//! Every operation costs O(log n), n being the larger of lanes and jobs, [`FairQueue::drain`] O(n).

use std::collections::{BTreeMap, BTreeSet};

#[cfg(test)]
mod tests;

/// Whose job it is, for fairness: jobs of one lane wait for each other before they make anybody else wait. Usually a
/// digest of the client's address. Two clients that share a lane share its turns, nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane(pub u64);

/// A job's place in the queue, never given twice by one queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(u64);

/// What became of a pushed job.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pushed<T> {
    /// It waits.
    Placed(Ticket),
    /// It waits, in the place of this one.
    Displaced(Ticket, T),
    /// The queue is full and its lane has had its share: the job comes back.
    Refused(T),
}

/// The queue.
pub(crate) struct FairQueue<T> {
    capacity: usize,
    waiting: usize,
    /// Lanes with waiting jobs; an empty lane is forgotten.
    lanes: BTreeMap<Lane, Line<T>>,
    /// The round: the lane with the smallest turn is next.
    turns: BTreeMap<u64, Lane>,
    /// Every lane by the number of its waiting jobs; the last is the longest.
    lengths: BTreeSet<(usize, Lane)>,
    next_turn: u64,
    next_ticket: u64,
}

/// The waiting jobs of one lane, oldest first.
struct Line<T> {
    turn: u64,
    jobs: BTreeMap<Ticket, T>,
}

/// Which of a lane's jobs is meant.
#[derive(Clone, Copy)]
enum Which {
    Oldest,
    Newest,
    Holding(Ticket),
}

impl<T> FairQueue<T> {
    /// An empty queue with room for `capacity` jobs.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            waiting: 0,
            lanes: BTreeMap::new(),
            turns: BTreeMap::new(),
            lengths: BTreeSet::new(),
            next_turn: 0,
            next_ticket: 0,
        }
    }

    /// The number of waiting jobs.
    pub(crate) fn len(&self) -> usize {
        self.waiting
    }

    /// Puts a job at the end of its lane, if there is room or room can be made.
    pub(crate) fn push(&mut self, lane: Lane, job: T) -> Pushed<T> {
        if self.waiting < self.capacity {
            return Pushed::Placed(self.append(lane, job));
        }
        match self.make_room_for(lane) {
            Some(displaced) => Pushed::Displaced(self.append(lane, job), displaced),
            None => Pushed::Refused(job),
        }
    }

    /// Takes the job whose turn it is.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let (_, lane) = self.turns.pop_first()?;
        let job = self.take(lane, Which::Oldest);
        let turn = self.fresh_turn();
        if let Some(line) = self.lanes.get_mut(&lane) {
            line.turn = turn;
            self.turns.insert(turn, lane);
        }
        job
    }

    /// Takes the job that holds `ticket` out of its lane, if it still waits.
    pub(crate) fn remove(&mut self, lane: Lane, ticket: Ticket) -> Option<T> {
        self.take(lane, Which::Holding(ticket))
    }

    /// Takes all jobs, in no particular order.
    pub(crate) fn drain(&mut self) -> Vec<T> {
        self.waiting = 0;
        self.turns.clear();
        self.lengths.clear();
        std::mem::take(&mut self.lanes).into_values().flat_map(|line| line.jobs.into_values()).collect()
    }

    /// Takes the newest job of the longest lane, unless the newcomer's lane would then be as long as that one.
    fn make_room_for(&mut self, newcomer: Lane) -> Option<T> {
        let own = self.lanes.get(&newcomer).map_or(0, |line| line.jobs.len());
        let (longest, lane) = *self.lengths.last()?;
        if own + 1 < longest { self.take(lane, Which::Newest) } else { None }
    }

    fn append(&mut self, lane: Lane, job: T) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        let turn = self.fresh_turn();
        let line = self.lanes.entry(lane).or_insert_with(|| {
            self.turns.insert(turn, lane);
            Line { turn, jobs: BTreeMap::new() }
        });
        self.lengths.remove(&(line.jobs.len(), lane));
        line.jobs.insert(ticket, job);
        self.lengths.insert((line.jobs.len(), lane));
        self.waiting += 1;
        ticket
    }

    /// Takes one job out of a lane and keeps every index in step.
    fn take(&mut self, lane: Lane, which: Which) -> Option<T> {
        let line = self.lanes.get_mut(&lane)?;
        let before = line.jobs.len();
        let job = match which {
            Which::Oldest => line.jobs.pop_first()?.1,
            Which::Newest => line.jobs.pop_last()?.1,
            Which::Holding(ticket) => line.jobs.remove(&ticket)?,
        };
        self.waiting -= 1;
        self.lengths.remove(&(before, lane));
        if line.jobs.is_empty() {
            self.turns.remove(&line.turn);
            self.lanes.remove(&lane);
        } else {
            self.lengths.insert((before - 1, lane));
        }
        Some(job)
    }

    fn fresh_turn(&mut self) -> u64 {
        let turn = self.next_turn;
        self.next_turn += 1;
        turn
    }
}
