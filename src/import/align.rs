//! Two sequences laid side by side. In: how alike each of the one is to each of the other; out: which belong together, in one order.

use super::words::Score;

/// The most pairs that are looked at; no file of a report has as many rows or headings.
const MOST: usize = 20_000_000;

/// For each of the first sequence, which of the second it is and how alike they are. The order of neither is changed, each may be
/// left out, and nothing below `floor` belongs together. Squares are added up, so that one sure pair is worth more than two
/// doubtful ones; of pairs that are as good, the earlier is taken.
pub fn monotone(
    first: usize,
    second: usize,
    likeness: impl Fn(usize, usize) -> Score,
    floor: Score,
) -> Vec<Option<(usize, Score)>> {
    if first.saturating_mul(second) > MOST {
        return vec![None; first];
    }
    let width = second + 1;
    let mut scores = vec![0; first * second];
    let mut best = vec![0u64; (first + 1) * width];
    for i in 1..=first {
        for j in 1..=second {
            let score = likeness(i - 1, j - 1);
            scores[(i - 1) * second + j - 1] = score;
            let without = best[(i - 1) * width + j].max(best[i * width + j - 1]);
            let with = best[(i - 1) * width + j - 1] + u64::from(score) * u64::from(score);
            best[i * width + j] = if score >= floor { without.max(with) } else { without };
        }
    }
    let mut pairs = vec![None; first];
    let (mut i, mut j) = (first, second);
    while i > 0 && j > 0 {
        let here = best[i * width + j];
        if here == best[(i - 1) * width + j] {
            i -= 1;
        } else if here == best[i * width + j - 1] {
            j -= 1;
        } else {
            pairs[i - 1] = Some((j - 1, scores[(i - 1) * second + j - 1]));
            i -= 1;
            j -= 1;
        }
    }
    pairs
}

/// As [`monotone`]; of pairs that are as good, the later is taken.
pub fn monotone_late(
    first: usize,
    second: usize,
    likeness: impl Fn(usize, usize) -> Score,
    floor: Score,
) -> Vec<Option<(usize, Score)>> {
    let backwards = |i: usize, j: usize| likeness(first - 1 - i, second - 1 - j);
    let mut pairs = monotone(first, second, backwards, floor);
    pairs.reverse();
    pairs.into_iter().map(|pair| pair.map(|(j, score)| (second - 1 - j, score))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(a: &str, b: &str) -> String {
        let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        let like = |i: usize, j: usize| match (a[i], b[j]) {
            (x, y) if x == y => 1000,
            (x, y) if x.eq_ignore_ascii_case(&y) => 700,
            _ => 0,
        };
        let pairs = monotone(a.len(), b.len(), like, 600);
        pairs.iter().map(|pair| pair.map_or('-', |(j, _)| b[j])).collect()
    }

    #[test]
    fn order_is_kept_and_each_may_be_left_out() {
        assert_eq!(told("abcd", "abcd"), "abcd");
        assert_eq!(told("axd", "abcd"), "a-d");
        assert_eq!(told("bac", "abc"), "b-c");
        // Two doubtful pairs are worth less than one that is sure.
        assert_eq!(told("cAB", "abc"), "c--");
        assert_eq!(told("aa", "a"), "a-");
        assert_eq!(told("", "a"), "");
    }

    #[test]
    fn of_pairs_that_are_as_good_one_may_ask_for_the_later() {
        let like = |_: usize, _: usize| 1000;
        assert_eq!(monotone(3, 1, like, 600), [Some((0, 1000)), None, None]);
        assert_eq!(monotone_late(3, 1, like, 600), [None, None, Some((0, 1000))]);
    }
}
