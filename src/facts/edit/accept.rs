//! Accepted warnings. In: an outline and an acceptance; out: the splices that write its `[[accept]]`, or take it away with its
//! comments.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::insert::start_of_block;
use super::list;
use super::outline::{Held, Outline};
use super::step::{Made, refused};
use crate::diag::{Diagnostic, text};
use crate::facts::literal;
use crate::form::keys::HEAD;
use crate::report::Accepted;
use crate::source::{end_of_line, start_of_line};

/// What an acceptance says, each under its key.
pub(super) type Fields = BTreeMap<String, String>;

/// What an acceptance says.
pub(super) fn fields(accepted: &Accepted) -> Fields {
    written(accepted).map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// The keys of an acceptance and what is written under them, in the order in which people write them.
fn written(accepted: &Accepted) -> impl Iterator<Item = (&'static str, &str)> {
    let Accepted { check, key, figure, reason } = accepted;
    let (key, figure) = (key.as_ref().map(|key| key.as_str()), figure.as_deref());
    let all = [("check", Some(check.as_str())), ("key", key), ("figure", figure), ("reason", Some(reason.as_str()))];
    all.into_iter().filter_map(|(name, text)| text.map(|text| (name, text)))
}

/// What each acceptance of a text says; a figure may be written as a number.
pub(super) fn all(text: &str) -> Option<Vec<Fields>> {
    let root = DeTable::parse(text).ok()?;
    let list = root.get_ref().get(HEAD[2]).and_then(|list| list.get_ref().as_array());
    let of = |table: &DeTable<'_>| {
        let fields = table.iter().map(|(name, value)| {
            let said = match value.get_ref() {
                // As it is read where it is checked.
                DeValue::String(words) => words.trim().to_owned(),
                _ => text.get(value.span()).unwrap_or_default().to_owned(),
            };
            (name.get_ref().clone().into_owned(), said)
        });
        fields.collect::<Fields>()
    };
    let tables = list.into_iter().flat_map(|list| list.iter());
    Some(tables.map(|item| item.get_ref().as_table().map(of).unwrap_or_default()).collect())
}

/// One more acceptance, behind all that is there.
pub(super) fn append(outline: &Outline<'_>, accepted: &Accepted, end: &str) -> Made {
    let text = outline.text;
    let fields: Vec<(&str, String)> = written(accepted).map(|(name, text)| (name, literal::in_quotes(text))).collect();
    if let Some(Held::List(items)) = outline.entry(&[HEAD[2].to_owned()]).map(|entry| &entry.held) {
        let item = literal::row(fields.iter().map(|(name, literal)| (*name, literal.as_str())));
        return Made::of(list::append(text, items, &item, false, end));
    }
    let mut block = format!("[[{}]]{end}", HEAD[2]);
    for (name, literal) in fields {
        block.push_str(&format!("{name} = {literal}{end}"));
    }
    let gap = match text.lines().last() {
        None => String::new(),
        Some(_) if !text.ends_with('\n') => end.repeat(2),
        Some(last) if last.trim().is_empty() => String::new(),
        Some(_) => end.to_owned(),
    };
    Made::of(vec![(text.len()..text.len(), gap + &block)])
}

/// The last acceptance that says the same goes, with the comments directly above it and in it.
pub(super) fn remove(outline: &Outline<'_>, accepted: &Accepted) -> Result<Made, Diagnostic> {
    let found = all(outline.text).unwrap_or_default().iter().rposition(|found| *found == fields(accepted));
    let Some(number) = found else {
        let check = &accepted.check;
        return Err(refused(text!(
            "文件里没有这一条 [[accept]]：{check}",
            "there is no such [[accept]] in the file: {check}"
        )));
    };
    let path = [HEAD[2].to_owned()];
    if let Some(Held::List(items)) = outline.entry(&path).map(|entry| &entry.held) {
        let removed = items.items.get(number).map(|item| comments(outline, item)).unwrap_or_default();
        let splices = list::remove(outline.text, items, number).unwrap_or_default();
        return Ok(Made { splices, removed, note: None });
    }
    let mut blocks = outline.sections.iter().enumerate().filter(|(_, section)| section.is_item && section.path == path);
    let Some((at, section)) = blocks.nth(number) else { return Ok(Made::default()) };
    let own = outline.sections[at..].iter().enumerate();
    let own = own.take_while(|(number, section)| *number == 0 || (!section.is_item && section.path.starts_with(&path)));
    let last = own.map(|(_, section)| section.entries.last().map_or(section.header.end, |entry| entry.value.end)).max();
    let span = start_of_block(outline, section)..end_of_line(outline.text, last.unwrap_or(section.header.end));
    let removed = comments(outline, &span);
    Ok(Made { splices: vec![(with_a_blank_line(outline.text, span), String::new())], removed, note: None })
}

fn comments(outline: &Outline<'_>, within: &Range<usize>) -> Vec<String> {
    let inside = outline.comments.iter().filter(|comment| within.contains(&comment.start));
    inside.map(|comment| outline.text[comment.clone()].to_owned()).collect()
}

/// Whole lines with the empty one before them, where an empty one or nothing follows.
fn with_a_blank_line(text: &str, lines: Range<usize>) -> Range<usize> {
    let end = (lines.end + 1).min(text.len());
    let is_last = text[end..].lines().next().is_none_or(|line| line.trim().is_empty());
    let above = lines.start.checked_sub(1).map(|above| start_of_line(text, above));
    let start = above.filter(|above| is_last && text[*above..lines.start].trim().is_empty()).unwrap_or(lines.start);
    start..end
}
