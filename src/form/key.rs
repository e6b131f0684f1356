//! The keys of facts. In: what is declared, or written in facts; out: [`Key`], such as `requests.received.natural`, which knows its
//! parts.

use std::borrow::Borrow;
use std::fmt::{self, Display, Formatter};
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// The key of a fact or of a table of facts: the names that lead to it, from the outside in. The key without any names is that of
/// the whole file.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    /// The key of the whole file.
    pub const ROOT: Self = Self(String::new());

    /// The key as facts write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key that the names of another lead to from here.
    #[must_use]
    pub fn join(&self, below: &str) -> Self {
        match (self.is_empty(), below.is_empty()) {
            (true, _) => below.into(),
            (_, true) => self.clone(),
            _ => Self([self.as_str(), below].join(".")),
        }
    }

    /// The key of the table that it stands in, and its name there.
    pub fn split_last(&self) -> (Self, &str) {
        self.rsplit_once('.').map_or((Self::ROOT, self.as_str()), |(above, name)| (above.into(), name))
    }

    /// Whether it is `above`, or stands somewhere below it.
    pub fn is_within(&self, above: &Self) -> bool {
        above.is_empty()
            || self.strip_prefix(above.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl Deref for Key {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// By text too, since maps are asked for what somebody wrote.
impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Display for Key {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl From<&str> for Key {
    fn from(written: &str) -> Self {
        Self(written.to_owned())
    }
}

impl From<String> for Key {
    fn from(written: String) -> Self {
        Self(written)
    }
}

impl PartialEq<str> for Key {
    fn eq(&self, written: &str) -> bool {
        self.0 == written
    }
}

impl PartialEq<&str> for Key {
    fn eq(&self, written: &&str) -> bool {
        self.0 == *written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_knows_its_parts() {
        let key = Key::from("requests").join("received.natural");
        assert_eq!(key, "requests.received.natural");
        assert_eq!(key.split_last(), ("requests.received".into(), "natural"));
        assert_eq!(Key::from("year").split_last(), (Key::ROOT, "year"));
        assert_eq!((Key::ROOT.join("year"), Key::from("year").join("")), ("year".into(), "year".into()));
    }

    #[test]
    fn a_key_is_below_whole_names_only() {
        let is_within = |key: &str, above: &str| Key::from(key).is_within(&above.into());
        assert!(is_within("a.b", "a") && is_within("a", "a") && is_within("a", ""));
        assert!(!is_within("ab", "a") && !is_within("a", "a.b") && !is_within("ab.c", "a"));
    }
}
