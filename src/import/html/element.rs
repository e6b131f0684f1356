//! What matters of an element. In: its name and attributes; out: the part that it plays on a page, and the few values of it that
//! are asked for.

use html5ever::{Attribute, QualName, ns};

/// The part that an element plays on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Words among others.
    Inline,
    /// A link among them.
    Link,
    /// A paragraph, or what holds paragraphs.
    Block,
    /// A heading.
    Heading,
    /// A list with bullets.
    Bullets,
    /// A list with numbers.
    Numbers,
    /// An item of a list.
    Item,
    /// What something is called, in a list of such pairs.
    Term,
    /// What it is.
    Definition,
    /// A table.
    Table,
    /// What a table is called.
    Caption,
    /// The head rows of a table.
    Head,
    /// Rows of a table.
    Body,
    /// The rows at the foot of a table.
    Foot,
    /// A row.
    Row,
    /// A cell.
    Cell,
    /// The end of a line.
    Break,
    /// Words among others that stand above the line.
    Raised,
    /// Words among others that are struck out.
    Struck,
    /// A picture.
    Picture,
    /// What the page is called, which is not shown on it.
    Title,
    /// What is not shown, with all in it.
    Hidden,
}

impl Role {
    /// Whether words before and after it are one paragraph.
    pub(super) fn is_inline(self) -> bool {
        matches!(self, Self::Inline | Self::Link | Self::Raised | Self::Struck | Self::Picture)
    }
}

/// An element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    /// The part that it plays.
    pub role: Role,
    /// Whether lines in it end where they end in the source.
    pub keeps_lines: bool,
    /// Whether it is a list that counts down.
    pub is_reversed: bool,
    /// Whether it is a list or item without marks.
    pub is_unmarked: bool,
    /// Whether it is a picture that says that it is small.
    pub is_small: bool,
    /// How many columns a cell covers.
    pub colspan: u16,
    /// How many rows a cell covers; 0 for all that are left of its part of the table.
    pub rowspan: u16,
    /// The number at which a list begins, or that of an item.
    pub number: Option<i32>,
    /// How many attributes it has.
    pub attributes: u16,
}

/// Elements that are not shown. What stands in a list to choose from is not what was chosen.
const HIDDEN: &str = " head script style noscript template iframe select option datalist textarea rt rp svg canvas video audio \
                      noframes noembed base link meta param area map ";

/// Elements that begin a line and end it.
const BLOCKS: &str = " address article aside blockquote body center details dialog div dl fieldset figcaption figure \
                      footer form frameset header hgroup hr html legend listing main nav optgroup p plaintext pre search section \
                      summary xmp ";

/// Pictures narrower or lower than this are signs and rules, no pages.
const SMALL: u32 = 100;

/// The most columns that a cell may cover, by the rules of HTML.
const WIDEST: u32 = 1000;

impl Element {
    /// The element of a name, with its attributes.
    pub(super) fn new(name: &QualName, attributes: &[Attribute]) -> Self {
        let role = if name.ns == ns!(html) { role(&name.local) } else { foreign(&name.local) };
        let mut element = Self {
            role,
            keeps_lines: matches!(&*name.local, "pre" | "listing" | "xmp" | "plaintext"),
            is_reversed: false,
            is_unmarked: false,
            is_small: false,
            colspan: 1,
            rowspan: 1,
            number: None,
            attributes: u16::try_from(attributes.len()).unwrap_or(u16::MAX),
        };
        attributes.iter().for_each(|attribute| element.take(&attribute.name.local, &attribute.value));
        element
    }

    /// Takes in an attribute.
    pub(super) fn take(&mut self, name: &str, value: &str) {
        match name {
            "style" => self.style(value),
            "hidden" => self.role = Role::Hidden,
            "reversed" => self.is_reversed = true,
            "role" if value == "heading" => self.role = Role::Heading,
            "colspan" => self.colspan = small(value.parse_start().unwrap_or(1).clamp(1, WIDEST)),
            "rowspan" => self.rowspan = small(value.parse_start().unwrap_or(1)),
            "start" | "value" => self.number = number(value),
            "width" | "height" if self.role == Role::Picture && !value.contains('%') => self.size(value),
            _ => {}
        }
    }

    /// Takes in what an element says of its looks.
    fn style(&mut self, style: &str) {
        let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        for (property, value) in style.split(';').filter_map(|said| said.split_once(':')) {
            let value = value.trim_end_matches("!important");
            match (property, value) {
                ("display", "none") | ("visibility", "hidden" | "collapse") => self.role = Role::Hidden,
                ("vertical-align", "super" | "sub") if self.role == Role::Inline => self.role = Role::Raised,
                ("text-decoration" | "text-decoration-line", value)
                    if self.role == Role::Inline && value.contains("line-through") =>
                {
                    self.role = Role::Struck;
                }
                ("display", "block") if self.role == Role::Inline => self.role = Role::Block,
                ("white-space", value) if value.starts_with("pre") => self.keeps_lines = true,
                ("list-style" | "list-style-type", value) if value.starts_with("none") => self.is_unmarked = true,
                ("width" | "height", value) if self.role == Role::Picture && value.ends_with("px") => self.size(value),
                _ => {}
            }
        }
    }

    /// Takes in how wide or high a picture is.
    fn size(&mut self, value: &str) {
        self.is_small |= value.parse_start().is_some_and(|size| size < SMALL);
    }
}

