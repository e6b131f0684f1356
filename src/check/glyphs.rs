//! Whether every character can be drawn. In: a report and the faces that its form may use; out: a problem for each
//! character that none of them has, at its first place in the facts, so that no page ever shows a blank box.

use std::collections::BTreeSet;

use super::{Report, Value, within};
use crate::diag::{Code, Diagnostic, text};
use crate::fonts::FontSet;

/// The characters of the facts that no face can draw.
pub fn check(report: &Report, fonts: &FontSet) -> Vec<Diagnostic> {
    let mut seen: BTreeSet<char> = BTreeSet::new();
    let mut problems = Vec::new();
    for (key, entry) in &report.values {
        let (Value::Line(words) | Value::Prose(words)) = &entry.value else { continue };
        for c in words.chars().filter(|c| !fonts.can_draw(*c)) {
            if !seen.insert(c) {
                continue;
            }
            let number = u32::from(c);
            let mut problem = Diagnostic::error(
                Code::MissingGlyph,
                text!("没有字体能印出“{c}”（U+{number:04X}）", "no font can draw `{c}` (U+{number:04X})"),
            )
            .note(text!("在 {key} 中", "in {key}"))
            .help(text!(
                "安装收有这个字的字体（运行 nianbao doctor 查看），或改用别的字",
                "install a font that has it (see `nianbao doctor`), or write another character"
            ));
            if let Some(place) = &entry.place {
                problem = problem.at(within(place, &c.to_string()));
            }
            problems.push(problem);
        }
    }
    crate::diag::sort(&mut problems);
    problems
}
