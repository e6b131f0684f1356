//! Official labels written in the place of keys. In: a form, the key of the table that is being written, and a name; out: the
//! keys that are called so there, or elsewhere in the form.

use indexmap::{IndexMap, IndexSet};

use crate::diag::{Applicability, Text, nearest, text};
use crate::form::{Content, Form, Head, Key, Section, Shape};

/// What a name that is no key was meant to be.
pub struct Named {
    /// The key to write there, if one is known, and how sure that is.
    pub key: Option<(String, Applicability)>,
    /// What to do.
    pub help: Text,
}

/// What `name` was meant to be in the table `under` (empty for the top of the file).
pub fn meant(form: &Form, under: &str, name: &str) -> Named {
    let called = called(form, name, |label, wanted| label == wanted);
    let below: Vec<&str> = called.iter().filter_map(|key| below(under, key)).collect();
    match below[..] {
        [key] => {
            // A dotted key may meet a table of the same name further down.
            let sure = if key.contains('.') { Applicability::Suggested } else { Applicability::Safe };
            let help = text!("“{name}”是名称，键是 {key}", "`{name}` is the label; the key is `{key}`");
            return Named { key: Some((key.to_owned(), sure)), help };
        }
        [_, _, ..] => {
            let keys = below.join(", ");
            let help = text!(
                "叫作“{name}”的不止一项，写其中一个键：{keys}",
                "more than one is called `{name}`; write one of the keys: {keys}"
            );
            return Named { key: None, help };
        }
        [] => {}
    }
    if !called.is_empty() {
        return Named { key: None, help: elsewhere(name, &called) };
    }
    let like = called_like(form, under, name);
    if let Some((key, label)) = like {
        let help = text!("是否为“{label}”？它的键是 {key}", "did you mean `{label}`? Its key is `{key}`");
        return Named { key: Some((key, Applicability::Suggested)), help };
    }
    let Some(shape) = shape(form, under) else {
        return Named { key: None, help: text!("改正键的名称", "correct the name of the key") };
    };
    let known: Vec<&str> = shape.keys().map(String::as_str).collect();
    match nearest(&name.replace([' ', '-'], "_"), known.iter().copied()) {
        Some(near) => Named {
            key: Some((near.to_owned(), Applicability::Suggested)),
            help: text!("是否为“{near}”？", "did you mean `{near}`?"),
        },
        None => {
            let list = known.join(", ");
            Named { key: None, help: text!("这里可以写：{list}", "the keys here are: {list}") }
        }
    }
}

/// Where what is called `name` belongs.
fn elsewhere(name: &str, called: &IndexSet<String>) -> Text {
    let places = called.iter().take(3).map(|key| match key.rsplit_once('.') {
        Some((table, last)) => format!("[{table}] {last}"),
        None => key.clone(),
    });
    let places = places.collect::<Vec<_>>().join(" | ");
    match called.len() {
        1 => text!(
            "“{name}”不在这个表里，它的表和键是：{places}",
            "`{name}` is not of this table; its table and key are: {places}"
        ),
        count => text!(
            "“{name}”不在这个表里，叫这个名称的有 {count} 项，如：{places}",
            "`{name}` is not of this table; {count} are called so elsewhere, such as: {places}"
        ),
    }
}

/// The keys that the form has under a key; `None` where it is not a table.
pub fn shape<'a>(form: &'a Form, key: &str) -> Option<&'a IndexMap<String, Shape>> {
    let mut parts = key.split('.').filter(|part| !part.is_empty());
    parts.try_fold(form.keys.shape(), |shape, part| match shape.get(part)? {
        Shape::Branch(children) => Some(children),
        _ => None,
    })
}

fn below<'k>(under: &str, key: &'k str) -> Option<&'k str> {
    match under {
        "" => Some(key),
        _ => key.strip_prefix(under)?.strip_prefix('.'),
    }
}

