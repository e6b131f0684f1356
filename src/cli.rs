//! The command line. In: what was typed; out: [`Cli`], as typed. What it means is settled by each command (`commands/`).

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::compare::DiffFormat;
use crate::diag::emit::Colour;
use crate::diag::{Language, MessageFormat};
use crate::export::Format;
use crate::interrupt::Interrupt;
use crate::shard::Shard;
use crate::sheet::SheetFormat;
use crate::status::StatusFormat;
use crate::typeset::EngineChoice;
use crate::worker::{Guard, Limits};

pub mod language;

/// Compiles a year's facts into an official report.
#[derive(Debug, Parser)]
#[command(
    name = "nianbao",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    subcommand_required = true,
    after_help = EXIT
)]
pub struct Cli {
    /// Language of messages: zh or en. Default: NIANBAO_LANG, then the locale, then zh.
    #[arg(long, global = true, value_enum, value_name = "LANG", display_order = 900)]
    pub lang: Option<Language>,
    /// Say nothing of what went well, and show no progress; problems are still shown.
    #[arg(long, short, global = true, display_order = 901)]
    pub quiet: bool,
    /// Colours: auto, always or never; auto is on terminals, everywhere where CLICOLOR_FORCE is set, and nowhere where NO_COLOR is. Default: auto.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        display_order = 902
    )]
    pub color: Colour,
    /// Run as if started in this folder.
    #[arg(short = 'C', global = true, value_name = "DIR", display_order = 903)]
    pub directory: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the pages of reports.
    ///
    /// Checks the facts, and where they hold writes `build/…/YEAR.pdf` and `.html`. A report whose facts do
    /// not hold is not written; the others are. Files appear whole or not at all.
    #[command(after_help = EXIT)]
    Build(Build),
    /// Fill in facts on a page in the browser, as on paper; each change is saved as a small edit of the facts file.
    ///
    /// The tables are those of the official form; totals and problems are shown while one types, and the pages beside it follow each
    /// save. It is served on 127.0.0.1 alone, and ends some minutes after the page is closed, or with Ctrl-C.
    #[command(after_help = EXIT)]
    Edit(Edit),
    /// Build again whenever a file changes, and show the pages in a browser on this machine.
    ///
    /// The page has the PDF's sheets, the web version and what is wrong, and follows each save; where the facts do not hold,
    /// it keeps the last good pages. It is served on 127.0.0.1 alone. Ctrl-C ends it.
    #[command(after_help = EXIT)]
    Watch(Watch),
    /// Check facts without making pages.
    #[command(after_help = EXIT)]
    Check(Check),
    /// Start an organ's facts: a file with every key, its official label and how to fill it in.
    ///
    /// It is written to reports/ORGAN/YEAR.toml. Nothing that is there already is overwritten.
    New(New),
    /// Read a report that was published (PDF, Word, web page, sheet or text) into facts.
    ///
    /// Last year's file becomes last year's facts, in reports/ORGAN/YEAR.toml, each figure with the place that it was read at; what
    /// could not be read, or is in doubt, is said and stands in comments. Nothing is guessed, and nothing that is there already is
    /// overwritten. Exit status: 0 all was read and the facts hold, 1 written, with something to look at, 2 nothing was read.
    Import(Import),
    /// Start next year's facts from this year's.
    ///
    /// What the form says is carried over is taken over, prose becomes a commented draft with its years and numbers
    /// marked, and all else is left for `check` to ask for. Facts with errors are refused, and nothing is overwritten.
    Roll(Roll),
    /// Put facts files into one layout: spaces, empty lines and line ends, never values or comments.
    Fmt(Fmt),
    /// Compare two reports, or the years of an organ: changed figures, and prose by sentence.
    Diff(Diff),
    /// Start a project: nianbao.toml, reports/ with an example, .gitignore.
    ///
    /// Nothing that is there already is overwritten.
    Init(Init),
    /// List the forms and where their files come from; or start or check one.
    Forms(Forms),
    /// Write a JSON Schema: of a form's facts or of nianbao.toml, for editors; or of reports as data.
    ///
    /// Editors with a TOML language server (Tombi, Even Better TOML) complete and explain facts by it; `init` puts it
    /// into the project, and the first line of a facts file names it.
    Schema(Schema),
    /// Say which organs have reported, what is wrong, and what is to be done.
    ///
    /// A row for each organ that owes a report: whoever nianbao.toml lists, and whoever reported last year. Exit status: 0 all
    /// reports are there and none has errors, 1 one is missing or has errors, 2 usage or environment.
    Status(Status),
    /// Show how a government's figures are added up: organs down, cells across, the sums at the foot, last year beside.
    ///
    /// The facts of the government name its organs under `[consolidates]`. Exit status: 0 the sums are whole and the facts hold, 1 an
    /// organ is missing or wrong, or the facts have errors, 2 usage or environment.
    Consolidate(Consolidate),
    /// Say whether pages are those that today's facts, form and fonts make, and what differs if not.
    ///
    /// Each page is made anew in memory, by the record that lies beside it (`YEAR.json`). Exit status: 0 the same,
    /// 1 it differs, 2 usage or environment.
    Verify(Verify),
    /// Put together the summaries of all shards of a build, say what failed, and end as one build would have.
    #[command(after_help = EXIT)]
    MergeSummary(MergeSummary),
    /// Explain the code of a problem: the rule, its source, a wrong and a right example; or list all codes.
    Explain(Explain),
    /// Say which engine and which font faces are used, and what is missing.
    Doctor(Doctor),
    /// Write what a shell completes this command line by.
    ///
    /// For bash: nianbao completions bash > ~/.local/share/bash-completion/completions/nianbao. For other shells, see
    /// where they look for completions.
    Completions(Completions),
    /// Print help, or the help of a command.
    Help(Help),
}

