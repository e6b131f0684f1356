//! The only writer of problems. In: [`Diagnostic`]s; out: text with the source lines they are about on standard error,
//! coloured where [`Colour`] says so; or JSON or SARIF on standard output.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};

use super::excerpt::{Excerpt, excerpts};
use super::plain::{coloured, one_line, plain};
use super::{Code, Diagnostic, ExitStatus, Label, Language, Severity, Text, github, json, plain, sarif, text};
use crate::output::Printer;

/// How far a shown line may go before it is cut, in columns; facts often hold a whole paragraph on one line.
const WIDTH: usize = 140;
/// What stands before a line of a file at most: its number and the lines that lead to places.
const MARGIN: usize = 16;
/// How many problems of one kind in one file are shown to people.
const SHOWN: usize = 20;
/// How much is said of one place, and of one problem in one go, in characters: what was written may be quoted.
const SAID: (usize, usize) = (200, 1_000);
/// After so many bytes of problems, the rest of them is only counted.
const ENOUGH: usize = 500_000;
/// After so many bytes, lines for other programs are written.
const PORTION: usize = 1 << 16;

/// How problems are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum MessageFormat {
    /// With the source lines, on standard error.
    #[default]
    Human,
    /// One JSON object a line, on standard output.
    Json,
    /// One SARIF 2.1.0 log, on standard output.
    Sarif,
    /// An annotation of GitHub Actions a line, on standard output.
    Github,
}

/// Writes problems for people.
pub struct Emitter {
    language: Language,
    format: MessageFormat,
    is_quiet: bool,
    renderer: Renderer,
    /// What goes into a SARIF log, which is written when all is known.
    kept: RefCell<Vec<Diagnostic>>,
    printer: RefCell<Printer>,
    teller: RefCell<Printer>,
    /// Whether all that was to be printed or told could be.
    is_whole: Cell<bool>,
}

/// When messages have colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    /// On terminals, unless `NO_COLOR` is set; everywhere where `CLICOLOR_FORCE` is.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

impl Colour {
    /// Whether what is written there has colours.
    pub fn is_for(self, to: &impl RawStream) -> bool {
        match self {
            Self::Auto => AutoStream::choice(to) != ColorChoice::Never,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

impl Emitter {
    /// A writer of `format` in `language`.
    pub fn new(language: Language, format: MessageFormat, colour: Colour) -> Self {
        let renderer = if colour.is_for(&io::stderr()) { Renderer::styled() } else { Renderer::plain() };
        Self {
            language,
            format,
            is_quiet: false,
            renderer: renderer.term_width(WIDTH),
            kept: RefCell::default(),
            printer: RefCell::new(Printer::open()),
            teller: RefCell::new(Printer::of_problems()),
            is_whole: Cell::new(true),
        }
    }

    /// The same, but silent about what was done where `is_quiet`.
    #[must_use]
    pub fn quiet(self, is_quiet: bool) -> Self {
        Self { is_quiet, ..self }
    }

    /// Whether nothing is to be said of what was done or is going on.
    pub fn is_quiet(&self) -> bool {
        self.is_quiet
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
        let said = |text: &Text| shortened(&plain(text.get(self.language)), SAID.1);
        let title = level.primary_title(said(&problem.message)).id(problem.code.as_str());
        let by_file = by_file(&problem.labels);
        let names: Vec<_> = by_file.iter().map(|labels| one_line(labels[0].place.source.name())).collect();
        let shown: Vec<Vec<Excerpt<'_>>> = by_file.iter().map(|labels| excerpts(labels, WIDTH - MARGIN)).collect();
        let mut group = Group::with_title(title);
        for ((labels, name), excerpts) in by_file.iter().zip(&names).zip(&shown) {
            if labels[0].place.source.text().is_empty() {
                group = group.element(Origin::path(name.as_ref()));
                continue;
            }
            for excerpt in excerpts {
                group = group.element(self.snippet(name, excerpt));
            }
        }
        for note in &problem.notes {
            group = group.element(self.named(Level::NOTE, "说明").message(said(note)));
        }
        if let Some(help) = &problem.help {
            group = group.element(self.named(Level::HELP, "建议").message(said(help)));
        }
        let mut rendered = self.renderer.render(&[group]);
        for (name, excerpt) in names.iter().zip(&shown).flat_map(|(name, all)| all.iter().map(move |one| (name, one))) {
            // The renderer counts columns in what it is given, which lacks the beginning of a long line.
            if let Some((line, here, there)) = excerpt.column {
                rendered = rendered.replacen(&format!("{name}:{line}:{here}"), &format!("{name}:{line}:{there}"), 1);
            }
        }
        coloured(&rendered).into_owned()
    }

    /// A level with its name in the language of the messages.
    fn named(&self, level: Level<'static>, zh: &'static str) -> Level<'static> {
        match self.language {
            Language::Zh => level.with_name(zh),
            Language::En => level,
        }
    }

    fn snippet<'a>(&self, name: &'a str, excerpt: &'a Excerpt<'_>) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let annotations = excerpt.places.iter().map(|(span, label)| {
            let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            kind.span(span.clone())
                .label(label.text.as_ref().map(|text| shortened(&plain(text.get(self.language)), SAID.0)))
        });
        Snippet::source(excerpt.text.as_str()).line_start(excerpt.first).path(name).annotations(annotations)
    }

