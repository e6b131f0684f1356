//! Words in a row. In: the words of elements that stand in one line; out: paragraphs, with white space as browsers show it, save
//! that a line of source that ends between two Chinese characters leaves no space, and none is left at either end.

use crate::prose::is_wide;

/// Paragraphs in the making.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// The paragraph that is being made.
    text: String,
    /// What stands behind its last character.
    gap: Gap,
}

/// What stands between two characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    /// Nothing.
    #[default]
    None,
    /// Spaces, of which a browser shows one.
    Space,
    /// Spaces and the end of a line in the source.
    Line,
    /// A space that no line ends at.
    Fixed,
}

impl Run {
    /// Goes on with words. How many characters they have, spaces aside, and how many of those nobody knows.
    pub(super) fn push(&mut self, words: &str) -> (usize, usize) {
        let (mut characters, mut unknown) = (0, 0);
        for c in words.chars() {
            match c {
                ' ' | '\t' => self.leave(Gap::Space),
                '\n' | '\r' | '\u{b}' | '\u{c}' => self.leave(Gap::Line),
                '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => self.leave(Gap::Fixed),
                // Nobody sees these: they say where a line may end, which way to write, or that the text begins.
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' => {}
                c if c.is_control() => {}
                c => {
                    characters += usize::from(!c.is_whitespace());
                    unknown += usize::from(c == '\u{fffd}');
                    self.put(c);
                }
            }
        }
        (characters, unknown)
    }

    /// Leaves a gap.
    fn leave(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    /// Puts a character behind what there is.
    fn put(&mut self, c: char) {
        let Some(before) = self.text.chars().next_back() else {
            self.gap = Gap::None;
            if !c.is_whitespace() {
                self.text.push(c);
            }
            return;
        };
        let gap = std::mem::take(&mut self.gap);
        if gap != Gap::None && !(gap == Gap::Line && is_wide(before) && is_wide(c)) {
            self.text.push(' ');
        }
        self.text.push(c);
    }

    /// Whether the words so far end as a label does.
    pub(super) fn is_label(&self) -> bool {
        self.text.trim_end().ends_with([':', '：'])
    }

    /// Parts the label so far from what follows, as it is written: a Chinese colon has its own space.
    pub(super) fn part_label(&mut self) {
        self.gap = if self.text.ends_with(':') { Gap::Fixed } else { Gap::None };
    }

    /// Ends the paragraph, and gives it if there are words in it.
    pub(super) fn end(&mut self) -> Option<String> {
        self.gap = Gap::None;
        let mut text = std::mem::take(&mut self.text);
        text.truncate(text.trim_end().len());
        text.shrink_to_fit();
        (!text.is_empty()).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pieces: &[&str]) -> Option<String> {
        let mut run = Run::default();
        for piece in pieces {
            run.push(piece);
        }
        run.end()
    }

    #[test]
    fn pieces_join_without_spaces() {
        assert_eq!(of(&["2", "0", "2", "3", "年"]).as_deref(), Some("2023年"));
        assert_eq!(of(&["annual ", " report"]).as_deref(), Some("annual report"));
    }

    #[test]
    fn white_space_is_one_space_and_none_at_the_ends() {
        assert_eq!(of(&["  分类 \t 其他\u{a0}\u{a0} "]).as_deref(), Some("分类 其他"));
        assert_eq!(of(&["\u{3000}\u{3000}总体\u{3000}情况\u{3000}"]).as_deref(), Some("总体\u{3000}情况"));
        assert_eq!(of(&["分类\u{a0}\n其他"]).as_deref(), Some("分类 其他"));
        assert_eq!(of(&["\u{a0}\u{feff}\u{200b}\n"]), None);
    }

    #[test]
    fn a_line_of_source_that_ends_in_chinese_leaves_no_space() {
        assert_eq!(of(&["信息\n   公开"]).as_deref(), Some("信息公开"));
        assert_eq!(of(&["信息 公开"]).as_deref(), Some("信息 公开"));
        assert_eq!(of(&["freedom\n  of\r\ninformation"]).as_deref(), Some("freedom of information"));
        assert_eq!(of(&["公开 12\n件"]).as_deref(), Some("公开 12 件"));
    }

    #[test]
    fn what_nobody_sees_is_left_out() {
        assert_eq!(of(&["1\u{200b}2\u{ad}3\u{202c}\u{0}"]).as_deref(), Some("123"));
    }

    #[test]
    fn characters_are_counted() {
        let mut run = Run::default();
        assert_eq!(run.push(" 信息 \u{fffd}公\u{3000}开 "), (5, 1));
    }
}