const EXIT: &str = "Exit status: 0 done (there may be warnings), 1 facts were rejected, 2 usage or environment.";

/// What to work on.
#[derive(Args, Debug, Default)]
pub struct SelectArgs {
    /// A year, an organ's name or folder, or a facts file; left out, everything under reports/.
    #[arg(value_name = "SELECT")]
    pub select: Vec<String>,
    /// Turn warnings into errors.
    #[arg(long, value_name = "WHAT", value_enum)]
    pub deny: Option<Deny>,
}

impl SelectArgs {
    /// Whether warnings count as errors.
    pub fn denies_warnings(&self) -> bool {
        self.deny == Some(Deny::Warnings)
    }
}

/// What a page of a project's own templates may take.
#[derive(Args, Clone, Debug, Default)]
pub struct PageLimits {
    /// Processor time that a page of the project's own templates may take, in seconds. Default: 4.
    #[arg(long, value_name = "SECONDS")]
    pub page_seconds: Option<NonZeroU32>,
    /// Memory that such a page may take beside its fonts, in MiB. Default: 256.
    #[arg(long, value_name = "MIB")]
    pub page_mib: Option<NonZeroU32>,
}

impl PageLimits {
    /// What work runs under: the limits that were typed, else the usual ones.
    pub fn guard(&self, interrupt: &Interrupt) -> Guard {
        let usual = Limits::default();
        let limits = Limits {
            seconds: self.page_seconds.map_or(usual.seconds, u32::from),
            mib: self.page_mib.map_or(usual.mib, u32::from),
        };
        Guard { limits, interrupt: interrupt.clone() }
    }
}

/// What may be denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Every warning.
    Warnings,
}

/// The arguments of `build`.
#[derive(Args, Debug, Default)]
pub struct Build {
    /// What to build.
    #[command(flatten)]
    pub selection: SelectArgs,
    /// Output formats. Default: pdf,html, or what nianbao.toml says.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORMATS")]
    pub format: Vec<Format>,
    /// Which Typst to use. Default: auto, or what nianbao.toml says.
    #[arg(long, value_enum, value_name = "ENGINE")]
    pub engine: Option<EngineChoice>,
    /// How many reports to make at once, 1 or more. Default: one for each processor.
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Where to write. Default: build/ in the project.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Make only one shard of the reports, the I-th of N, counted from 1; the shard depends on the organ's folder alone.
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Write what became of the reports, as JSON, to this file too.
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
    /// Build reports again whose pages are there already, made of the same facts, form, fonts and program.
    #[arg(long)]
    pub force: bool,
    /// Remove the pages, drafts and records of facts files that are gone, after saying which; no other file is touched.
    #[arg(long)]
    pub clean: bool,
    /// Draw the charts that the form declares. Default: not, or what nianbao.toml says.
    #[arg(long)]
    pub charts: bool,
    /// Make pages in spite of problems, each marked as a draft, as YEAR.draft.pdf and .html; errors still give status 1.
    #[arg(long)]
    pub draft: bool,
    /// What pages may take.
    #[command(flatten)]
    pub limits: PageLimits,
}

