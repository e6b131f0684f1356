//! `completions`: writes what a shell completes the command line by. In: the shell; out: its script on standard output.

use clap::Command;
use clap::builder::PossibleValuesParser;

use crate::cli::{Completions, language};
use crate::diag::emit::Emitter;
use crate::diag::{ExitStatus, Language, Problems};

/// Writes the script, with the help of commands and options in the language of the messages.
///
/// # Errors
/// None.
pub(super) fn run(typed: Completions, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let mut script = Vec::new();
    let mut command = match emitter.language() {
        Language::En => language::command(Language::En),
        Language::Zh => without_help_of_values(language::command(Language::Zh)),
    };
    clap_complete::generate(typed.shell, &mut command, env!("CARGO_PKG_NAME"), &mut script);
    emitter.print(String::from_utf8_lossy(&script).trim_end());
    Ok(ExitStatus::Done)
}

/// A command whose values are only named: what they mean is told in English alone, and in Chinese with the option.
fn without_help_of_values(command: Command) -> Command {
    let command = command.mut_args(|arg| match arg.get_possible_values() {
        values if values.is_empty() => arg,
        values => arg.value_parser(PossibleValuesParser::new(values.into_iter().map(|value| value.help(None)))),
    });
    command.mut_subcommands(without_help_of_values)
}
