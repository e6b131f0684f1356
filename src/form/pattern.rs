//! References in prose and patterns: `{{ requests.received.total }}`. In: text; out: where its references stand.
//!
//! Only a dotted name between the braces is a reference; any other `{{ … }}` is text, and so is `\{{ name }}`.

use std::ops::Range;

/// A reference in a text.
pub struct Reference {
    /// The dotted name.
    pub name: String,
    /// From the first brace (or the backslash before it) to the last.
    pub span: Range<usize>,
    /// Whether a backslash makes it text.
    pub escaped: bool,
}

/// The references of a text, in order.
pub fn references(text: &str) -> Vec<Reference> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(open) = text[from..].find("{{").map(|at| from + at) {
        let inner = open + 2;
        let is_part =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.') || c.is_whitespace();
        let close = text[inner..].find(|c| !is_part(c)).map_or(text.len(), |at| inner + at);
        let name = text[inner..close].trim();
        if text[close..].starts_with("}}") && is_name(name) {
            let escaped = text[..open].ends_with('\\');
            let start = if escaped { open - 1 } else { open };
            found.push(Reference { name: name.to_owned(), span: start..close + 2, escaped });
            from = close + 2;
        } else {
            from = open + 1;
        }
    }
    found
}

fn is_name(name: &str) -> bool {
    name.split('.').all(|part| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    })
}
