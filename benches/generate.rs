//! Writes a project of organs that do not exist: `cargo run --example generate -- --organs 200 --seed 1 DIR`.

use std::fs;
use std::path::PathBuf;

use clap::Parser;

mod generated;

/// Writes a project of organs that do not exist, for measuring.
#[derive(Parser)]
struct Arguments {
    /// How many organs.
    #[arg(long)]
    organs: usize,
    /// The same seed gives the same facts.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many years of each organ, the last of which is 2025.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=20))]
    years: u16,
    /// How many levels: with 3, the organs lie below counties that add them up, and these below a province.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=6))]
    levels: u32,
    /// The project's folder.
    dir: PathBuf,
}

fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    fs::create_dir_all(&arguments.dir)?;
    fs::write(arguments.dir.join("nianbao.toml"), "")?;
    let mut bytes = 0;
    let years = 2026 - arguments.years..=2025;
    let organs = |levels| generated::tree(arguments.seed, arguments.organs, levels, &years);
    // Without levels there may be far too many to hold at once.
    let one_by_one = (0..arguments.organs).map(|number| generated::organ(arguments.seed, number, years.clone()));
    let organs: Box<dyn Iterator<Item = generated::Organ>> = match arguments.levels {
        1 => Box::new(one_by_one),
        levels => Box::new(organs(levels).into_iter()),
    };
    for organ in organs {
        let folder = arguments.dir.join("reports").join(&organ.folder);
        fs::create_dir_all(&folder)?;
        for (year, text) in &organ.years {
            bytes += text.len();
            fs::write(folder.join(format!("{year}.toml")), text)?;
        }
    }
    println!("{} organs, {} years each, {} kB of facts", arguments.organs, arguments.years, bytes / 1000);
    Ok(())
}
