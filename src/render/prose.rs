//! Writes prose in an output language. In: the text of a fact; out: Typst, HTML or WordprocessingML in which every character of it
//! is data.

pub mod docx;

use std::ops::Range;

use super::escape;
use crate::prose::{Event, Placed, Side, Tag, events};

/// A language that prose is written in.
#[derive(Clone, Copy, Debug)]
pub enum Language {
    /// Typst markup.
    Typst,
    /// HTML.
    Html,
    /// WordprocessingML, for a page that has this room.
    Docx(docx::Room),
}

/// Writes prose in a language.
pub fn write(text: &str, language: Language) -> String {
    let events = events(text);
    match language {
        Language::Typst => typst(&events),
        Language::Html => html(&events),
        Language::Docx(room) => docx::body(&events, room),
    }
}

/// Where a paragraph stands, since the first of an item needs no mark of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    /// Outside of lists, or after another paragraph of an item.
    Apart,
    /// At the beginning of an item.
    First,
}

fn typst(events: &[Placed<'_>]) -> String {
    let mut out = String::new();
    let mut place = Where::Apart;
    for Placed { event, .. } in events {
        match event {
            Event::Text(text) => out.push_str(&escape::typst_text(text)),
            Event::Space => out.push(' '),
            Event::Start(tag) => typst_start(*tag, place, &mut out),
            Event::End(tag) => typst_end(*tag, &mut out),
        }
        place = place_after(event, place);
    }
    out.trim().to_owned()
}

fn place_after(event: &Event<'_>, before: Where) -> Where {
    match event {
        Event::Start(Tag::Item(_)) => Where::First,
        Event::Start(Tag::Paragraph | Tag::List { .. }) | Event::End(Tag::Item(_)) => Where::Apart,
        _ => before,
    }
}

fn typst_start(tag: Tag<'_>, place: Where, out: &mut String) {
    match tag {
        Tag::Paragraph if place == Where::First => {}
        Tag::Paragraph => out.push_str("\n\n"),
        Tag::List { numbered: true } => out.push_str("\n\n#enum("),
        Tag::List { numbered: false } => out.push_str("\n\n#list("),
        Tag::Item(number) => {
            out.push_str(if out.ends_with('(') { "" } else { ", " });
            out.push_str(&number.map_or_else(String::new, |number| format!("enum.item({number})")));
            out.push('[');
        }
        Tag::Table { columns } => {
            out.push_str(&format!("\n\n#align(center, text(size: 0.8em, table(columns: {columns}, "));
        }
        Tag::Row { head: true } => out.push_str("table.header("),
        Tag::Row { head: false } => {}
        Tag::Cell(side) => out.push_str(match side {
            Side::Middle => "align(center)[",
            Side::Start => "align(start)[",
            Side::End => "align(end)[",
        }),
        Tag::Bold => out.push_str("#strong["),
        Tag::Link(address) => out.push_str(&format!("#link(\"{}\")[", escape::typst_text(address))),
    }
}

fn typst_end(tag: Tag<'_>, out: &mut String) {
    match tag {
        Tag::Paragraph => out.push_str("\n\n"),
        Tag::List { .. } => out.push_str(")\n\n"),
        Tag::Item(_) => {
            out.truncate(out.trim_end().len());
            out.push(']');
        }
        Tag::Table { .. } => out.push_str(")))\n\n"),
        Tag::Row { head: true } => out.push_str("), "),
        Tag::Row { head: false } => {}
        Tag::Cell(_) => out.push_str("], "),
        Tag::Bold | Tag::Link(_) => out.push(']'),
    }
}

fn html(events: &[Placed<'_>]) -> String {
    let mut out = String::new();
    let mut place = Where::Apart;
    let (mut is_head, mut is_bare) = (false, false);
    for Placed { event, .. } in events {
        match event {
            Event::Text(text) => html_text(text, &mut out),
            Event::Space => out.push(' '),
            Event::Start(Tag::Paragraph) => {
                is_bare = place == Where::First;
                out.push_str(if is_bare { "" } else { "<p>" });
            }
            Event::End(Tag::Paragraph) => out.push_str(if is_bare { "\n" } else { "</p>\n" }),
            Event::Start(Tag::Row { head }) => {
                is_head = *head;
                out.push_str(if is_head { "<thead><tr>" } else { "<tr>" });
            }
            Event::Start(tag) => html_start(*tag, is_head, &mut out),
            Event::End(tag) => html_end(*tag, is_head, &mut out),
        }
        place = place_after(event, place);
    }
    out.trim_end().to_owned()
}

/// Text in which the number of a document (〔2021〕30号) does not part at the end of a line.
fn html_text(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(number) = document_number(rest) {
        out.push_str(&escape::html_text(&rest[..number.start]));
        out.push_str("<span style=\"white-space: nowrap\">");
        out.push_str(&escape::html_text(&rest[number.clone()]));
        out.push_str("</span>");
        rest = &rest[number.end..];
    }
    out.push_str(&escape::html_text(rest));
}

/// Where a year in brackets stands with the number behind it.
fn document_number(text: &str) -> Option<Range<usize>> {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    text.match_indices('〔').find_map(|(start, open)| {
        let year = &text[start + open.len()..];
        let number = year[digits(year)..].strip_prefix('〕').filter(|_| digits(year) == 4)?;
        let end = number[digits(number)..].strip_prefix('号').filter(|_| digits(number) > 0)?;
        Some(start..text.len() - end.len())
    })
}

fn html_start(tag: Tag<'_>, is_head: bool, out: &mut String) {
    match tag {
        Tag::Paragraph | Tag::Row { .. } => {}
        Tag::List { numbered: true } => out.push_str("<ol>\n"),
        Tag::List { numbered: false } => out.push_str("<ul>\n"),
        Tag::Item(Some(number)) => out.push_str(&format!("<li value=\"{number}\">")),
        Tag::Item(None) => out.push_str("<li>"),
        Tag::Table { .. } => out.push_str("<table>\n"),
        Tag::Cell(side) => {
            let name = if is_head { "th" } else { "td" };
            out.push_str(&match side {
                Side::Middle => format!("<{name}>"),
                Side::Start => format!("<{name} style=\"text-align: left\">"),
                Side::End => format!("<{name} style=\"text-align: right\">"),
            });
        }
        Tag::Bold => out.push_str("<strong>"),
        Tag::Link(address) => out.push_str(&format!("<a href=\"{}\">", escape::html_text(address))),
    }
}

fn html_end(tag: Tag<'_>, is_head: bool, out: &mut String) {
    match tag {
        Tag::Paragraph => {}
        Tag::List { numbered: true } => out.push_str("</ol>\n"),
        Tag::List { numbered: false } => out.push_str("</ul>\n"),
        Tag::Item(_) => {
            out.truncate(out.trim_end().len());
            out.push_str("</li>\n");
        }
        Tag::Table { .. } => out.push_str("</tbody></table>\n"),
        Tag::Row { head: true } => out.push_str("</tr></thead><tbody>\n"),
        Tag::Row { head: false } => out.push_str("</tr>\n"),
        Tag::Cell(_) => out.push_str(if is_head { "</th>" } else { "</td>" }),
        Tag::Bold => out.push_str("</strong>"),
        Tag::Link(_) => out.push_str("</a>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(text: &str) -> (String, String) {
        (write(text, Language::Typst), write(text, Language::Html))
    }

    #[test]
    fn paragraphs_stand_apart() {
        assert_eq!(both("甲\n乙\n\n　　丙").0, "甲乙\n\n\n\n丙");
        assert_eq!(both("甲\n乙\n\n　　丙").1, "<p>甲乙</p>\n<p>丙</p>");
        assert_eq!(both("a\nb"), ("a b".to_owned(), "<p>a b</p>".to_owned()));
    }

    #[test]
    fn raw_html_and_code_are_text() {
        assert_eq!(both("<script>alert(1)</script>").1, "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
        assert_eq!(both("#a = *b*").0, "\\u{23}a \\u{3d} \\u{2a}b\\u{2a}");
    }

    #[test]
    fn bold_text_ends_where_it_ends() {
        assert_eq!(both("**甲**(乙)").0, "#strong[甲]\\u{28}乙\\u{29}");
        assert_eq!(both("**甲**(乙)").1, "<p><strong>甲</strong>(乙)</p>");
    }

    #[test]
    fn the_number_of_a_document_stays_on_one_line() {
        let kept = "<p>甲发<span style=\"white-space: nowrap\">〔2021〕30号</span>、〔二〕号、〔2021〕</p>";
        assert_eq!(both("甲发〔2021〕30号、〔二〕号、〔2021〕").1, kept);
    }

    #[test]
    fn links_lead_to_pages_only() {
        assert_eq!(both("[甲](javascript:alert)").1, "<p>[甲](javascript:alert)</p>");
        assert_eq!(both("[甲](https://a.cn/?\"&)").1, "<p><a href=\"https://a.cn/?&quot;&amp;\">甲</a></p>");
        assert_eq!(both("[甲](https://a.cn)").0, "#link(\"https\\u{3a}\\u{2f}\\u{2f}a\\u{2e}cn\")[甲]");
    }

    #[test]
    fn tables_become_tables() {
        let (typst, html) = both("| 月 | 件 |\n|---|---:|\n| 一 | 3**甲** |");
        let head =
            "#align(center, text(size: 0.8em, table(columns: 2, table.header(align(center)[月], align(end)[件], ), ";
        assert_eq!(typst, format!("{head}align(center)[一], align(end)[3#strong[甲]], )))"));
        assert_eq!(
            html,
            "<table>\n<thead><tr><th>月</th><th style=\"text-align: right\">件</th></tr></thead><tbody>\n\
             <tr><td>一</td><td style=\"text-align: right\">3<strong>甲</strong></td></tr>\n</tbody></table>"
        );
    }

    #[test]
    fn lists_become_lists_with_the_numbers_that_were_typed() {
        assert_eq!(both("1. 甲\n3. 乙").0, "#enum(enum.item(1)[甲], enum.item(3)[乙])");
        assert_eq!(both("- 甲\n- 乙").0, "#list([甲], [乙])");
        assert_eq!(both("2. 甲\n  - 乙\n\n  丙").0, "#enum(enum.item(2)[甲\n\n\n\n#list([乙])\n\n\n\n丙])");
        assert_eq!(
            both("2. 甲\n  - 乙\n\n  丙").1,
            "<ol>\n<li value=\"2\">甲\n<ul>\n<li>乙</li>\n</ul>\n<p>丙</p></li>\n</ol>"
        );
    }
}
