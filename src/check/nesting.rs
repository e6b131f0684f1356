//! Lists in lists and quotes in quotes. In: the texts of the facts; out: a problem for each that is nested deeper than a
//! page can show, which would otherwise fail as a page that Typst refuses.

use pulldown_cmark::{Event, Options, Parser};

use super::prose::Prose;
use crate::diag::{Code, Diagnostic, text};

/// How deep Markdown may be nested.
const DEEPEST: usize = 12;

/// Looks at each text.
pub fn check(texts: &[Prose], problems: &mut Vec<Diagnostic>) {
    for prose in texts.iter().filter(|prose| could_be_deep(&prose.text)) {
        let mut depth = 0usize;
        for (event, at) in Parser::new_ext(&prose.text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                let message = text!(
                    "文字中的列表、引用或强调套了 {DEEPEST} 层以上",
                    "lists, quotes or emphasis are nested more than {DEEPEST} deep"
                );
                let end = prose.text.ceil_char_boundary(at.end.min(at.start + 1));
                let problem = Diagnostic::error(Code::TooDeep, message).at(prose.place(at.start..end));
                problems.push(problem.help(text!("减少层次", "use fewer levels")));
                break;
            }
        }
    }
}

/// Whether there are enough of the characters that nest at all; most prose has none.
fn could_be_deep(text: &str) -> bool {
    let opens = |c: char| matches!(c, '>' | '*' | '_' | '[' | '-' | '+' | '.' | ')');
    text.bytes().filter(|byte| opens(char::from(*byte))).nth(DEEPEST / 2).is_some()
}
