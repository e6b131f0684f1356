//! Writes the manual pages: `cargo run --example man -- DIR`. In: the command line as the program has it; out: a page for each
//! command, in English below `DIR/man1` and in Chinese below `DIR/zh_CN/man1`, as `man` looks for them.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use clap::Command;
use clap_mangen::Man;
use nianbao::cli::language::command;
use nianbao::diag::Language;

fn main() -> io::Result<()> {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("name the folder for the pages"));
    };
    for (language, below) in [(Language::En, "man1"), (Language::Zh, "zh_CN/man1")] {
        write(&folder.join(below), &pages(language)?)?;
    }
    Ok(())
}

/// Every page with the name of its file.
pub fn pages(language: Language) -> io::Result<Vec<(String, String)>> {
    let mut pages = Vec::new();
    add(&command(language), "nianbao", &mut pages)?;
    Ok(pages)
}

/// The page of a command and those of the commands below it.
fn add(command: &Command, name: &str, pages: &mut Vec<(String, String)>) -> io::Result<()> {
    let mut page = Vec::new();
    Man::new(command.clone().display_name(name)).render(&mut page)?;
    let page = String::from_utf8(page).map_err(io::Error::other)?;
    pages.push((format!("{name}.1"), page));
    for below in command.get_subcommands() {
        add(below, &format!("{name}-{}", below.get_name()), pages)?;
    }
    Ok(())
}

fn write(folder: &Path, pages: &[(String, String)]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, page) in pages {
        fs::write(folder.join(name), page)?;
    }
    Ok(())
}
