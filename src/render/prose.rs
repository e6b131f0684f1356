//! Prose: Markdown (CommonMark with tables, without raw HTML) as Typst or HTML. In: the text of a fact; out: markup in which
//! every character of it is data.
//!
//! Offices write paragraphs, not Markdown, so what CommonMark would make of their habits is undone: a line indented
//! with spaces is a paragraph and no code block, a line break between two Chinese characters is no space, and the
//! full-width spaces that stand for an indent are dropped because the page indents.

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

use super::{Target, escape};
use crate::check::is_direction_control;

/// Writes Markdown in the target's language.
pub fn write(markdown: &str, target: Target) -> String {
    let events = events(markdown);
    match target {
        Target::Typst => typst(&events),
        Target::Html | Target::HtmlFragment => html(events),
    }
}

/// What the Markdown says, its text pieces merged and its line breaks settled.
fn events(markdown: &str) -> Vec<Event<'static>> {
    let cleaned = unindented(markdown);
    let mut events: Vec<Event<'static>> = Vec::new();
    let mut images = 0usize;
    for event in Parser::new_ext(&cleaned, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Image { .. }) => images += 1,
            Event::End(TagEnd::Image) => images -= 1,
            Event::Html(text) | Event::InlineHtml(text) | Event::Text(text) | Event::Code(text) => {
                push_text(&mut events, &text);
            }
            Event::Start(Tag::HtmlBlock) => events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => events.push(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::CodeBlock(_)) => events.push(Event::Start(Tag::CodeBlock(CodeBlockKind::Indented))),
            Event::SoftBreak if images == 0 => events.push(Event::SoftBreak),
            other => events.push(other.into_static()),
        }
    }
    settle_breaks(&mut events);
    events
}

/// Without the spaces before each line that would make it a code block; lists keep theirs.
fn unindented(markdown: &str) -> String {
    let (mut lines, mut in_list, mut blank) = (Vec::new(), false, true);
    for line in markdown.lines() {
        let text = line.trim_start();
        let indented = text.len() < line.len();
        if is_list_item(text) {
            in_list = true;
        } else if blank && !indented && !text.is_empty() {
            in_list = false;
        }
        lines.push(if in_list { line } else { text });
        blank = text.is_empty();
    }
    lines.join("\n")
}

fn is_list_item(line: &str) -> bool {
    let marker = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let bullet = ["- ", "* ", "+ "].iter().any(|bullet| line.starts_with(bullet));
    bullet || (marker.len() < line.len() && (marker.starts_with(". ") || marker.starts_with(") ")))
}

fn push_text(events: &mut Vec<Event<'static>>, text: &str) {
    if let Some(Event::Text(before)) = events.last_mut() {
        *before = CowStr::from(format!("{before}{text}"));
    } else {
        events.push(Event::Text(CowStr::from(text.to_owned())));
    }
}

/// A line break in the source is nothing between two wide characters, and a space elsewhere.
fn settle_breaks(events: &mut Vec<Event<'static>>) {
    let mut settled: Vec<Event<'static>> = Vec::with_capacity(events.len());
    for (index, event) in events.iter().enumerate() {
        match event {
            Event::SoftBreak => {
                let before = text_end(&events[..index]);
                let after = text_start(&events[index + 1..]);
                let joins = matches!((before, after), (Some(a), Some(b)) if is_wide(a) && is_wide(b));
                push_text(&mut settled, if joins { "" } else { " " });
            }
            Event::Text(text) => push_text(&mut settled, text),
            other => settled.push(other.clone()),
        }
    }
    *events = settled;
}

fn text_end(events: &[Event<'_>]) -> Option<char> {
    events.iter().rev().find_map(|event| match event {
        Event::Text(text) => Some(text.chars().next_back()),
        Event::Start(Tag::Emphasis | Tag::Strong | Tag::Link { .. }) => None,
        Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link) => None,
        _ => Some(None),
    })?
}

fn text_start(events: &[Event<'_>]) -> Option<char> {
    events.iter().find_map(|event| match event {
        Event::Text(text) => Some(text.chars().next()),
        Event::Start(Tag::Emphasis | Tag::Strong | Tag::Link { .. }) => None,
        Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link) => None,
        _ => Some(None),
    })?
}

/// Whether a character belongs to a script that is written without spaces.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2018}'..='\u{201d}' | '\u{2026}' | '\u{2014}' | '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a link's address may be followed from a published page.
fn is_safe_address(address: &str) -> bool {
    ["http://", "https://", "mailto:"].iter().any(|scheme| address.to_ascii_lowercase().starts_with(scheme))
}

