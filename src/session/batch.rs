//! Work on many reports. In: how many there are, and what to do with one; out: what came of each, in their order, as soon
//! as it and those before it are done, so that nothing piles up.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::interrupt::Interrupt;

/// How often it is looked whether somebody asked to stop.
const TURN: Duration = Duration::from_millis(50);

/// How long results pile up while more are to come: to be woken for each takes longer than a quick one.
const PILE: Duration = Duration::from_millis(2);

/// What becomes of results: each is taken into `into`, and `leave` ends the process with what was taken before all is done.
pub struct Taking<S, F, L> {
    /// What results are taken into.
    pub into: S,
    /// Takes one.
    pub take: F,
    /// Ends the process.
    pub leave: L,
}

/// Does `work` on the items from 0 to `count`, some at once, and hands what comes of them over in their order. Gives what
/// they were taken into. Where somebody asks to stop, work in hand is left as it is, but for files that are being written.
pub fn in_order<T: Send, S, F: FnMut(&mut S, usize, T), L: FnOnce(S) -> S>(
    count: usize,
    jobs: NonZeroUsize,
    interrupt: &Interrupt,
    work: impl Fn(usize) -> T + Sync,
    taking: Taking<S, F, L>,
) -> S {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let toil = |sender: mpsc::Sender<(usize, T)>| {
        while !interrupt.is_asked() {
            let item = next.fetch_add(1, Ordering::Relaxed);
            if item >= count || sender.send((item, work(item))).is_err() {
                break;
            }
        }
    };
    // In a pool, what Typst does at once within one report keeps to the same number of threads.
    match rayon::ThreadPoolBuilder::new().num_threads(jobs.get()).build() {
        Ok(pool) => pool.in_place_scope(|scope| {
            for _ in 0..jobs.get().min(count) {
                let (sender, toil) = (sender.clone(), &toil);
                scope.spawn(move |_| toil(sender));
            }
            drop(sender);
            hand_over(count, &receiver, interrupt, taking)
        }),
        Err(_) => {
            toil(sender);
            hand_over(count, &receiver, interrupt, taking)
        }
    }
}

fn hand_over<T, S, F: FnMut(&mut S, usize, T), L: FnOnce(S) -> S>(
    count: usize,
    receiver: &Receiver<(usize, T)>,
    interrupt: &Interrupt,
    taking: Taking<S, F, L>,
) -> S {
    let Taking { mut into, mut take, leave } = taking;
    let (mut due, mut waiting) = (0, BTreeMap::new());
    let mut is_left = false;
    loop {
        match receiver.recv_timeout(TURN) {
            Ok((item, made)) => drop(waiting.insert(item, made)),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if is_left => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        waiting.extend(receiver.try_iter());
        if interrupt.is_asked() && !is_left {
            // What is being written is whole then, and comes in within another turn.
            interrupt.close();
            is_left = true;
        }
        while let Some(made) = waiting.remove(&due) {
            take(&mut into, due, made);
            due += 1;
        }
        if due < count {
            thread::sleep(PILE);
        }
    }
    // Those after one that was left.
    waiting.into_iter().for_each(|(item, made)| take(&mut into, item, made));
    if is_left { leave(into) } else { into }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn leave<S>(_: S) -> S {
        panic!("nobody asked to stop")
    }

    #[test]
    fn results_come_in_order_whichever_is_done_first() {
        let jobs = NonZeroUsize::new(4).expect("four");
        let slow_at_first = |item: usize| {
            thread::sleep(Duration::from_millis(if item.is_multiple_of(4) { 5 } else { 0 }));
            item * item
        };
        let taking = Taking { into: Vec::new(), take: |seen: &mut Vec<_>, item, made| seen.push((item, made)), leave };
        let seen = in_order(50, jobs, &Interrupt::default(), slow_at_first, taking);
        assert_eq!(seen, (0..50).map(|item| (item, item * item)).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_to_do_is_done_at_once() {
        let taking = Taking { into: 0, take: |seen: &mut usize, _, ()| *seen += 1, leave };
        assert_eq!(in_order(0, NonZeroUsize::MIN, &Interrupt::default(), |_| (), taking), 0);
    }
}