/// Numbers in attributes, which count as far as they can be read.
trait ParseStart {
    /// The number at the start; the largest for one that is larger.
    fn parse_start(&self) -> Option<u32>;
}

impl ParseStart for str {
    fn parse_start(&self) -> Option<u32> {
        let digits = self.trim_ascii_start().trim_start_matches('+');
        let digits = digits.split(|c: char| !c.is_ascii_digit()).next().filter(|digits| !digits.is_empty())?;
        Some(digits.parse().unwrap_or(u32::MAX))
    }
}

/// A number that may be negative.
fn number(value: &str) -> Option<i32> {
    match value.trim_ascii_start().strip_prefix('-') {
        Some(digits) => i32::try_from(digits.parse_start()?).ok().map(|number| -number),
        None => i32::try_from(value.parse_start()?).ok(),
    }
}

/// A number as a span, the largest for one that is larger.
fn small(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

/// The part that an element of HTML plays.
fn role(name: &str) -> Role {
    match name {
        "a" => Role::Link,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Role::Heading,
        "ul" | "menu" | "dir" => Role::Bullets,
        "ol" => Role::Numbers,
        "li" => Role::Item,
        "dt" => Role::Term,
        "dd" => Role::Definition,
        "table" => Role::Table,
        "caption" => Role::Caption,
        "thead" => Role::Head,
        "tbody" => Role::Body,
        "tfoot" => Role::Foot,
        "tr" => Role::Row,
        "td" | "th" => Role::Cell,
        "br" => Role::Break,
        "sup" | "sub" => Role::Raised,
        "s" | "del" | "strike" => Role::Struck,
        "img" => Role::Picture,
        "title" => Role::Title,
        _ if is_among(name, HIDDEN) => Role::Hidden,
        _ if is_among(name, BLOCKS) => Role::Block,
        _ => Role::Inline,
    }
}

/// The part that an element of another language plays: formulas are shown, drawings are not words.
fn foreign(name: &str) -> Role {
    if name == "svg" { Role::Hidden } else { Role::Inline }
}

/// Whether a name is in a list of names, each between spaces.
fn is_among(name: &str, names: &str) -> bool {
    names.split_ascii_whitespace().any(|other| other == name)
}

/// The words that a field for input shows.
pub(super) fn field<'a>(name: &QualName, attributes: &'a [Attribute]) -> Option<&'a str> {
    let value =
        |of: &str| attributes.iter().find(|attribute| &*attribute.name.local == of).map(|attribute| &*attribute.value);
    let kind = value("type").unwrap_or("text").to_ascii_lowercase();
    let words = ["text", "number", "date", "search", "tel", "email", "url"].contains(&&*kind);
    value("value").filter(|_| &*name.local == "input" && words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use html5ever::LocalName;

    fn of(name: &str, attributes: &[(&str, &str)]) -> Element {
        let html = |name: &str| QualName::new(None, ns!(html), LocalName::from(name));
        let attributes: Vec<Attribute> =
            attributes.iter().map(|(name, value)| Attribute { name: html(name), value: (*value).into() }).collect();
        Element::new(&html(name), &attributes)
    }

    #[test]
    fn names_say_what_an_element_is() {
        for (name, role) in [
            ("h3", Role::Heading),
            ("section", Role::Block),
            ("ucapcontent", Role::Inline),
            ("b", Role::Inline),
            ("script", Role::Hidden),
            ("th", Role::Cell),
            ("rt", Role::Hidden),
        ] {
            assert_eq!(of(name, &[]).role, role, "{name}");
        }
        assert!(of("pre", &[]).keeps_lines);
    }

    #[test]
    fn what_is_hidden_is_hidden() {
        for (name, value) in
            [("hidden", ""), ("style", "color:red; DISPLAY : none!important"), ("style", "visibility:hidden")]
        {
            assert_eq!(of("p", &[(name, value)]).role, Role::Hidden, "{value}");
        }
        assert_eq!(of("p", &[("style", "display:nonesuch")]).role, Role::Block);
        assert_eq!(of("p", &[("aria-hidden", "true")]).role, Role::Block);
        assert_eq!(of("span", &[("style", "display:block")]).role, Role::Block);
    }

    #[test]
    fn spans_are_read_as_browsers_read_them() {
        let spans = |colspan, rowspan| {
            let cell = of("td", &[("colspan", colspan), ("rowspan", rowspan)]);
            (cell.colspan, cell.rowspan)
        };
        assert_eq!(spans("3", "22"), (3, 22));
        assert_eq!(spans("0", "0"), (1, 0));
        assert_eq!(spans(" 2px", "+2"), (2, 2));
        assert_eq!(spans("-1", "x"), (1, 1));
        assert_eq!(spans("99999999999", "99999999999"), (1000, u16::MAX));
    }

    #[test]
    fn numbers_of_lists_may_be_negative() {
        assert_eq!(of("ol", &[("start", "-3")]).number, Some(-3));
        assert_eq!(of("li", &[("value", "12.")]).number, Some(12));
        assert_eq!(of("li", &[("value", "二")]).number, None);
        assert!(of("ol", &[("reversed", ""), ("style", "list-style: none")]).is_unmarked);
    }

    #[test]
    fn small_pictures_say_so() {
        assert!(of("img", &[("width", "16")]).is_small);
        assert!(of("img", &[("style", "width: 80px")]).is_small);
        assert!(!of("img", &[("width", "100%"), ("height", "800")]).is_small);
    }
}
