//! The pages of a PDF as pictures, taken apart for the live page. In: each as SVG, as Typst draws it; out: what a browser lacks
//! that has those of an earlier version. Nine tenths of it are the outlines of its glyphs, named by what they are, so
//! that each is sent and read once for all pages, and a change brings few.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

/// How a glyph begins and ends within a picture.
const GLYPH: (&str, &str) = ("<symbol id=\"", "</symbol>");

/// The pictures of the last good pages of a report.
#[derive(Default)]
pub(super) struct PageImages {
    images: Vec<PageImage>,
    /// The glyphs of all pages, by their names.
    glyphs: BTreeMap<String, Glyph>,
}

struct PageImage {
    svg: Arc<str>,
    hash: String,
    /// The version that it came with.
    since: u64,
    /// What is drawn, without the outlines of glyphs.
    drawing: String,
    /// The names of its glyphs.
    glyphs: Vec<String>,
}

struct Glyph {
    /// The version that it came with.
    since: u64,
    /// Its outline, as it stands in a picture.
    symbol: String,
}

impl PageImages {
    /// Puts the pages of a version in place of those before. One that is as it was stays of its version.
    pub(super) fn renew(&mut self, drawn: Vec<Arc<str>>, version: u64) {
        let mut before = std::mem::take(&mut self.images).into_iter();
        let renewed = drawn.into_iter().map(|svg| match before.next() {
            Some(image) if image.svg == svg => image,
            _ => self.image(svg, version),
        });
        self.images = renewed.collect();
        let used: BTreeSet<&String> = self.images.iter().flat_map(|image| &image.glyphs).collect();
        self.glyphs.retain(|name, _| used.contains(name));
    }

    /// A page that came with a version; so did those of its glyphs that no other had.
    fn image(&mut self, svg: Arc<str>, since: u64) -> PageImage {
        let hash = blake3::hash(svg.as_bytes()).to_hex().to_string();
        let (drawing, symbols) = parted(&svg);
        let glyphs = symbols.iter().map(|(name, _)| (*name).to_owned()).collect();
        for (name, symbol) in symbols {
            self.glyphs.entry(name.to_owned()).or_insert_with(|| Glyph { since, symbol: symbol.to_owned() });
        }
        PageImage { svg, hash, since, drawing, glyphs }
    }

    /// All pages by their hash, with the drawings and glyphs that came after a version.
    pub(super) fn after(&self, version: u64) -> Value {
        let images = self.images.iter().map(|image| {
            let drawing = (image.since > version).then_some(&image.drawing);
            json!({ "hash": image.hash, "drawing": drawing })
        });
        let glyphs = self.glyphs.values().filter(|glyph| glyph.since > version);
        let glyphs: String = glyphs.map(|glyph| glyph.symbol.as_str()).collect();
        json!({ "list": images.collect::<Vec<_>>(), "glyphs": glyphs })
    }
}

/// The drawing of a page, and its glyphs with their names.
fn parted(svg: &str) -> (String, Vec<(&str, &str)>) {
    let (mut drawing, mut glyphs, mut rest) = (String::new(), Vec::new(), svg);
    while let Some((start, name, end)) = glyph(rest) {
        drawing.push_str(&rest[..start]);
        glyphs.push((name, &rest[start..end]));
        rest = &rest[end..];
    }
    drawing.push_str(rest);
    (drawing, glyphs)
}

/// Where the next glyph starts, its name, and where it ends.
fn glyph(svg: &str) -> Option<(usize, &str, usize)> {
    let start = svg.find(GLYPH.0)?;
    let end = start + svg[start..].find(GLYPH.1)? + GLYPH.1.len();
    let (name, _) = svg[start + GLYPH.0.len()..end].split_once('"')?;
    Some((start, name, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(figure: &str, glyphs: &str) -> Arc<str> {
        let symbol =
            |name: char| format!("<symbol id=\"g{name}\" overflow=\"visible\"><path d=\"M 0 {name}\"/></symbol>");
        let symbols: String = glyphs.chars().map(symbol).collect();
        format!("<svg><g>{figure}</g><defs>{symbols}</defs><defs><clipPath id=\"c\"/></defs></svg>").into()
    }

    fn sent(images: &PageImages, version: u64) -> (Vec<Option<String>>, Vec<char>) {
        let value = images.after(version);
        let list = value["list"].as_array().expect("a list");
        let drawings = list.iter().map(|image| image["drawing"].as_str().map(str::to_owned)).collect();
        let glyphs = value["glyphs"].as_str().expect("text");
        (drawings, glyphs.split("id=\"g").skip(1).filter_map(|glyph| glyph.chars().next()).collect())
    }

    fn drawing(figure: &str) -> Option<String> {
        Some(format!("<svg><g>{figure}</g><defs></defs><defs><clipPath id=\"c\"/></defs></svg>"))
    }

    #[test]
    fn a_browser_is_sent_what_it_lacks_and_each_glyph_once() {
        let mut images = PageImages::default();
        images.renew(vec![page("1", "ab"), page("2", "bc")], 3);
        assert_eq!(sent(&images, 0), (vec![drawing("1"), drawing("2")], vec!['a', 'b', 'c']));
        assert_eq!(sent(&images, 3), (vec![None, None], vec![]));
        images.renew(vec![page("1", "ab"), page("4", "acd")], 5);
        assert_eq!(sent(&images, 3), (vec![None, drawing("4")], vec!['d']));
        assert_eq!(sent(&images, 0), (vec![drawing("1"), drawing("4")], vec!['a', 'b', 'c', 'd']));
    }

    #[test]
    fn a_page_in_another_place_and_a_glyph_that_came_back_are_sent_again() {
        let mut images = PageImages::default();
        images.renew(vec![page("1", "a"), page("2", "b"), page("3", "c")], 1);
        images.renew(vec![page("1", "a"), page("3", "c")], 2);
        assert_eq!(sent(&images, 1), (vec![None, drawing("3")], vec![]));
        images.renew(vec![page("1", "a"), page("2", "b")], 3);
        assert_eq!(sent(&images, 2), (vec![None, drawing("2")], vec!['b']));
    }

    #[test]
    fn a_glyph_without_end_stays_in_the_drawing() {
        let svg = "<svg><symbol id=\"ga\"><path/></svg>";
        assert_eq!(parted(svg), (svg.to_owned(), vec![]));
    }
}