/// The one key below `under` whose label has the name in it or is in it, with that label.
fn called_like(form: &Form, under: &str, name: &str) -> Option<(String, String)> {
    let is_like = |label: &str, wanted: &str| {
        let long = |text: &str| text.chars().count() >= 2;
        (long(wanted) && label.contains(wanted)) || (long(label) && wanted.contains(label))
    };
    let like = called(form, name, is_like);
    let mut keys = like.iter().filter_map(|key| below(under, key));
    let key = keys.next().filter(|_| keys.next().is_none())?;
    let label = form.label_of(&Key::from(under).join(key)).unwrap_or(key);
    Some((key.to_owned(), label.to_owned()))
}

/// The full keys of all that is called `name`: fields, tables, rows, columns, and prose by its heading.
fn called(form: &Form, name: &str, is_called: impl Fn(&str, &str) -> bool) -> IndexSet<String> {
    let wanted = plain(name);
    let mut found = IndexSet::new();
    if wanted.is_empty() {
        return found;
    }
    let mut see = |label: &str, key: &str| {
        if !key.is_empty() && is_called(&plain(label), &wanted) {
            found.insert(key.to_owned());
        }
    };
    for field in &form.fields {
        see(&field.label, &field.key);
    }
    for section in &form.sections {
        if let (Some(heading), Some(table)) = (&section.heading, table_of(section)) {
            see(heading, table);
        }
        for block in &section.blocks {
            if let Content::Prose { heading: Some(heading), key, .. } = block {
                see(heading, key);
            }
        }
    }
    for table in &form.tables {
        see(&table.label, &table.key);
        for block in &table.blocks {
            heads(&block.rows, &table.key, &Key::ROOT, &mut see);
            for row in block.leaf_rows() {
                let row = row.last().map_or(&table.key, |head| &head.key);
                heads(&block.columns, &Key::ROOT, row, &mut see);
            }
        }
    }
    found
}

/// The one table of the facts that all prose of a section is in.
fn table_of(section: &Section) -> Option<&str> {
    let mut tables = section.blocks.iter().filter_map(|block| match block {
        Content::Prose { key, .. } => key.rsplit_once('.').map(|(table, _)| table),
        _ => None,
    });
    let first = tables.next()?;
    tables.all(|table| table == first).then_some(first)
}

/// Every head with a key of its own, `row` being the row that it is a column of.
fn heads(list: &[Head], above: &Key, row: &Key, see: &mut impl FnMut(&str, &str)) {
    for head in list {
        if head.key != *above {
            see(&head.label, &row.join(&head.key));
        }
        heads(&head.children, &head.key, row, see);
    }
}

/// A label without white space, numbering before it and remarks in brackets behind it.
fn plain(label: &str) -> String {
    let bare: String = label.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let number = |c: char| c.is_ascii_digit() || "〇一二三四五六七八九十".contains(c);
    let mut rest = bare.trim_end_matches(['：', ':', '。']);
    if let Some(inner) = rest.strip_prefix(['（', '(']) {
        let after = inner.trim_start_matches(number);
        rest = after.strip_prefix(['）', ')']).filter(|_| after.len() < inner.len()).unwrap_or(rest);
    } else {
        let after = rest.trim_start_matches(number);
        rest = after.strip_prefix(['、', '.', '．']).filter(|_| after.len() < rest.len()).unwrap_or(rest);
    }
    if rest.ends_with(['）', ')'])
        && let Some(at) = rest.rfind(['（', '('])
        && at > 0
    {
        rest = &rest[..at];
    }
    // A label of nothing but a number is itself.
    if rest.is_empty() { bare } else { rest.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_compared_without_numbers_and_remarks() {
        assert_eq!(plain("（一）予以公开"), "予以公开");
        assert_eq!(plain("三、 办理 结果"), "办理结果");
        assert_eq!(plain("本年收费金额（单位：万元）"), "本年收费金额");
        assert_eq!(plain("（一）"), "（一）");
        assert_eq!(plain("十堰市"), "十堰市");
    }
}
