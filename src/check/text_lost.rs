//! Whether a page shows all that was written. In: a text and what was read from it; out: a problem where the letters and
//! digits of the one are not those of the other, in the same order. Marks, punctuation and white space do not count.

use super::prose::Looked;
use crate::diag::{Code, Diagnostic, text};
use crate::prose::stray::is_left_out;
use crate::prose::{Event, Placed, Tag};

/// Compares each text with what its page will be written from.
pub(super) fn check(texts: &[Looked<'_>], problems: &mut Vec<Diagnostic>) {
    for look in texts.iter().filter(|look| look.prose.is_prose) {
        let Some(at) = first_difference(&look.prose.text, &look.events) else { continue };
        let text = &look.prose.text;
        let end = text[at..].char_indices().nth(SHOWN).map_or(text.len(), |(length, _)| at + length);
        let message =
            text!("从这里起，页面上的文字与写的不同", "from here on, the page would not show what is written");
        let problem = Diagnostic::error(Code::TextLost, message).at(look.prose.place(at..end));
        problems.push(problem.help(text!(
            "把附近的记号（* | [ ] \\ 等）改写成文字，或在记号前加 \\",
            "write the marks nearby (* | [ ] \\ and the like) in words, or put \\ before them"
        )));
    }
}

/// How many characters a message points at.
const SHOWN: usize = 12;

/// Where the first letter or digit stands that is lost, added or another one.
fn first_difference(text: &str, events: &[Placed<'_>]) -> Option<usize> {
    if is_whole(text, events) {
        return None;
    }
    let mut shown = shown(events).into_iter();
    for (at, c) in text.char_indices().filter(|(_, c)| counts(*c)) {
        if shown.next() != Some(c) {
            return Some(at);
        }
    }
    // Something stands on the page that nobody wrote.
    shown.next().map(|_| text.char_indices().next_back().map_or(0, |(at, _)| at))
}

/// Whether the texts of a page are stretches of what was written, in order, with no letter or digit between them. That is so of
/// nearly every text, and cheaper to see.
fn is_whole(text: &str, events: &[Placed<'_>]) -> bool {
    let mut done = 0;
    for Placed { event, at } in events {
        let Event::Text(words) = event else { continue };
        let is_next =
            text.get(at.clone()) == Some(words) && text.get(done..at.start).is_some_and(|gap| !gap.contains(counts));
        if !is_next {
            return false;
        }
        done = at.end;
    }
    text.get(done..).is_some_and(|rest| !rest.contains(counts))
}

fn counts(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}') || (c.is_alphanumeric() && !is_left_out(c))
}

/// The letters and digits of a page; the address of a link stands behind its words, as it does in the source.
fn shown(events: &[Placed<'_>]) -> Vec<char> {
    let mut shown = Vec::new();
    for Placed { event, .. } in events {
        match event {
            Event::Text(text) => shown.extend(text.chars().filter(|c| counts(*c))),
            Event::End(Tag::Link(address)) => shown.extend(address.chars().filter(|c| counts(*c))),
            Event::Start(Tag::Item(Some(number))) => shown.extend(number.to_string().chars()),
            _ => {}
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::prose::Prose;
    use super::*;
    use crate::prose::events;
    use crate::source::{Place, Source};

    #[test]
    fn what_is_lost_added_or_changed_is_seen() {
        let text = "1. 甲**乙**[丙](https://a.cn)。\n\n| 丁 | 戊 |\n|-|-|\n| 3 | 4 |";
        assert_eq!(first_difference(text, &events(text)), None);
        for lost in 0..events(text).len() {
            let mut broken = events(text);
            let Placed { event, at } = broken.remove(lost);
            if let Event::Text(words) = event
                && words.chars().any(counts)
            {
                assert_eq!(first_difference(text, &broken), Some(at.start), "{words}");
            }
        }
        assert_eq!(first_difference("甲乙", &events("甲")), Some("甲".len()));
        assert_eq!(first_difference("甲", &events("甲乙")), Some(0));
        assert_eq!(first_difference("12", &events("13")), Some(1));
    }

    /// What `[text-lost]` says, and where.
    #[test]
    fn a_difference_is_told_at_its_place() {
        let source = Source::new("a.toml", "'甲**乙**丙'");
        let prose = Prose { is_prose: true, ..Prose::plain(&"a".into(), "甲**乙**丙", &Place::new(&source, 0..15)) };
        let mut look = Looked::at(&prose);
        look.events.retain(|placed| placed.event != Event::Text("丙"));
        let mut problems = Vec::new();
        check(&[look], &mut problems);
        let told: Vec<_> = problems.iter().filter_map(|problem| Some(problem.primary()?.text())).collect();
        assert_eq!((told, problems[0].code.as_str()), (vec!["丙"], "text-lost"));
    }

    #[test]
    fn any_text_is_read_whole() {
        let pieces = [
            "甲",
            "乙。",
            "12",
            "a",
            "*",
            "**",
            "|",
            "\n",
            "\n\n",
            "- ",
            "1. ",
            "[",
            "](",
            "https://a.cn",
            ")",
            "\\",
            "-",
            ":",
            " ",
            "　",
            "“",
            "”",
            "\u{200b}",
            "\u{2028}",
            "\u{f0b7}",
            "#",
            "<!--",
            "{",
            "`",
            "_",
            "!",
        ];
        let mut random = fastrand::Rng::with_seed(14);
        for _ in 0..200_000 {
            let text: String = (0..random.usize(1..24)).map(|_| pieces[random.usize(..pieces.len())]).collect();
            assert_eq!(first_difference(&text, &events(&text)), None, "{text:?}");
        }
    }
}
