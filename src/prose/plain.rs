//! Prose without marks. In: the text of a fact; out: the words of the page, for places that know neither headings nor tables, such as
//! the boxes of a web form: a line for each paragraph, item and row.

use super::blocks;
use super::event::{Event, Placed, Tag};

/// Prose as plain text: a paragraph a line; items of lists behind `- ` or the number that was typed, those of lists within lists
/// two spaces further in; rows of tables with a tab between cells; and the address of a link behind its words.
pub(crate) fn plain(text: &str) -> String {
    let mut out = Plain::default();
    blocks::read(text).iter().for_each(|Placed { event, .. }| out.take(event));
    out.text.truncate(out.text.trim_end_matches('\n').len());
    out.text
}

#[derive(Default)]
struct Plain {
    text: String,
    /// How many lists the place is in.
    depth: usize,
    /// Whether the mark of an item stands before the paragraph that begins.
    is_marked: bool,
    /// Whether a cell stands before the one that begins in its row.
    has_cell: bool,
    /// Where the words of the link begin.
    words: usize,
}

impl Plain {
    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Text(text) => self.text.push_str(text),
            Event::Space => self.text.push(' '),
            Event::Start(tag) => self.start(*tag),
            Event::End(tag) => self.end(*tag),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph if !std::mem::take(&mut self.is_marked) => self.text.push_str(&"  ".repeat(self.depth)),
            Tag::List { .. } => {
                self.line_end();
                self.depth += 1;
            }
            Tag::Item(number) => {
                self.text.push_str(&"  ".repeat(self.depth.saturating_sub(1)));
                self.text.push_str(&number.map_or_else(|| "- ".to_owned(), |number| format!("{number}. ")));
                self.is_marked = true;
            }
            Tag::Row { .. } => self.has_cell = false,
            Tag::Cell(_) if std::mem::replace(&mut self.has_cell, true) => self.text.push('\t'),
            Tag::Link(_) => self.words = self.text.len(),
            _ => {}
        }
    }

    fn end(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Row { .. } => self.text.push('\n'),
            Tag::Item(_) => {
                self.is_marked = false;
                self.line_end();
            }
            Tag::List { .. } => self.depth = self.depth.saturating_sub(1),
            Tag::Link(address) if self.text.get(self.words..) != Some(address) => {
                self.text.push_str(&format!(" <{address}>"));
            }
            _ => {}
        }
    }

    fn line_end(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_gone_and_words_stay() {
        assert_eq!(plain("甲**乙**\n丙。\n丁"), "甲乙丙。\n丁");
        assert_eq!(plain("a\\*b \\[c\\]\nd"), "a*b [c] d");
        assert_eq!(
            plain("见[公报](https://a.cn)、[https://b.cn](https://b.cn)。"),
            "见公报 <https://a.cn>、https://b.cn。"
        );
        assert_eq!(plain(" \n"), "");
    }

    #[test]
    fn lists_and_tables_are_lines() {
        assert_eq!(
            plain("如下：\n- 甲\n\n  乙\n  1. 丙\n  3. 丁\n- 戊\n\n己"),
            "如下：\n- 甲\n  乙\n  1. 丙\n  3. 丁\n- 戊\n己"
        );
        assert_eq!(plain("前\n\n| 月 | 件 |\n|---|---|\n| 一 | 3 |\n| | 4 |\n\n后"), "前\n月\t件\n一\t3\n\t4\n后");
    }
}