/// The arguments of `watch`.
#[derive(Args, Clone, Debug)]
pub struct Watch {
    /// A year, an organ's name or folder, or a facts file; left out, everything under reports/.
    #[arg(value_name = "SELECT")]
    pub select: Vec<String>,
    /// Open the page in the browser.
    #[arg(long)]
    pub open: bool,
    /// The port of the page, 1 to 65535. Default: 7780, or any that is free.
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
    /// Show a report that was never in order as a draft, with what is missing; nothing is written of it.
    #[arg(long)]
    pub draft: bool,
    /// What pages may take.
    #[command(flatten)]
    pub limits: PageLimits,
}

/// The arguments of `edit`.
#[derive(Args, Clone, Debug)]
pub struct Edit {
    /// A year, an organ's name or folder, or a facts file; left out, everything under reports/.
    #[arg(value_name = "SELECT")]
    pub select: Option<String>,
    /// The port of the page, 1 to 65535. Default: 7780, or any that is free.
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
    /// Say where the page is, and open no browser.
    #[arg(long)]
    pub no_open: bool,
}

/// The arguments of `check`.
#[derive(Args, Debug)]
pub struct Check {
    /// What to check.
    #[command(flatten)]
    pub selection: SelectArgs,
    /// How to tell problems: to people, as JSON on standard output (one object a line), as one SARIF 2.1.0 log, or as annotations of GitHub Actions.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub message_format: MessageFormat,
    /// Make the edits that are beyond doubt, say each, and check again; no other byte of a file is changed.
    #[arg(long)]
    pub fix: bool,
    /// With --fix: show the edits as a unified diff on standard output, and write nothing.
    #[arg(long, requires = "fix", conflicts_with = "message_format")]
    pub dry_run: bool,
}

/// The arguments of `new`.
#[derive(Args, Debug)]
pub struct New {
    /// The organ, as it is called in full.
    #[arg(value_name = "ORGAN")]
    pub organ: String,
    /// The form.
    #[arg(long, value_name = "FORM")]
    pub form: String,
    /// The year reported on, in four digits.
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(u16).range(1000..=9999))]
    pub year: u16,
}

/// The arguments of `status`.
#[derive(Args, Debug)]
pub struct Status {
    /// A year, an organ's name or folder, a group of nianbao.toml, or a facts file; left out, all organs. Without a year, the latest.
    #[arg(value_name = "SELECT")]
    pub select: Vec<String>,
    /// How to say it: as a table, as JSON, as CSV, or as a web page.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: StatusFormat,
    /// Write it to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write a letter to each organ that has something to mend into this folder: a web page and a Word file.
    #[arg(long, value_name = "DIR")]
    pub letters: Option<PathBuf>,
}

/// The arguments of `consolidate`.
#[derive(Args, Debug)]
pub struct Consolidate {
    /// The government: its name or folder, of which the latest year is meant, or its facts file.
    #[arg(value_name = "SELECT")]
    pub select: String,
    /// Show one sum with the part of each organ and where it stands.
    #[arg(long, value_name = "KEY")]
    pub cell: Option<String>,
    /// How to say it, on standard output: as a table, as CSV, as JSON, or as a web page.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: SheetFormat,
    /// Write the sums into the facts, but for those whose difference is accepted with a reason, and say each.
    #[arg(long, conflicts_with_all = ["cell", "format"])]
    pub write: bool,
}

/// The arguments of `import`.
#[derive(Args, Debug)]
pub struct Import {
    /// The file: .pdf, .docx, .html, .xlsx, .ods or text; .doc, .wps, .rtf and .odt where LibreOffice is installed.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The form. Default: the one whose tables are most like those of the file.
    #[arg(long, value_name = "FORM")]
    pub form: Option<String>,
    /// The organ, as it is called in full. Default: what the title of the report says.
    #[arg(long, value_name = "NAME")]
    pub organ: Option<String>,
    /// The year reported on, in four digits. Default: what the title of the report says.
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(u16).range(1000..=9999))]
    pub year: Option<u16>,
    /// Where to write. Default: reports/ORGAN/YEAR.toml in the project.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Show the facts on standard output, and write none.
    #[arg(long)]
    pub dry_run: bool,
    /// Write where each fact was read, as JSON, to this file.
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// How to tell problems: to people, as JSON on standard output (one object a line), as one SARIF 2.1.0 log, or as annotations of GitHub Actions.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, conflicts_with = "dry_run")]
    pub message_format: MessageFormat,
}

