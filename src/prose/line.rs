//! A line of prose.

/// A line without the white space around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Where its text begins in the source.
    pub start: usize,
    /// Its text.
    pub text: &'a str,
    /// The spaces before it.
    pub indent: usize,
    /// Whether it begins a paragraph by how it begins: with the indent of a Chinese paragraph, a bullet of a word
    /// processor, or after a word processor's line end.
    pub begins: bool,
}