fn typst(events: &[Event<'_>]) -> String {
    let mut out = String::new();
    let mut at_start = true;
    let mut links: Vec<bool> = Vec::new();
    for event in events {
        match event {
            Event::Text(text) => {
                let text = if at_start { text.trim_start() } else { text };
                out.push_str(&typst_text(text));
            }
            Event::HardBreak => out.push_str("#linebreak()"),
            Event::Rule => out.push_str("\n#line(length: 100%)\n"),
            Event::Start(tag) => typst_start(tag, &mut out, &mut links),
            Event::End(tag) => typst_end(*tag, &mut out, &mut links),
            _ => {}
        }
        at_start = matches!(event, Event::Start(_)) && (at_start || !is_inline(event));
    }
    out.trim().to_owned()
}

fn is_inline(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(Tag::Emphasis | Tag::Strong | Tag::Link { .. }))
}

fn typst_start(tag: &Tag<'_>, out: &mut String, links: &mut Vec<bool>) {
    match tag {
        Tag::Paragraph | Tag::CodeBlock(_) => out.push_str("\n\n"),
        Tag::Heading { .. } => out.push_str("\n\n#strong["),
        Tag::BlockQuote(_) => out.push_str("\n\n#quote(block: true)["),
        Tag::List(Some(first)) => out.push_str(&format!("\n\n#enum(start: {first}")),
        Tag::List(None) => out.push_str("\n\n#list("),
        Tag::Item => out.push_str(if out.ends_with('(') { "[" } else { ", [" }),
        Tag::Table(alignments) => {
            let sides: String = alignments.iter().map(|side| typst_side(*side)).collect();
            out.push_str(&format!(
                "\n\n#align(center, text(size: 0.8em, table(columns: {}, align: ({sides}), ",
                alignments.len()
            ));
        }
        Tag::TableHead => out.push_str("table.header("),
        Tag::TableCell => out.push('['),
        Tag::Emphasis => out.push_str("#emph["),
        Tag::Strong => out.push_str("#strong["),
        Tag::Link { dest_url, .. } => {
            let safe = is_safe_address(dest_url);
            links.push(safe);
            if safe {
                out.push_str(&format!("#link(\"{}\")[", escape::typst_text(dest_url)));
            }
        }
        _ => {}
    }
}

fn typst_side(side: Alignment) -> &'static str {
    match side {
        Alignment::None | Alignment::Center => "center, ",
        Alignment::Left => "start, ",
        Alignment::Right => "end, ",
    }
}

fn typst_end(tag: TagEnd, out: &mut String, links: &mut Vec<bool>) {
    match tag {
        TagEnd::Paragraph | TagEnd::CodeBlock => out.push_str("\n\n"),
        TagEnd::Heading(_) | TagEnd::BlockQuote(_) => out.push_str("]\n\n"),
        TagEnd::List(_) => out.push_str(")\n\n"),
        TagEnd::Item => out.push(']'),
        TagEnd::TableCell => out.push_str("], "),
        TagEnd::TableHead => out.push_str("), "),
        TagEnd::Table => out.push_str(")))\n\n"),
        TagEnd::Emphasis | TagEnd::Strong => out.push(']'),
        TagEnd::Link if links.pop() == Some(true) => out.push(']'),
        _ => {}
    }
}

/// Text in which a character that turns the direction of writing is shut in a box of its own, where it turns nothing.
fn typst_text(text: &str) -> String {
    let mut out = String::new();
    for (index, line) in text.trim_end_matches('\n').split('\n').enumerate() {
        if index > 0 {
            out.push_str("#linebreak()");
        }
        for piece in pieces(line) {
            let escaped = escape::typst_text(piece);
            match piece.chars().next() {
                Some(c) if is_direction_control(c) => out.push_str(&format!("#box[{escaped}]")),
                _ => out.push_str(&escaped),
            }
        }
    }
    out
}

/// The text cut before and after each direction control.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(is_direction_control).flat_map(|piece| {
        let last = piece.chars().next_back().filter(|c| is_direction_control(*c));
        let (before, control) = piece.split_at(piece.len() - last.map_or(0, char::len_utf8));
        [before, control].into_iter().filter(|part| !part.is_empty())
    })
}

