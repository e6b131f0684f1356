//! Work on many reports. In: how many there are, and what to do with one; out: what came of each, in their order, as soon
//! as it and those before it are done, so that nothing piles up.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use crate::interrupt::Interrupt;

/// Does `work` on the items from 0 to `count`, some at once, and hands what comes of them to `take` in their order. Gives
/// how many were handed over: all of them, unless somebody asked to stop.
pub fn in_order<T: Send>(
    count: usize,
    jobs: NonZeroUsize,
    interrupt: &Interrupt,
    work: impl Fn(usize) -> T + Sync,
    mut take: impl FnMut(usize, T),
) -> usize {
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
    let mut due = 0;
    let mut hand_over = |receiver: mpsc::Receiver<(usize, T)>| {
        let mut waiting = BTreeMap::new();
        for (item, made) in receiver {
            waiting.insert(item, made);
            while let Some(made) = waiting.remove(&due) {
                take(due, made);
                due += 1;
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
            hand_over(receiver);
        }),
        Err(_) => {
            toil(sender);
            hand_over(receiver);
        }
    }
    due
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn results_come_in_order_whichever_is_done_first() {
        let jobs = NonZeroUsize::new(4).expect("four");
        let slow_at_first = |item: usize| {
            thread::sleep(Duration::from_millis(if item.is_multiple_of(4) { 5 } else { 0 }));
            item * item
        };
        let mut seen = Vec::new();
        let done = in_order(50, jobs, &Interrupt::default(), slow_at_first, |item, made| seen.push((item, made)));
        assert_eq!(done, 50);
        assert_eq!(seen, (0..50).map(|item| (item, item * item)).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_to_do_is_done_at_once() {
        assert_eq!(in_order(0, NonZeroUsize::MIN, &Interrupt::default(), |_| (), |_, ()| ()), 0);
    }
}
