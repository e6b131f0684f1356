//! Braces that were meant as a reference and are none: `{{ 新收总计 }}`, `{ requests.received.total }`, `｛｛ … ｝｝`. In: a text
//! as it was written; out: a problem at each, with what was most likely meant. A page never shows them by accident;
//! `\\{{ … }}` shows them on purpose.

use std::ops::Range;

use super::prose::Prose;
use super::references::{GUESSED, meant};
use crate::diag::{Code, Diagnostic, text};
use crate::form::Form;
use crate::form::pattern::references;
use crate::form::rules::GIVEN;

/// Looks for braces that are no references.
pub(super) fn check(form: &Form, prose: &Prose) -> Vec<Diagnostic> {
    let text = prose.written.as_str();
    let has_brace = text.bytes().any(|byte| byte == b'{' || byte == b'}') || text.contains('｛') || text.contains('｝');
    if !has_brace {
        return Vec::new();
    }
    // In a text of one line, nothing is a reference.
    let known: Vec<Range<usize>> = match prose.is_prose {
        true => references(text).into_iter().map(|reference| reference.span).collect(),
        false => Vec::new(),
    };
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(open) = text[from..].find(['{', '｛', '}', '｝']).map(|at| from + at) {
        let behind = known.partition_point(|span| span.start <= open);
        if let Some(reference) = behind.checked_sub(1).and_then(|at| known.get(at)).filter(|span| span.contains(&open))
        {
            from = reference.end;
            continue;
        }
        let group = Group::at(text, open);
        from = group.span.end;
        let is_escaped = prose.is_prose && text[..open].ends_with('\\');
        if !is_escaped && group.is_meant(form, prose.is_prose) {
            let guesses = found.len() < GUESSED;
            found.push(problem(form, prose, &group, guesses));
        }
    }
    found
}

/// Braces and what stands between them.
struct Group<'a> {
    span: Range<usize>,
    inner: &'a str,
    /// How many braces open it; none where it is closed and was never opened.
    braces: usize,
    is_wide: bool,
}

impl<'a> Group<'a> {
    /// The group whose first brace stands at `open`; without a closing brace in the same line, it is the braces alone.
    fn at(text: &'a str, open: usize) -> Self {
        let rest = &text[open..];
        let inner_at = rest.len() - rest.trim_start_matches(['{', '｛']).len();
        let opening = &rest[..inner_at];
        if opening.is_empty() {
            let length = rest.len() - rest.trim_start_matches(['}', '｝']).len();
            let span = open..open + length;
            let is_wide = rest[..length].contains('｝');
            return Self { span, inner: "", braces: rest[..length].chars().count() / 2 * 2, is_wide };
        }
        let close = rest[inner_at..].find(['}', '｝', '{', '｛', '\n']).map(|at| inner_at + at);
        let close = close.filter(|at| rest[*at..].starts_with(['}', '｝']));
        let (inner, end) = match close {
            Some(at) => {
                let closing = rest[at..].trim_start_matches(['}', '｝']);
                (&rest[inner_at..at], rest.len() - closing.len())
            }
            None => ("", inner_at),
        };
        let is_wide = rest[..end].contains(['｛', '｝']);
        Self { span: open..open + end, inner: inner.trim(), braces: opening.chars().count(), is_wide }
    }

    /// Whether nobody writes such braces but for a reference: doubled ones, or single ones around a name of the form. A text
    /// of one line has no way to say that it means the braces, so that only names count there.
    fn is_meant(&self, form: &Form, is_prose: bool) -> bool {
        let is_name = form.keys.get(self.inner).is_some() || GIVEN.contains(&self.inner);
        let is_dotted = self.inner.contains('.')
            && self.inner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'))
            && !self.inner.starts_with(|c: char| c.is_ascii_digit());
        (is_prose && self.braces >= 2) || is_name || is_dotted
    }
}

fn problem(form: &Form, prose: &Prose, group: &Group<'_>, guesses: bool) -> Diagnostic {
    let words = &prose.written[group.span.clone()];
    let place = prose.written_place(group.span.clone());
    let message = match (prose.is_prose, group.is_wide) {
        (false, _) => text!(
            "“{words}”不会换成数字：只有正文可以引用表中的数字",
            "`{words}` is not replaced by a figure: only prose may name figures of the tables"
        ),
        (true, true) => {
            text!("花括号是全角的：“{words}”不会换成数字", "the braces are full-width, so `{words}` is not replaced")
        }
        (true, false) => {
            text!("“{words}”不是引用，会照样印在页面上", "`{words}` names no value and would be printed as it is")
        }
    };
    let problem = Diagnostic::error(Code::UnknownReference, message).at(place);
    let name = group.inner;
    if form.keys.get(name).is_some() || GIVEN.contains(&name) {
        return problem.help(text!("写成 {{{{ {name} }}}}", "write {{{{ {name} }}}}"));
    }
    if guesses { problem.help(meant(form, name)) } else { problem }
}
