//! Slips of the pen in TOML, explained to those who have never seen TOML. In: a text that the parser rejects, and the forms;
//! out: one problem for each slip, at its place and with the edit where there is one. The parser is the judge: with every
//! slip mended in a copy, what it still rejects is told in its own kinds, so that no error is lost and none that only
//! follows from another is told.

mod brackets;
pub mod declaration;
mod keys;
mod marks;
mod parser;
mod scan;
mod slip;
mod strings;
mod values;

use std::sync::Arc;

use crate::diag::{self, Code, Diagnostic, text};
use crate::form::Form;
use crate::source::Source;

use scan::Scanner;
pub use scan::conflict_mark;
use slip::{Edits, MOST};

/// What is wrong with a text that is not TOML, under `code`; `forms` gives the form of a name, by which keys and values are
/// understood better.
pub fn explain(source: &Arc<Source>, code: &Code, forms: &dyn Fn(&str) -> Option<Arc<Form>>) -> Vec<Diagnostic> {
    let text = marks::with_line_feeds(source.text());
    let form = marks::form_name(&text).and_then(|name| forms(&name));
    let mut scanner = Scanner::new(source, &text, code.clone(), form);
    scanner.document();
    let (slips, defined) = scanner.finish();
    let mut repairs: Edits = slips.iter().flat_map(|slip| slip.repair.iter().cloned()).collect();
    let mut problems: Vec<Diagnostic> = slips.into_iter().map(|slip| slip.problem).collect();
    problems.extend(marks::line_ends(source, code));
    let (mended, repairs) = mended(&text, &mut repairs);
    let (left, mut more) = parser::left(source, code, &mended, &repairs, &defined);
    problems.extend(left);
    if problems.is_empty() {
        // The mended copy is TOML, and nobody can say what was mended: better the parser's word than none.
        let (left, uncounted) = parser::left(source, code, source.text(), &[], &defined);
        problems.extend(left);
        more += uncounted;
    }
    diag::sort(&mut problems);
    problems.dedup_by(|b, a| a.message == b.message && a.primary() == b.primary());
    shortened(problems, more)
}

/// The first problems, the last of which says how many more there are: `more` and those that are left out here.
fn shortened(mut problems: Vec<Diagnostic>, more: usize) -> Vec<Diagnostic> {
    let more = more + problems.len().saturating_sub(MOST);
    problems.truncate(MOST);
    if more > 0
        && let Some(last) = problems.pop()
    {
        let mut last =
            last.note(text!("另有 {more} 处，改正以上各处后再检查", "{more} more; mend these and check again"));
        last.more = more;
        problems.push(last);
    }
    problems
}

/// The text with the repairs made, and those that were: where two overlap, the later one is left out.
fn mended(text: &str, repairs: &mut Edits) -> (String, Edits) {
    repairs.sort_by_key(|(span, _)| (span.start, span.end));
    let (mut out, mut done, mut made) = (String::new(), 0, Vec::new());
    for (span, replacement) in repairs.drain(..) {
        if span.start < done || span.end > text.len() {
            continue;
        }
        out.push_str(&text[done..span.start]);
        out.push_str(&replacement);
        done = span.end;
        made.push((span, replacement));
    }
    out.push_str(&text[done..]);
    (out, made)
}

/// Whether a character shows nothing, as spaces do that are none of TOML.
pub fn is_invisible(c: char) -> bool {
    marks::odd_space(c).is_some()
}

#[cfg(test)]
mod tests {
    use super::slip::is_toml;
    use super::*;

    fn slips(text: &str) -> usize {
        let source = Source::new("a.toml", text);
        let mut scanner = Scanner::new(&source, text, Code::TomlSyntax, None);
        scanner.document();
        scanner.finish().0.len()
    }

    #[test]
    fn what_is_toml_has_no_slips() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let walk = ["tests", "templates", "reports"].map(|name| walkdir::WalkDir::new(folder.join(name)));
        let files =
            walk.into_iter().flatten().flatten().filter(|entry| entry.path().extension() == Some("toml".as_ref()));
        let texts = files.filter_map(|entry| std::fs::read_to_string(entry.path()).ok()).filter(|text| is_toml(text));
        let mut seen = 0;
        for text in texts {
            assert_eq!(slips(&text), 0, "{text}");
            seen += 1;
        }
        assert!(seen > 30, "{seen}");
    }
}
