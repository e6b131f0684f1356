//! Messages in the languages of the users. In: one wording for each language, written side by side where the
//! problem is found, so that none can be missing; out: [`Text`], of which the writer picks one wording.

use std::env;

/// A language that messages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// 简体中文.
    Zh,
    /// English.
    En,
}

impl Language {
    /// The language to use: what was asked for, else `NIANBAO_LANG`, else the locale, else Chinese.
    ///
    /// The program's users are Chinese offices, so a machine without a locale (`C`, `POSIX`) gets Chinese.
    pub fn choose(asked: Option<Self>) -> Self {
        let of_variable = |name: &str| env::var(name).ok().and_then(|value| Self::of_locale(&value));
        asked
            .or_else(|| of_variable("NIANBAO_LANG"))
            .or_else(|| ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(of_variable))
            .unwrap_or(Self::Zh)
    }

    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    fn of_locale(locale: &str) -> Option<Self> {
        let locale = locale.to_ascii_lowercase();
        if locale.starts_with("zh") {
            Some(Self::Zh)
        } else if locale.starts_with("en") {
            Some(Self::En)
        } else {
            None
        }
    }
}

/// A wording in each language.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub struct Text {
    /// 简体中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The wording in `language`.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }

    /// Words that are the same in every language, such as a message of the operating system.
    pub fn verbatim(words: impl Into<String>) -> Self {
        let words = words.into();
        Self { zh: words.clone(), en: words }
    }
}

/// Writes a [`Text`]: the Chinese wording, then the English one, each a format string.
macro_rules! text {
    ($zh:literal, $en:literal $(, $($arg:tt)*)?) => {
        $crate::diag::Text {
            zh: format!($zh $(, $($arg)*)?),
            en: format!($en $(, $($arg)*)?),
        }
    };
}
pub(crate) use text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_name_languages() {
        assert_eq!(Language::of_locale("zh_CN.UTF-8"), Some(Language::Zh));
        assert_eq!(Language::of_locale("en_GB"), Some(Language::En));
        assert_eq!(Language::of_locale("C"), None);
        assert_eq!(Language::choose(Some(Language::En)), Language::En);
    }
}
