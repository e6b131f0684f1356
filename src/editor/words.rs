//! The words of the page itself. In: a language; out: the words by their names, as the page asks for them.

use std::collections::BTreeMap;

use crate::diag::{Language, Text};

/// Both languages, one beside the other.
const WORDS: &str = include_str!("words.toml");

/// The words in a language.
pub(super) fn words(language: Language) -> BTreeMap<String, String> {
    all().into_iter().map(|(name, words)| (name, words.get(language).to_owned())).collect()
}

fn all() -> BTreeMap<String, Text> {
    // A test reads them; without words the page would be of no use to anybody.
    toml::from_str(WORDS).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::editor::routes::{PAGE, SCRIPTS};

    #[test]
    fn the_page_has_all_words_that_it_says_and_no_others() {
        let all = all();
        assert!(all.len() > 100, "{}", all.len());
        let texts = || SCRIPTS.iter().map(|(_, text)| *text).chain([PAGE]);
        let said: BTreeSet<&str> = texts().flat_map(|text| text.split('"').skip(1).step_by(2)).collect();
        for (name, words) in &all {
            let is_state = name.starts_with("state_") && texts().any(|text| text.contains("say(`state_${"));
            assert!(is_state || said.contains(name.as_str()), "nobody says {name}");
            let holes = |words: &str| {
                words.split('{').skip(1).map(|hole| hole.split('}').next()).collect::<BTreeSet<_>>().len()
            };
            assert_eq!(holes(&words.zh), holes(&words.en), "{name}");
        }
        let called = |text: &'static str| {
            let calls = ["say(\"", "tell(\"", "data-words=\"", "data-label=\""];
            calls.into_iter().flat_map(move |call| text.split(call).skip(1)).filter_map(|rest| rest.split('"').next())
        };
        for name in texts().flat_map(called) {
            assert!(all.contains_key(name), "{name} has no words");
        }
    }
}
