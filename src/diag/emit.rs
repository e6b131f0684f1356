//! The only writer of problems. In: [`Diagnostic`]s; out: text with the source lines they are about on standard error,
//! coloured where that is a terminal and `NO_COLOR` is not set; or JSON or SARIF on standard output.

use std::cell::{Cell, RefCell};
use std::env;
use std::io::{self, IsTerminal, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Code, Diagnostic, ExitStatus, Label, Language, Severity, Text, json, sarif, text};
use crate::cli::MessageFormat;
use crate::output::Printer;

/// How far a shown line may go before it is cut, in columns; facts often hold a whole paragraph on one line.
const WIDTH: usize = 140;

/// Writes problems for people.
pub struct Emitter {
    language: Language,
    format: MessageFormat,
    renderer: Renderer,
    /// What goes into a SARIF log, which is written when all is known.
    kept: RefCell<Vec<Diagnostic>>,
    printer: RefCell<Printer>,
    /// Whether all that was to be printed could be.
    is_whole: Cell<bool>,
}

/// Whether what is written there may have colours.
pub fn has_colours(to: &impl IsTerminal) -> bool {
    to.is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

impl Emitter {
    /// A writer of `format` in `language`, with colours where standard error shows them.
    pub fn new(language: Language, format: MessageFormat) -> Self {
        let renderer = if has_colours(&io::stderr()) { Renderer::styled() } else { Renderer::plain() };
        Self {
            language,
            format,
            renderer: renderer.term_width(WIDTH),
            kept: RefCell::default(),
            printer: RefCell::new(Printer::open()),
            is_whole: Cell::new(true),
        }
    }

    /// The language that messages are written in.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The problem as text, without a line end.
    pub fn render(&self, problem: &Diagnostic) -> String {
        let (level, zh) = match problem.severity {
            Severity::Error => (Level::ERROR, "错误"),
            Severity::Warning => (Level::WARNING, "警告"),
            Severity::Note => (Level::NOTE, "说明"),
        };
        let level = self.named(level, zh);
        let title = level.primary_title(problem.message.get(self.language)).id(problem.code.as_str());
        let mut group = Group::with_title(title);
        for labels in by_file(&problem.labels) {
            let source = &labels[0].place.source;
            group = match source.text().is_empty() {
                true => group.element(Origin::path(source.name())),
                false => group.element(self.snippet(&labels)),
            };
        }
        for note in &problem.notes {
            group = group.element(self.named(Level::NOTE, "说明").message(note.get(self.language)));
        }
        if let Some(help) = &problem.help {
            group = group.element(self.named(Level::HELP, "建议").message(help.get(self.language)));
        }
        self.renderer.render(&[group])
    }

    /// A level with its name in the language of the messages.
    fn named(&self, level: Level<'static>, zh: &'static str) -> Level<'static> {
        match self.language {
            Language::Zh => level.with_name(zh),
            Language::En => level,
        }
    }

    fn snippet<'a>(&self, labels: &[&'a Label]) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let source = &labels[0].place.source;
        let annotations = labels.iter().map(|label| {
            let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let length = source.text().len();
            let span = label.place.span.start.min(length)..label.place.span.end.min(length);
            kind.span(span).label(label.text.as_ref().map(|text| match self.language {
                Language::Zh => text.zh.as_str(),
                Language::En => text.en.as_str(),
            }))
        });
        Snippet::source(source.text()).path(source.name()).annotations(annotations)
    }

    /// Writes the problems: for people each followed by an empty line, as JSON each on a line.
    pub fn emit(&self, problems: &[Diagnostic]) {
        for problem in problems {
            match self.format {
                MessageFormat::Human => self.write(problem),
                MessageFormat::Json => self.print(&json::object(problem).to_string()),
                MessageFormat::Sarif => self.kept.borrow_mut().push(problem.clone()),
            }
        }
    }

    /// Writes a problem for people. Nothing can be said about a standard error that cannot be written to.
    fn write(&self, problem: &Diagnostic) {
        let _ = writeln!(io::stderr().lock(), "{}\n", self.render(problem));
    }

    /// Prints text that was asked for to standard output, followed by a line end.
    pub fn print(&self, asked: &str) {
        let Err(error) = self.printer.borrow_mut().line(asked) else { return };
        self.is_whole.set(false);
        let message = text!("无法写到标准输出：{error}", "cannot write to standard output: {error}");
        let help = text!(
            "输出不完整。检查磁盘空间，或让输出去别的地方，再运行一次",
            "the output is not whole; check the disk, or send it elsewhere, and run it again"
        );
        self.write(&Diagnostic::error(Code::Unwritable, message).help(help));
    }

    /// Writes what had to wait for the end, and gives whether all that was printed has arrived.
    pub fn close(&self) -> ExitStatus {
        if self.format == MessageFormat::Sarif {
            let log = sarif::log(&self.kept.borrow(), self.language);
            self.print(&format!("{log:#}"));
        }
        if self.is_whole.get() { ExitStatus::Done } else { Code::Unwritable.exit_status() }
    }

    /// Tells people, where problems are told, what is to be said of all of them.
    pub fn tell(&self, said: &Text) {
        if self.format == MessageFormat::Human {
            let _ = writeln!(io::stderr().lock(), "{}", said.get(self.language));
        }
    }

    /// Tells people what was done; other programs have the exit status.
    pub fn say(&self, done: &Text) {
        if self.format == MessageFormat::Human {
            self.print(done.get(self.language));
        }
    }
}

fn by_file(labels: &[Label]) -> Vec<Vec<&Label>> {
    let mut files: Vec<Vec<&Label>> = Vec::new();
    for label in labels {
        match files.iter_mut().find(|group| group[0].place.source == label.place.source) {
            Some(group) => group.push(label),
            None => files.push(vec![label]),
        }
    }
    files
}