fn html(events: Vec<Event<'static>>) -> String {
    let mut links: Vec<bool> = Vec::new();
    let mut at_start = true;
    let mut kept: Vec<Event<'static>> = Vec::new();
    for event in events {
        let starts = matches!(&event, Event::Start(_)) && (at_start || !is_inline(&event));
        match event {
            Event::Text(text) => {
                let text = if at_start { text.trim_start() } else { &text };
                kept.push(Event::InlineHtml(CowStr::from(html_text(text))));
            }
            Event::Start(Tag::CodeBlock(_)) => kept.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::CodeBlock) => kept.push(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::Heading { .. }) => kept.extend([Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)]),
            Event::End(TagEnd::Heading(_)) => kept.extend([Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)]),
            Event::Start(Tag::Link { ref dest_url, .. }) => {
                let safe = is_safe_address(dest_url);
                links.push(safe);
                kept.extend(safe.then_some(event));
            }
            Event::End(TagEnd::Link) => kept.extend((links.pop() == Some(true)).then_some(event)),
            other => kept.push(other),
        }
        at_start = starts;
    }
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, kept.into_iter());
    out.trim_end().to_owned()
}

fn html_text(text: &str) -> String {
    let lines: Vec<String> = text
        .trim_end_matches('\n')
        .split('\n')
        .map(|line| {
            pieces(line)
                .map(|piece| {
                    let escaped = escape::html_text(piece);
                    match piece.chars().next() {
                        Some(c) if is_direction_control(c) => {
                            format!("<span class=\"direction-control\">{escaped}</span>")
                        }
                        _ => escaped,
                    }
                })
                .collect()
        })
        .collect();
    lines.join("<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(markdown: &str) -> (String, String) {
        (write(markdown, Target::Typst), write(markdown, Target::Html))
    }

    #[test]
    fn line_breaks_between_chinese_characters_are_nothing() {
        assert_eq!(both("甲\n乙"), ("甲乙".to_owned(), "<p>甲乙</p>".to_owned()));
        assert_eq!(both("a\nb").1, "<p>a b</p>");
        assert_eq!(both("甲，\n乙").1, "<p>甲，乙</p>");
    }

    #[test]
    fn indented_lines_are_paragraphs() {
        assert_eq!(both("    甲*乙*\n\n　　丙").1, "<p>甲<em>乙</em></p>\n<p>丙</p>");
        assert_eq!(both("    甲\n\n　　丙").0, "甲\n\n\n\n丙");
    }

    #[test]
    fn raw_html_is_text() {
        assert_eq!(both("<script>alert(1)</script>").1, "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
        assert_eq!(both("甲<b>乙</b>").1, "<p>甲&lt;b&gt;乙&lt;/b&gt;</p>");
    }

    #[test]
    fn emphasis_ends_where_it_ends() {
        assert_eq!(both("*x1*0").0, "#emph[x1]0");
        assert_eq!(both("**甲**(乙)").0, "#strong[甲]\\u{28}乙\\u{29}");
    }

    #[test]
    fn links_lead_to_pages_only() {
        assert_eq!(both("[甲](javascript:alert)").1, "<p>甲</p>");
        assert_eq!(both("[甲](https://a.cn)").1, "<p><a href=\"https://a.cn\">甲</a></p>");
        assert_eq!(both("[甲](https://a.cn)").0, "#link(\"https\\u{3a}\\u{2f}\\u{2f}a\\u{2e}cn\")[甲]");
    }

    #[test]
    fn tables_become_tables() {
        let (typst, html) = both("| 月 | 件 |\n|---|---:|\n| 一 | 3*x* |");
        let head =
            "#align(center, text(size: 0.8em, table(columns: 2, align: (center, end, ), table.header([月], [件], ), ";
        assert_eq!(typst, format!("{head}[一], [3#emph[x]], )))"));
        assert!(html.contains("<td style=\"text-align: right\">3<em>x</em></td>"), "{html}");
    }

    #[test]
    fn lists_become_lists() {
        assert_eq!(both("1. 甲\n2. 乙").0, "#enum(start: 1, [甲], [乙])");
        assert_eq!(both("- 甲\n- 乙").0, "#list([甲], [乙])");
    }

    #[test]
    fn direction_controls_turn_nothing() {
        assert_eq!(both("甲\u{202e}12").0, "甲#box[\\u{202e}]12");
        assert_eq!(both("甲\u{202e}12").1, "<p>甲<span class=\"direction-control\">&#x202e;</span>12</p>");
    }
}
