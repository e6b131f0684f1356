//! What the program's own codes mean. In: a code; out: its [`Explanation`], from `docs/codes.toml`. The rules of a form are
//! explained by the form.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Language;

const CODES: &str = include_str!("../../docs/codes.toml");

/// What is known of one of the program's own codes.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// What it means and what to do, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// What is wrong, in a sentence, and then what to do, for a clerk who never saw this program, in Chinese; empty of what concerns no such
    /// clerk.
    #[serde(default)]
    pub letter_zh: String,
    /// The same in English.
    #[serde(default)]
    pub letter_en: String,
    /// Where the rule comes from, where it is more than the program's own.
    #[serde(default)]
    pub source: String,
    /// Facts, or a call, that get it.
    #[serde(default)]
    pub wrong: String,
    /// The same without it.
    #[serde(default)]
    pub right: String,
}

impl Explanation {
    /// What it means and what to do, in a language.
    pub fn words(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

impl Explanation {
    /// The first sentence of an explanation, on one line and without its full stop.
    pub fn title(&self, language: Language) -> String {
        let lines: Vec<&str> = self.words(language).lines().collect();
        let line = lines.join(if language == Language::Zh { "" } else { " " });
        first_sentence(&line).to_owned()
    }
}

impl Explanation {
    /// What a letter to a clerk says: what is wrong, and what to do; nothing of what concerns no clerk.
    pub fn letter(&self, language: Language) -> Option<(&str, &str)> {
        let words = match language {
            Language::Zh => &self.letter_zh,
            Language::En => &self.letter_en,
        };
        let first = first_sentence(words);
        let rest = words.get(first.len()..)?.trim_start_matches(['。', '.']).trim();
        (!first.is_empty()).then_some((first, rest))
    }
}

/// The first sentence of words, without its full stop.
pub fn first_sentence(words: &str) -> &str {
    let line = words.trim().lines().next().unwrap_or_default();
    let ends = [line.find('。'), line.find(". "), line.strip_suffix('.').map(str::len)];
    &line[..ends.into_iter().flatten().min().unwrap_or(line.len())]
}

/// The explanation of one of the program's own codes.
pub fn built_in(code: &str) -> Option<Explanation> {
    all_built_in().remove(code)
}

/// The explanation of one of the program's own codes, read once in a run.
pub fn known(code: &str) -> Option<&'static Explanation> {
    static ALL: LazyLock<BTreeMap<String, Explanation>> = LazyLock::new(all_built_in);
    ALL.get(code)
}

/// The explanations of the program's own codes.
pub fn all_built_in() -> BTreeMap<String, Explanation> {
    toml::from_str(CODES).unwrap_or_default()
}
