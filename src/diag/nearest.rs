//! Guesses what a mistyped name was meant to be. In: the word and the names there are; out: the nearest, if any is near.

use super::{Text, text};

/// The longest word that is compared, in characters.
const LONGEST: usize = 200;

/// The known name that `word` was most likely meant to be, if any is near.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    let far = |name: &str| 1 + name.chars().count().max(length) / 4;
    // Words are as far apart as their lengths, and to compare a word of a million letters takes a while.
    let may_be_near = |name: &&str| name.chars().count().abs_diff(length) <= far(name) && length <= LONGEST;
    known
        .into_iter()
        .filter(may_be_near)
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .filter(|(distance, name)| *distance <= far(name))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The question that goes with the nearest name, if any is near.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Text> {
    nearest(word, known).map(|near| text!("是否为“{near}”？", "did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        assert_eq!(nearest("recieved", ["received", "carried_in"]), Some("received"));
        assert_eq!(nearest("xyzzy", ["received", "carried_in"]), None);
    }
}
