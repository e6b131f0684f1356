//! How a text file begins and ends its lines. In: the bytes of a file; out: what its text in Unix form becomes when it is
//! written again in the same manner, so that a file of Windows stays one.

/// A byte order mark and the kind of line ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    has_mark: bool,
    is_windows: bool,
    is_mixed: bool,
}

const MARK: &str = "\u{feff}";

impl Ends {
    /// Those of a file; where there are both kinds of line ends, the one that most lines have.
    pub fn of(bytes: &[u8]) -> Self {
        let all = bytes.iter().filter(|byte| **byte == b'\n').count();
        let windows = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
        let unix = all - windows;
        Self {
            has_mark: bytes.starts_with(MARK.as_bytes()),
            is_windows: windows > unix,
            is_mixed: windows > 0 && unix > 0,
        }
    }

    /// Whether the file has both kinds of line ends.
    pub fn is_mixed(self) -> bool {
        self.is_mixed
    }

    /// The usual name of the line ends that are kept.
    pub fn name(self) -> &'static str {
        if self.is_windows { "CRLF" } else { "LF" }
    }

    /// The end of a line that is put in.
    pub fn line_end(self) -> &'static str {
        if self.is_windows { "\r\n" } else { "\n" }
    }

    /// A text with Unix line ends in the manner of the file.
    pub fn put(self, unix: &str) -> String {
        let text = if self.is_windows { unix.replace('\n', "\r\n") } else { unix.to_owned() };
        if self.has_mark { format!("{MARK}{text}") } else { text }
    }
}

/// A text with Unix line ends.
pub(crate) fn unix(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_again_as_it_was() {
        for text in ["a\nb\n", "a\r\nb\r\n", "\u{feff}a\r\nb\r\n", "\u{feff}a\n", "", "a"] {
            let ends = Ends::of(text.as_bytes());
            assert!(!ends.is_mixed(), "{text:?}");
            assert_eq!(ends.put(&unix(text.trim_start_matches(MARK))), text);
        }
    }

    #[test]
    fn of_mixed_line_ends_most_are_kept() {
        let of = |text: &str| (Ends::of(text.as_bytes()).is_mixed(), Ends::of(text.as_bytes()).name());
        assert_eq!(of("a\r\nb\r\nc\n"), (true, "CRLF"));
        assert_eq!(of("a\r\nb\nc\n"), (true, "LF"));
        assert_eq!(of("a\r\nb\n"), (true, "LF"));
    }
}
