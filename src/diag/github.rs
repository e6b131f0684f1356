//! Problems as annotations of GitHub Actions. In: a [`Diagnostic`]; out: one line, `::error file=…,line=…,col=…,title=…::message`,
//! which shows the problem beside the line that it is about.

use super::plain::plain;
use super::{Diagnostic, Language, Severity};

/// The problem as a workflow command.
pub(super) fn annotation(problem: &Diagnostic, language: Language) -> String {
    let level = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(place) = problem.primary() {
        let (line, column) = place.source.line_column(place.span.start);
        let (end_line, end_column) = place.source.line_column(place.span.end);
        properties.push(format!("file={}", property(place.source.name())));
        properties.push(format!("line={line},col={column}"));
        // Of several lines, GitHub takes no columns at the end.
        properties.push(match line == end_line {
            true => format!("endLine={end_line},endColumn={end_column}"),
            false => format!("endLine={end_line}"),
        });
    }
    properties.push(format!("title={}", property(&format!("{} [{}]", env!("CARGO_PKG_NAME"), problem.code))));
    let said = std::iter::once(&problem.message).chain(&problem.notes).chain(&problem.help);
    let said: Vec<&str> = said.map(|text| text.get(language)).collect();
    format!("::{level} {}::{}", properties.join(","), data(&said.join("\n")))
}

/// A text in which nothing ends the command, and nothing else is obeyed.
fn data(text: &str) -> String {
    plain(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text in which nothing ends the property either.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Code, text};
    use crate::source::{Place, Source};

    #[test]
    fn nothing_in_a_problem_ends_the_command_or_begins_another() {
        let source = Source::new("reports/甲,乙:丙%/2025.toml", "a = 1\nb = 22\n");
        let message = text!("100% 有误：甲, 乙", "100% wrong: a, b\r\n::error::c");
        let problem = Diagnostic::warning(Code::WrongTotal, message)
            .at(Place::new(&source, 10..12))
            .note(text!("注", "a note"))
            .help(text!("改", "mend it"));
        assert_eq!(
            annotation(&problem, Language::En),
            "::warning file=reports/甲%2C乙%3A丙%25/2025.toml,line=2,col=5,endLine=2,endColumn=7,title=nianbao [wrong-total]\
             ::100%25 wrong: a, b%0D%0A\\u{3a}:error::c%0Aa note%0Amend it"
        );
        assert!(annotation(&problem, Language::Zh).ends_with("::100%25 有误：甲, 乙%0A注%0A改"));
    }

    #[test]
    fn a_problem_without_a_place_has_none_and_one_of_lines_has_no_last_column() {
        let problem = |places: bool| {
            let source = Source::new("a.toml", "a = 1\nb = 2\n");
            let problem = Diagnostic::error(Code::NoProject, text!("无", "none"));
            annotation(&if places { problem.at(Place::new(&source, 0..7)) } else { problem }, Language::En)
        };
        assert_eq!(problem(false), "::error title=nianbao [no-project]::none");
        assert_eq!(problem(true), "::error file=a.toml,line=1,col=1,endLine=2,title=nianbao [no-project]::none");
    }
}
