//! What one machine among several does. In: `I/N` as typed; out: [`Shard`], which says of each facts file whether
//! it belongs to it. The shard depends on nothing but the name of the organ's folder, so it is the same on every machine,
//! stays the same when organs are added, and has all years of an organ.

use std::num::NonZeroU32;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One of several shards.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Shard {
    /// Which, from 1.
    pub index: NonZeroU32,
    /// Of how many.
    pub of: NonZeroU32,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let parts = typed.split_once('/').and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        let (index, of): (NonZeroU32, NonZeroU32) = parts.ok_or("write I/N, such as 1/4")?;
        if index > of {
            return Err(format!("I goes from 1 to {of}"));
        }
        Ok(Self { index, of })
    }
}

impl Shard {
    /// Whether the facts file belongs to this shard; `file` is its path below the project's root.
    pub fn takes(self, file: &Path) -> bool {
        let folder = file.parent().unwrap_or(file).to_string_lossy().replace('\\', "/");
        let mut first = [0; 8];
        blake3::Hasher::new().update(folder.as_bytes()).finalize_xof().fill(&mut first);
        u64::from_le_bytes(first) % u64::from(self.of.get()) == u64::from(self.index.get() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_organ_belongs_to_exactly_one_shard_with_all_its_years() {
        let shards: Vec<Shard> = (1..=7).map(|index| format!("{index}/7").parse().expect("a shard")).collect();
        let mut sizes = [0; 7];
        for organ in 0..7_000 {
            let of_year = |year: u16| {
                let file = format!("reports/机关{organ}/{year}.toml");
                let takers: Vec<usize> = (0..7).filter(|index| shards[*index].takes(Path::new(&file))).collect();
                assert_eq!(takers.len(), 1, "{file}");
                takers[0]
            };
            assert_eq!(of_year(2024), of_year(2025));
            sizes[of_year(2025)] += 1;
        }
        assert!(sizes.iter().all(|size| (850..1150).contains(size)), "{sizes:?}");
    }

    #[test]
    fn shards_are_counted_from_one() {
        assert_eq!("2/4".parse::<Shard>().map(|shard| (shard.index.get(), shard.of.get())), Ok((2, 4)));
        for wrong in ["", "1", "0/4", "5/4", "1/0", "a/b", "1/2/3", "-1/4"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
