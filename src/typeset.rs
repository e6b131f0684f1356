//! Compiles Typst markup to PDF. In: [`Markup`](crate::render::Markup), the faces it may use and the time it is stamped with; out: the PDF's
//! bytes. Two engines do this and give the same bytes: the `typst` program and the Typst library.

#[cfg(feature = "embedded")]
mod areas;
#[cfg(feature = "embedded")]
mod confined;
#[cfg(feature = "embedded")]
mod embedded;
mod engine;
mod typst_cli;

#[cfg(not(feature = "embedded"))]
use crate::diag::Code;
use crate::diag::{Diagnostic, Text, text};
use crate::interrupt::Interrupt;

pub use engine::{CompileOptions, Engine, Pages, SheetArea, TYPST_VERSION};

/// Which engine is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EngineChoice {
    /// One report goes to the `typst` on PATH where its version is right; everything else to the embedded engine.
    #[default]
    Auto,
    /// The `typst` program.
    TypstCli,
    /// The Typst library inside this program.
    Embedded,
}

/// The engine to use, and why it is this one.
pub struct Chosen {
    /// The engine.
    pub engine: Box<dyn Engine>,
    /// The reason, for `doctor`.
    pub reason: Text,
}

impl Chosen {
    /// The engine's name on the command line.
    pub fn name(&self) -> &'static str {
        self.engine.name()
    }
}

/// Chooses the engine for a number of reports; `interrupt` ends what it starts.
///
/// # Errors
/// The engine asked for is not there, or none is.
pub fn choose(choice: EngineChoice, reports: usize, interrupt: &Interrupt) -> Result<Chosen, Diagnostic> {
    match choice {
        EngineChoice::TypstCli => Ok(Chosen {
            engine: Box::new(typst_cli::TypstCli::find(interrupt)?),
            reason: text!("命令行或 nianbao.toml 指定", "asked for on the command line or in nianbao.toml"),
        }),
        EngineChoice::Embedded => roomy_engine().map(|engine| Chosen {
            engine,
            reason: text!("命令行或 nianbao.toml 指定", "asked for on the command line or in nianbao.toml"),
        }),
        EngineChoice::Auto => auto(reports, interrupt),
    }
}

fn auto(reports: usize, interrupt: &Interrupt) -> Result<Chosen, Diagnostic> {
    if !cfg!(feature = "embedded") {
        return Ok(Chosen {
            engine: Box::new(typst_cli::TypstCli::find(interrupt)?),
            reason: text!("本程序编译时未带 Typst", "this program was built without Typst inside"),
        });
    }
    if reports > 1 {
        return roomy_engine()
            .map(|engine| Chosen {
                engine, reason: text!("一次生成多份报告", "several reports are made at once")
            });
    }
    match typst_cli::TypstCli::find(interrupt) {
        Ok(engine) => Ok(Chosen {
            engine: Box::new(engine),
            reason: text!("PATH 中有 typst {TYPST_VERSION}", "there is a typst {TYPST_VERSION} on PATH"),
        }),
        Err(_) => roomy_engine().map(|engine| Chosen {
            engine,
            reason: text!("PATH 中没有 typst {TYPST_VERSION}", "there is no typst {TYPST_VERSION} on PATH"),
        }),
    }
}

/// The engine in this program, where there is memory for it.
fn roomy_engine() -> Result<Box<dyn Engine>, Diagnostic> {
    #[cfg(feature = "embedded")]
    embedded::enough_memory()?;
    embedded_engine()
}

/// The engine in this program.
///
/// # Errors
/// The program was built without it.
#[cfg(feature = "embedded")]
pub fn embedded_engine() -> Result<Box<dyn Engine>, Diagnostic> {
    Ok(Box::new(embedded::Embedded::default()))
}

/// The engine in this program, which was built without it.
///
/// # Errors
/// Always.
#[cfg(not(feature = "embedded"))]
pub fn embedded_engine() -> Result<Box<dyn Engine>, Diagnostic> {
    let message = text!("本程序编译时未带 Typst（embedded）", "this program was built without the embedded engine");
    Err(Diagnostic::error(Code::NoEngine, message).help(text!(
        "使用 --engine typst-cli，或重新编译并启用 embedded",
        "use --engine typst-cli, or build it again with the feature `embedded`"
    )))
}

/// The path and version of the `typst` program on PATH, or why there is none to use.
///
/// # Errors
/// There is none, it does not run, or it is of another version.
pub fn typst_on_path() -> Result<String, Diagnostic> {
    typst_cli::TypstCli::find(&Interrupt::default()).map(|cli| cli.describe())
}
