//! Where on a page the values of facts stand. In: a view, and the page that templates made of it; out: for each value the stretch of the
//! page's text that it was written to.
//!
//! The page is rendered once more with tags around each value. Where what is between the tags is the very page, the tags say where the
//! values are; where a template does something else with a tagged value than with a bare one, nothing is said of any.

use std::ops::Range;

use super::markup::Markup;
use crate::form::Key;
use crate::view::View;

/// Before the number of a value; none of these is escaped in any language.
const OPEN: char = '\u{F0002}';
/// Between the number and the value.
const THEN: char = '\u{F0003}';
/// Behind the value.
const CLOSE: char = '\u{F0004}';

/// A value on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedValue {
    /// The key of the fact.
    pub key: Key,
    /// Where in the page's text it stands.
    pub stretch: Range<usize>,
}

/// The values of a page that was rendered like this, in the order in which they stand there.
pub fn traced(view: &View, page: &Markup, render: impl Fn(&View) -> Option<Markup>) -> Vec<TracedValue> {
    let (mut tagged, mut keys) = (view.clone(), Vec::new());
    tagged.change_values(|key, text| {
        if !text.is_empty() {
            *text = format!("{OPEN}{}{THEN}{text}{CLOSE}", keys.len());
            keys.push(key.clone());
        }
    });
    let Some(rendered) = render(&tagged) else { return Vec::new() };
    let (text, found) = untagged(&rendered.text);
    if text != page.text {
        return Vec::new();
    }
    let value =
        |(number, stretch): (usize, Range<usize>)| Some(TracedValue { key: keys.get(number)?.clone(), stretch });
    found.into_iter().filter_map(value).collect()
}

/// A text without tags, and the stretches that were between them, by the numbers of their values.
fn untagged(tagged: &str) -> (String, Vec<(usize, Range<usize>)>) {
    let (mut text, mut found, mut open) = (String::with_capacity(tagged.len()), Vec::new(), None);
    let mut rest = tagged;
    while let Some(at) = rest.find([OPEN, CLOSE]) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(behind) = rest.strip_prefix(CLOSE) {
            found.extend(open.take().map(|(number, from)| (number, from..text.len())));
            rest = behind;
        } else {
            let Some((number, behind)) = rest[OPEN.len_utf8()..].split_once(THEN) else { break };
            open = number.parse().ok().map(|number: usize| (number, text.len()));
            rest = behind;
        }
    }
    text.push_str(rest);
    (text, found)
}

/// What is written of a text, with the tags that were around the text around it.
pub(super) fn within_tags(text: &str, write: impl FnOnce(&str) -> String) -> String {
    let bare = |text: &str| {
        let (number, value) = text.strip_prefix(OPEN)?.split_once(THEN)?;
        Some((number.to_owned(), value.strip_suffix(CLOSE)?.to_owned()))
    };
    match bare(text) {
        Some((number, value)) => format!("{OPEN}{number}{THEN}{}{CLOSE}", write(&value)),
        None => write(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_taken_out_and_say_where_values_stand() {
        let tagged = "共\u{F0002}3\u{F0003}12\u{F0004}件，\u{F0002}0\u{F0003}甲\u{F0004}";
        assert_eq!(untagged(tagged), ("共12件，甲".to_owned(), vec![(3, 3..5), (0, 11..14)]));
        assert_eq!(untagged("甲\u{F0004}\u{F0002}乙"), ("甲\u{F0002}乙".to_owned(), Vec::new()), "what is none stays");
        assert_eq!(within_tags("\u{F0002}3\u{F0003}a\u{F0004}", str::to_uppercase), "\u{F0002}3\u{F0003}A\u{F0004}");
        assert_eq!(within_tags("a\u{F0004}", str::to_uppercase), "A\u{F0004}");
    }
}
