//! Labels of a form that an import could not tell apart. In: a form; out: the pairs of them.

use crate::form::Form;

use super::wanted::{WantedLine, WantedTable};
use super::words::Score;

/// From this likeness on, a label with one character wrong could be the other.
const ALIKE: Score = 850;

/// Two labels of a table that an import could not tell apart.
pub struct Pair {
    /// The table's name.
    pub table: String,
    /// The one.
    pub first: String,
    /// The other.
    pub second: String,
}

/// The pairs of rows, and of columns, that have the same heads over them and labels that are almost the same.
pub fn alike(form: &Form) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for wanted in WantedTable::all(form) {
        let mut add = |lines: &[&WantedLine]| {
            for (number, first) in lines.iter().enumerate() {
                for second in lines[number + 1..].iter().filter(|second| are_alike(first, second)) {
                    let (first, second) = (first.label.clone(), second.label.clone());
                    pairs.push(Pair { table: wanted.table.name.clone(), first, second });
                }
            }
        };
        for block in &wanted.blocks {
            add(&block.columns.iter().collect::<Vec<_>>());
            add(&wanted.values_of_block(block).collect::<Vec<_>>());
        }
    }
    pairs
}

fn are_alike(first: &WantedLine, second: &WantedLine) -> bool {
    let (Some((leaf, over)), Some((other, above))) = (first.path.split_last(), second.path.split_last()) else {
        return false;
    };
    let is_same = |(a, b): (&super::words::Wordings, &super::words::Wordings)| {
        b.iter().next().is_some_and(|words| a.likeness(words) >= ALIKE)
    };
    let are_over_the_same = over.len() == above.len() && over.iter().zip(above).all(is_same);
    are_over_the_same && other.iter().any(|words| leaf.likeness(words) >= ALIKE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::files;

    #[test]
    fn labels_of_the_built_in_forms_can_be_told_apart() {
        for name in ["zfxxgk", "wznb", "foia"] {
            let form = files::load(name, None, None).expect("a built-in form");
            let pairs = alike(&form);
            let said: Vec<String> = pairs.iter().map(|pair| format!("{} | {}", pair.first, pair.second)).collect();
            assert!(said.is_empty(), "{name}: {said:?}");
        }
    }
}
