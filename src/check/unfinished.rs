//! What was left in a text that somebody meant to mend: Git's conflict markers, and the marks by which `roll` shows what is
//! last year's (`【2024】`, `…`). In: the texts of the facts; out: an error at each, because none is ever meant to be printed.

use std::ops::Range;

use super::prose::{Looked, Prose};
use crate::diag::{Code, Diagnostic, text};
use crate::facts::slips::conflict_mark;
use crate::source::lines;

/// Looks at each text.
pub(super) fn check(texts: &[Looked<'_>], problems: &mut Vec<Diagnostic>) {
    for look in texts {
        conflicts(look.prose, problems);
        roll_marks(look, problems);
    }
}

/// One problem for each conflict: where it begins, with where its sides part and where it ends. `=======` and `|||||||` count
/// only in a conflict.
fn conflicts(prose: &Prose, problems: &mut Vec<Diagnostic>) {
    let mut open: Option<Diagnostic> = None;
    for (at, line) in lines(&prose.text) {
        let counts = |mark: &char| open.is_some() || matches!(mark, '<' | '>');
        let Some(mark) = conflict_mark(line).filter(counts) else { continue };
        let place = || prose.place(at..at + line.len());
        let begun = open.take().unwrap_or_else(|| {
            let message = text!("正文里有 Git 合并冲突的记号", "the text holds the conflict markers of a Git merge");
            let help = text!(
                "留下要的一方，删去另一方和 <<<<<<<、=======、>>>>>>> 三行",
                "keep one of the sides; remove the other and the lines <<<<<<<, ======= and >>>>>>>"
            );
            Diagnostic::error(Code::ConflictMarkers, message).help(help)
        });
        let begun = match mark {
            _ if begun.labels.is_empty() => begun.at(place()),
            '=' => begun.and_at(place(), text!("另一方从这里开始", "the other side begins here")),
            '|' => begun.and_at(place(), text!("双方改动之前的文字", "the text before both changes")),
            _ => begun.and_at(place(), text!("到这里为止", "it ends here")),
        };
        match mark {
            '>' => problems.push(begun),
            _ => open = Some(begun),
        }
    }
    problems.extend(open);
}

fn roll_marks(look: &Looked<'_>, problems: &mut Vec<Diagnostic>) {
    let text = look.normal.text.as_str();
    let marked = text.match_indices('【').filter_map(|(at, _)| {
        let inner = &text[at + '【'.len_utf8()..];
        let end = inner.find(|c: char| !(c.is_numeric() || matches!(c, '.' | ',' | '，')))?;
        let is_number = end > 0 && inner[end..].starts_with('】');
        if !is_number {
            return None;
        }
        let after = &inner[end + '】'.len_utf8()..];
        // 某政办【2024】5号 is the number of a document in the wrong brackets.
        let is_document = after.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with('号')
            && after.starts_with(|c: char| c.is_ascii_digit());
        (!is_document).then_some(at..at + '【'.len_utf8() + end + '】'.len_utf8())
    });
    for stretch in marked.chain(blanks(text)) {
        let (said, place) = (look.said(stretch.clone()), look.place(stretch));
        let (zh, en) = (said.zh, said.en);
        let message = text!(
            "{zh}是上年底稿的记号，还没有改成本年的",
            "{en} is a mark of last year's draft that still waits for this year's"
        );
        let help = text!("写上本年的数字或文字，去掉记号", "write this year's figure or words, without the mark");
        problems.push(Diagnostic::error(Code::DraftMark, message).at(place).help(help));
    }
}

/// A lone `…` in the place of a number or of the whole text; two of them are an ellipsis.
fn blanks(text: &str) -> Vec<Range<usize>> {
    if text.trim_matches(['…', '。', '\n']).is_empty() && text.contains('…') {
        return std::iter::once(0..text.len()).collect();
    }
    let counts = |c: char| "件条份次项个年月日万元篇期人％%".contains(c);
    let is_alone = |at: usize| {
        let after = &text[at + '…'.len_utf8()..];
        !text[..at].ends_with('…') && after.starts_with(counts)
    };
    text.match_indices('…').map(|(at, _)| at).filter(|at| is_alone(*at)).map(|at| at..at + '…'.len_utf8()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Place, Source};

    fn told(text: &str) -> Vec<String> {
        let source = Source::new("a.toml", format!("'''\n{text}'''"));
        let place = Place::new(&source, 0..source.text().len());
        let prose = Prose { is_prose: true, ..Prose::plain(&"a".into(), text, &place) };
        let mut problems = Vec::new();
        check(&[Looked::at(&prose)], &mut problems);
        problems.iter().map(|problem| problem.primary().map_or("", |place| place.text()).to_owned()).collect()
    }

    #[test]
    fn conflicts_are_told_once_each() {
        let conflict = "甲\n<<<<<<< HEAD\n乙\n=======\n丙\n>>>>>>> 改\n丁\n";
        assert_eq!(told(conflict), ["<<<<<<< HEAD"]);
        assert_eq!(told(&conflict.repeat(2)).len(), 2);
        assert_eq!(told("甲\n=======\n乙"), Vec::<String>::new(), "a line of its own is none");
        assert_eq!(told("甲\n>>>>>>> 改"), [">>>>>>> 改"]);
        assert_eq!(told("<<<<<<<<< 甲"), Vec::<String>::new());
    }

    #[test]
    fn marks_of_roll_are_told() {
        assert_eq!(told("【2024】年收到【1,203】件"), ["【2024】", "【1,203】"]);
        assert_eq!(told("共…件，占…%"), ["…", "…"]);
        assert_eq!(told("……"), ["……"]);
        for text in ["某政办【2024】5号", "【政策】解读", "甲、乙……等", "等…", "【】"] {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }
}
