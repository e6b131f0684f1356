//! Lists in lists. In: the texts of the facts; out: a problem where a list stands deeper in others than a page can show.

use super::prose::Looked;
use crate::diag::{Code, Diagnostic, text};
use crate::prose::{DEEPEST, Event, Tag};

/// Looks at each text.
pub(super) fn check(texts: &[Looked<'_>], problems: &mut Vec<Diagnostic>) {
    for look in texts {
        let mut depth = 0usize;
        for placed in &look.events {
            match placed.event {
                Event::Start(Tag::List { .. }) => depth += 1,
                Event::End(Tag::List { .. }) => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                let message =
                    text!("列表一层套一层，超过 {DEEPEST} 层", "lists stand in lists more than {DEEPEST} deep");
                let text = &look.prose.text;
                let end = text.ceil_char_boundary(text.len().min(placed.at.start + 1));
                let problem = Diagnostic::error(Code::TooDeep, message).at(look.prose.place(placed.at.start..end));
                problems.push(problem.help(text!("减少层次", "use fewer levels")));
                break;
            }
        }
    }
}
