//! What the program's own codes mean. In: a code; out: its [`Explanation`], from `docs/codes.toml`. The rules of a form are
//! explained by the form.

use std::collections::BTreeMap;

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
    /// The first sentence of an explanation, without its full stop.
    pub fn title(&self, language: Language) -> &str {
        first_sentence(self.words(language))
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

/// The explanations of the program's own codes.
pub fn all_built_in() -> BTreeMap<String, Explanation> {
    toml::from_str(CODES).unwrap_or_default()
}
