//! The rules of the queue, one by one, and then all of them against a naive model.

use proptest::prelude::*;

use super::*;

const A: Lane = Lane(1);
const B: Lane = Lane(2);
const C: Lane = Lane(3);

/// A queue holding these jobs, which all found room.
fn holding(capacity: usize, jobs: &[(Lane, &'static str)]) -> FairQueue<&'static str> {
    let mut queue = FairQueue::new(capacity);
    for (lane, job) in jobs {
        assert!(matches!(queue.push(*lane, *job), Pushed::Placed(_)), "no room for {job}");
    }
    queue
}

fn pop_all<T>(queue: &mut FairQueue<T>) -> Vec<T> {
    std::iter::from_fn(|| queue.pop()).collect()
}

#[test]
fn one_lane_is_first_come_first_served() {
    let mut queue = holding(3, &[(A, "a1"), (A, "a2"), (A, "a3")]);
    assert_eq!(pop_all(&mut queue), ["a1", "a2", "a3"]);
    assert_eq!(queue.len(), 0);
}

#[test]
fn lanes_take_turns() {
    let mut queue =
        holding(9, &[(A, "a1"), (A, "a2"), (A, "a3"), (B, "b1"), (B, "b2"), (C, "c1"), (A, "a4")]);
    assert_eq!(pop_all(&mut queue), ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]);
}

#[test]
fn a_lane_that_arrives_behind_a_flood_waits_for_one_job_of_it() {
    let mut queue = holding(9, &[(A, "a1"), (A, "a2"), (A, "a3"), (A, "a4")]);
    assert_eq!(queue.pop(), Some("a1"));
    queue.push(B, "b1");
    assert_eq!(pop_all(&mut queue), ["a2", "b1", "a3", "a4"]);
}

#[test]
fn a_lane_that_comes_back_goes_to_the_end_of_the_round() {
    let mut queue = holding(9, &[(A, "a1"), (B, "b1"), (C, "c1")]);
    assert_eq!(queue.pop(), Some("a1"));
    queue.push(A, "a2");
    assert_eq!(pop_all(&mut queue), ["b1", "c1", "a2"]);
}

#[test]
fn when_full_a_short_lane_takes_the_place_of_the_newest_job_of_the_longest() {
    let mut queue = holding(4, &[(B, "b1"), (A, "a1"), (A, "a2"), (A, "a3")]);
    assert!(matches!(queue.push(C, "c1"), Pushed::Displaced(_, "a3")));
    assert_eq!(queue.len(), 4);
    assert_eq!(pop_all(&mut queue), ["b1", "a1", "c1", "a2"]);
}

#[test]
fn when_full_a_lane_one_shorter_than_the_longest_gets_nothing() {
    let mut queue = holding(3, &[(A, "a1"), (A, "a2"), (B, "b1")]);
    assert_eq!(queue.push(B, "b2"), Pushed::Refused("b2"), "1 is not less than 2 - 1");
    assert_eq!(queue.push(A, "a3"), Pushed::Refused("a3"), "the longest itself");
    assert!(matches!(queue.push(C, "c1"), Pushed::Displaced(_, "a2")), "0 is less than 2 - 1");
    assert_eq!(queue.push(Lane(4), "d1"), Pushed::Refused("d1"), "all have one");
    assert_eq!(pop_all(&mut queue), ["a1", "b1", "c1"]);
}

#[test]
fn a_removed_job_leaves_its_place_and_its_lane() {
    let mut queue = FairQueue::new(2);
    let Pushed::Placed(ticket) = queue.push(A, "a1") else { panic!("no room") };
    queue.push(B, "b1");
    assert_eq!(queue.remove(B, ticket), None, "another lane's ticket");
    assert_eq!(queue.remove(A, ticket), Some("a1"));
    assert_eq!(queue.remove(A, ticket), None, "taken already");
    assert!(matches!(queue.push(C, "c1"), Pushed::Placed(_)));
    assert_eq!(pop_all(&mut queue), ["b1", "c1"]);
}

#[test]
fn drained_is_empty_and_usable() {
    let mut queue = holding(3, &[(A, "a1"), (B, "b1"), (A, "a2")]);
    let mut all = queue.drain();
    all.sort_unstable();
    assert_eq!(all, ["a1", "a2", "b1"]);
    assert_eq!((queue.len(), queue.pop()), (0, None));
    queue.push(A, "a3");
    assert_eq!(pop_all(&mut queue), ["a3"]);
}

#[derive(Clone, Debug)]
enum Step {
    Push(u64),
    Pop,
    Remove(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![5 => (0_u64..5).prop_map(Step::Push), 2 => Just(Step::Pop), 1 => (0_usize..20).prop_map(Step::Remove)];
    proptest::collection::vec(step, 0..200)
}

/// The same rules, told slowly: a list of jobs in order of arrival and a list of lanes in order of turn.
#[derive(Default)]
struct Model {
    jobs: Vec<(Lane, usize)>,
    round: Vec<Lane>,
}

impl Model {
    fn count(&self, lane: Lane) -> usize {
        self.jobs.iter().filter(|(of, _)| *of == lane).count()
    }

    fn take(&mut self, at: usize) -> usize {
        let (lane, job) = self.jobs.remove(at);
        if self.count(lane) == 0 {
            self.round.retain(|other| *other != lane);
        }
        job
    }

    fn add(&mut self, lane: Lane, job: usize) {
        self.jobs.push((lane, job));
        if !self.round.contains(&lane) {
            self.round.push(lane);
        }
    }

    /// The place of the job that would make room for one of `lane`. Of equally long lanes the largest yields.
    fn yielding_to(&self, lane: Lane) -> Option<usize> {
        let longest = self.round.iter().copied().max_by_key(|lane| (self.count(*lane), *lane))?;
        (self.count(lane) + 1 < self.count(longest))
            .then(|| self.jobs.iter().rposition(|(of, _)| *of == longest))
            .flatten()
    }

    fn pop(&mut self) -> Option<usize> {
        let lane = (!self.round.is_empty()).then(|| self.round.remove(0))?;
        let at = self.jobs.iter().position(|(of, _)| *of == lane)?;
        let (_, job) = self.jobs.remove(at);
        if self.count(lane) > 0 {
            self.round.push(lane);
        }
        Some(job)
    }
}

proptest! {
    #[test]
    fn any_history_agrees_with_the_model(capacity in 1_usize..8, steps in steps()) {
        let (mut queue, mut model) = (FairQueue::new(capacity), Model::default());
        let mut tickets = std::collections::HashMap::new();
        for (job, step) in steps.into_iter().enumerate() {
            match step {
                Step::Push(lane) => {
                    let lane = Lane(lane);
                    let full = model.jobs.len() == capacity;
                    match (queue.push(lane, job), full, model.yielding_to(lane)) {
                        (Pushed::Placed(ticket), false, _) => { tickets.insert(job, ticket); }
                        (Pushed::Displaced(ticket, out), true, Some(at)) => {
                            prop_assert_eq!(out, model.take(at));
                            tickets.insert(job, ticket);
                        }
                        (Pushed::Refused(back), true, None) => { prop_assert_eq!(back, job); continue; }
                        (other, _, _) => prop_assert!(false, "{:?}, full: {}", other, full),
                    }
                    model.add(lane, job);
                }
                Step::Pop => prop_assert_eq!(queue.pop(), model.pop()),
                Step::Remove(at) => if let Some((lane, job)) = model.jobs.get(at).copied() {
                    prop_assert_eq!(queue.remove(lane, tickets[&job]), Some(job));
                    model.take(at);
                }
            }
            prop_assert_eq!(queue.len(), model.jobs.len());
            prop_assert_eq!(queue.lengths.len(), queue.lanes.len());
            prop_assert_eq!(queue.turns.len(), queue.lanes.len());
        }
        let rest: Vec<_> = std::iter::from_fn(|| model.pop()).collect();
        prop_assert_eq!(pop_all(&mut queue), rest);
    }
}