/// The arguments of `roll`.
#[derive(Args, Debug)]
pub struct Roll {
    /// A year, an organ's name or folder, or a facts file.
    #[arg(value_name = "SELECT", required = true)]
    pub select: Vec<String>,
    /// The year to roll to, in four digits. Default: the next one.
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(u16).range(1000..=9999))]
    pub to: Option<u16>,
    /// Show the files and write nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// The arguments of `fmt`.
#[derive(Args, Debug)]
pub struct Fmt {
    /// A year, an organ's name or folder, or a facts file; left out, everything under reports/.
    #[arg(value_name = "SELECT")]
    pub select: Vec<String>,
    /// Change nothing; end with status 1 where a file would change.
    #[arg(long)]
    pub check: bool,
}

/// The arguments of `diff`.
#[derive(Args, Debug)]
pub struct Diff {
    /// A facts file; or, alone, a folder with the years of an organ.
    #[arg(value_name = "A")]
    pub a: String,
    /// The facts file to compare it with.
    #[arg(value_name = "B")]
    pub b: Option<String>,
    /// How to say it, on standard output: as a table, as JSON, or as a web page.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: DiffFormat,
}

/// The arguments of `init`.
#[derive(Args, Debug)]
pub struct Init {
    /// The project's folder; it is made if it is not there.
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
}

/// The arguments of `schema`.
#[derive(Args, Debug)]
pub struct Schema {
    /// The form.
    #[arg(value_name = "FORM", required_unless_present_any = ["project", "data"])]
    pub form: Option<String>,
    /// Write the schema of nianbao.toml instead.
    #[arg(long, conflicts_with = "form")]
    pub project: bool,
    /// Write the schema of what `build --format json` writes instead.
    #[arg(long, conflicts_with_all = ["form", "project"])]
    pub data: bool,
}

/// The arguments of `verify`.
#[derive(Args, Debug)]
pub struct Verify {
    /// A page (.pdf, .html, .docx or .typ) or a file of data (.data.json or .csv); or a year, an organ or a facts file, for its pages in the output folder; left out, all pages.
    #[arg(value_name = "SELECT")]
    pub select: Vec<PathBuf>,
    /// Where the pages of what is selected are. Default: build/ in the project, or what nianbao.toml says.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What pages may take.
    #[command(flatten)]
    pub limits: PageLimits,
}

/// The arguments of `merge-summary`.
#[derive(Args, Debug)]
pub struct MergeSummary {
    /// What `build --shard I/N --summary FILE` wrote, one file for each shard.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Write the whole, as JSON, to this file too.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The arguments of `explain`.
#[derive(Args, Debug)]
pub struct Explain {
    /// The code, such as wrong-total; left out, all codes are listed with what they mean.
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}

/// The arguments of `doctor`.
#[derive(Args, Debug)]
pub struct Doctor {
    /// How to say it, on standard output: for people, or as one JSON document.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: ListFormat,
}

/// The arguments of `completions`.
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell: bash, elvish, fish, powershell or zsh.
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// The arguments of `help`.
#[derive(Args, Debug)]
pub struct Help {
    /// The command, such as build or forms check; left out, all commands are listed.
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// How a list is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people.
    #[default]
    Table,
    /// One JSON document.
    Json,
}

/// The arguments of `forms`.
#[derive(Args, Debug)]
#[command(disable_help_subcommand = true, args_conflicts_with_subcommands = true)]
pub struct Forms {
    /// How to say the list, on standard output: for people, or as one JSON document.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: ListFormat,
    /// What to do; without it, the forms are listed.
    #[command(subcommand)]
    pub what: Option<OfForm>,
}

/// What to do with a form.
#[derive(Debug, Subcommand)]
pub enum OfForm {
    /// Start a form in the project: a declaration, templates and an example that build as they are.
    New {
        /// Its name: small letters, digits and hyphens.
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Check a form: its templates, its example, the examples of its rules, labels, and what is never used.
    Check {
        /// Its name.
        #[arg(value_name = "NAME")]
        name: String,
        /// What pages may take.
        #[command(flatten)]
        limits: PageLimits,
    },
}

impl Command {
    /// How the command tells problems.
    pub fn message_format(&self) -> MessageFormat {
        match self {
            Self::Check(check) => check.message_format,
            Self::Import(import) => import.message_format,
            _ => MessageFormat::Human,
        }
    }
}
