//! Characters that came along with pasted text and that nobody means. In: the strings of the facts; out: a warning for each
//! string from which some were left out, with the edit; and an error at each that a page can neither show nor do without.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::literal;
use crate::diag::{Applicability, Code, Diagnostic, Edit, text};
use crate::facts::Facts;
use crate::form::{FieldKind, Form, Key};
use crate::prose::stray::{Stray, code_point, is_direction_control, is_left_out, stray};
use crate::source::Place;

/// Looks through every string of the facts.
pub(super) fn check(facts: &Facts<'_>, form: &Form, problems: &mut Vec<Diagnostic>) {
    if facts.source.text().contains(|c| stray(c).is_some()) || facts.source.text().contains("\\u") {
        table(&Look { facts, form }, &Key::ROOT, &facts.root, problems);
    }
}

#[derive(Clone, Copy)]
struct Look<'a> {
    facts: &'a Facts<'a>,
    form: &'a Form,
}

fn table(look: &Look<'_>, key: &Key, table: &DeTable<'_>, problems: &mut Vec<Diagnostic>) {
    for (name, inner) in table {
        value(look, &key.join(name.get_ref()), inner.get_ref(), inner.span(), problems);
    }
}

fn value(look: &Look<'_>, key: &Key, found: &DeValue<'_>, span: Range<usize>, problems: &mut Vec<Diagnostic>) {
    match found {
        DeValue::String(text) => string(look, key, text, &Place::new(look.facts.source, span), problems),
        DeValue::Table(inner) => table(look, key, inner, problems),
        DeValue::Array(list) => {
            list.iter().for_each(|one| value(look, key, one.get_ref(), one.span(), problems));
        }
        _ => {}
    }
}

fn string(look: &Look<'_>, key: &str, text: &str, place: &Place, problems: &mut Vec<Diagnostic>) {
    if !text.contains(|c| stray(c).is_some()) {
        return;
    }
    let Some(offsets) = literal::offsets(place.text(), text) else { return };
    let is_prose = look.form.keys.get(key).is_some_and(|known| known.kind == FieldKind::Prose);
    let (mut left_out, mut begins) = (Vec::new(), true);
    for pair in offsets.windows(2) {
        let [(at, from), (_, to)] = pair else { continue };
        let Some(c) = text[*at..].chars().next() else { continue };
        let here = Place::new(&place.source, place.span.start + from..place.span.start + to);
        match stray(c) {
            // In a text of one line these are errors of their own.
            Some(Stray::Invisible) if !is_prose && (c.is_control() || is_direction_control(c)) => {}
            Some(_) if is_left_out(c) => left_out.push((c, here)),
            Some(Stray::Symbol) if begins && is_prose => left_out.push((c, here)),
            Some(kind) => problems.push(unshown(c, kind, here)),
            None => {}
        }
        begins = matches!(c, '\n' | '\r') || (begins && (c.is_whitespace() || stray(c).is_some()));
    }
    problems.extend(told(&left_out));
}

/// One warning for all of a string.
fn told(left_out: &[(char, Place)]) -> Option<Diagnostic> {
    let ((c, first), count) = (left_out.first()?, left_out.len());
    let mut names: Vec<String> = left_out.iter().map(|(c, _)| code_point(*c)).collect();
    names.sort();
    names.dedup();
    let names = names.join(", ");
    let message = text!(
        "文字里有 {count} 个看不见或印不出的字符（{names}），页面上已略去",
        "the text holds {count} characters that cannot be seen or printed ({names}); the page leaves them out"
    );
    let said = text!("这里是 {}", "{} is here", code_point(*c));
    let problem = Diagnostic::warning(Code::StrayCharacter, message).at_saying(first.clone(), said).help(text!(
        "多半是从 Word、WPS 或网页粘贴来的：nianbao check --fix 可以删去",
        "most likely they were pasted from a word processor or a page: `nianbao check --fix` removes them"
    ));
    let edits = left_out.iter().map(|(_, place)| Edit { place: place.clone(), replacement: String::new() });
    Some(problem.fixed(Applicability::Safe, edits))
}

fn unshown(c: char, kind: Stray, place: Place) -> Diagnostic {
    let name = code_point(c);
    let message = match kind {
        Stray::Lost => text!(
            "这里是 {name}：存文件或转码时丢掉的字符",
            "{name} stands here for a character that was lost when the text was stored or converted"
        ),
        _ => text!(
            "{name} 是符号字体里的记号，别的字体印不出",
            "{name} is a sign of a symbol font, which no other font can show"
        ),
    };
    Diagnostic::error(Code::StrayCharacter, message)
        .at(place)
        .help(text!("写上本来的字或符号，或删去", "write the character that was meant, or remove it"))
}