    /// Writes the problems: for people each followed by an empty line, as JSON each on a line.
    pub fn emit(&self, problems: &[Diagnostic]) {
        match self.format {
            MessageFormat::Human => self.show(problems),
            MessageFormat::Json => self.list(problems),
            MessageFormat::Github => self.annotate(problems),
            MessageFormat::Sarif => self.kept.borrow_mut().extend_from_slice(problems),
        }
    }

    /// Writes the first problems of each kind in a file for people, and how many more there are.
    fn show(&self, problems: &[Diagnostic]) {
        let (mut kinds, mut written) = (BTreeMap::<(&str, &Code), Told>::new(), 0);
        for problem in problems {
            let file = problem.primary().map_or("", |place| place.source.name());
            let told = kinds.entry((file, &problem.code)).or_default();
            if told.shown == SHOWN || written > ENOUGH {
                told.hidden += 1 + problem.more;
                told.is_cut |= problem.more > 0;
                continue;
            }
            told.shown += 1;
            let rendered = self.render(problem);
            written += rendered.len();
            self.written(&format!("{rendered}\n"));
        }
        for ((file, code), told) in kinds.iter().filter(|(_, told)| told.hidden > 0) {
            self.tell(&told.rest(file, code));
        }
    }

    /// Writes the problems for other programs.
    fn list(&self, problems: &[Diagnostic]) {
        let mut lines = String::new();
        for problem in problems {
            lines.push_str(&plain::json(&json::object(problem).to_string()));
            if lines.len() > PORTION {
                self.printed(&lines);
                lines.clear();
            } else {
                lines.push('\n');
            }
        }
        if let Some(lines) = lines.strip_suffix('\n') {
            self.printed(lines);
        }
    }

    /// Writes the problems for GitHub Actions.
    fn annotate(&self, problems: &[Diagnostic]) {
        for problem in problems {
            self.printed(&github::annotation(problem, self.language));
        }
    }

    /// Writes lines to standard error. Nobody can be told where that takes nothing; the exit status says so.
    fn written(&self, lines: &str) {
        if self.teller.borrow_mut().line(lines).is_err() {
            self.is_whole.set(false);
        }
    }

    /// Prints text that was asked for to standard output, followed by a line end.
    pub fn print(&self, asked: &str) {
        self.printed(&plain(asked));
    }

    /// Prints text of this program in which there may be colours.
    pub fn print_coloured(&self, asked: &str) {
        self.printed(&coloured(asked));
    }

    /// Prints JSON that was asked for.
    pub fn print_json(&self, asked: &str) {
        self.printed(&plain::json(asked));
    }

    fn printed(&self, lines: &str) {
        let Err(error) = self.printer.borrow_mut().line(lines) else { return };
        self.is_whole.set(false);
        let message = text!("无法写到标准输出：{error}", "cannot write to standard output: {error}");
        let help = text!(
            "输出不完整。检查磁盘空间，或让输出去别的地方，再运行一次",
            "the output is not whole; check the disk, or send it elsewhere, and run it again"
        );
        let problem = Diagnostic::error(Code::Unwritable, message).help(help);
        self.written(&format!("{}\n", self.render(&problem)));
    }

    /// Writes what had to wait for the end, and gives whether all that was printed has arrived.
    pub fn close(&self) -> ExitStatus {
        if self.format == MessageFormat::Sarif {
            let log = sarif::log(&self.kept.borrow(), self.language);
            self.print_json(&format!("{log:#}"));
        }
        if self.is_whole.get() { ExitStatus::Done } else { Code::Unwritable.exit_status() }
    }

    /// Tells people, where problems are told, what is to be said of all of them.
    pub fn tell(&self, said: &Text) {
        if self.format == MessageFormat::Human {
            self.written(&plain(said.get(self.language)));
        }
    }

    /// Tells people what was done, unless they want to know only what is wrong; other programs have the exit status.
    pub fn say(&self, done: &Text) {
        if !self.is_quiet {
            self.answer(done);
        }
    }

    /// Tells people what they asked for.
    pub fn answer(&self, answer: &Text) {
        if self.format == MessageFormat::Human {
            self.print(answer.get(self.language));
        }
    }
}

/// A text of at most so many characters.
fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// How many problems of one kind there are in a file.
#[derive(Default)]
struct Told {
    /// How many are shown.
    shown: usize,
    /// How many are only counted.
    hidden: usize,
    /// Whether other programs are not told each of them either.
    is_cut: bool,
}

impl Told {
    /// What is said of those that are not shown.
    fn rest(&self, file: &str, code: &Code) -> Text {
        let (file, more) = (if file.is_empty() { "nianbao".into() } else { one_line(file) }, self.hidden);
        match self.is_cut {
            true => text!(
                "{file}：另有 {more} 处 [{code}]；改正以上各处后再检查",
                "{file}: {more} more of [{code}]; mend these and check again"
            ),
            false => text!(
                "{file}：另有 {more} 处 [{code}]；更多见 check --message-format json",
                "{file}: {more} more of [{code}]; `check --message-format json` tells more"
            ),
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
