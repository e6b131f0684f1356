//! What is in a file of Microsoft's old container, which Word, Excel, WPS and encrypted files use. In: its bytes; out: the kind of
//! file that the streams of its root make it.

use std::collections::BTreeSet;

use super::known::{Kind, number};
use crate::import::blocks::Unread;

/// What such a file begins with.
pub(crate) const SIGN: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Sector numbers from here on are no sectors but marks, such as that of the end of a chain.
const MARKS: usize = 0xffff_fff0;

/// How many bytes an entry of the directory takes.
const ENTRY: usize = 128;

/// Streams shorter than this stand within another.
const SHORT: usize = 4096;

/// A file of sectors, each of which says which one follows it.
struct Container<'a> {
    /// The file.
    bytes: &'a [u8],
    /// How long its sectors are.
    size: usize,
    /// The sectors that say which sector follows which.
    table: Vec<usize>,
}

/// An entry of the directory.
struct Entry<'a> {
    /// Its name, as UTF-16 with the least byte first.
    name: &'a [u8],
    /// The entries to its left, right, and below.
    links: [usize; 3],
    /// Its first sector.
    first: usize,
    /// How long it is.
    length: usize,
}

/// The kind of such a file.
///
/// # Errors
/// A file that needs a password, one of another kind, or one that breaks off.
pub(super) fn kind(bytes: &[u8]) -> Result<Kind, Unread> {
    let damaged = || Unread::Damaged("the directory of the OLE file cannot be read".into());
    let container = Container::new(bytes).ok_or_else(damaged)?;
    let entries = container.entries();
    let root = entries.first().ok_or_else(damaged)?;
    let streams = root_streams(&entries, root);
    let named = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        streams.iter().find(|entry| entry.name.eq_ignore_ascii_case(&name))
    };
    if named("EncryptedPackage").is_some() {
        return Err(Unread::Encrypted);
    }
    if let Some(stream) = named("WordDocument") {
        let encrypted =
            container.start(stream).and_then(|start| number(start, 10, 2)).is_some_and(|flags| flags & 0x100 != 0);
        return if encrypted { Err(Unread::Encrypted) } else { Ok(Kind::Convertible("doc")) };
    }
    if named("Workbook").or_else(|| named("Book")).is_some() { Ok(Kind::Sheet) } else { Err(Unread::UnknownKind) }
}

/// The entries right below the root: others belong to what is embedded. They are a tree of their own, by left and right.
fn root_streams<'a, 'b>(entries: &'b [Entry<'a>], root: &Entry<'_>) -> Vec<&'b Entry<'a>> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![root.links[2]];
    let mut streams = Vec::new();
    while let Some(at) = waiting.pop() {
        let Some(entry) = entries.get(at).filter(|_| seen.insert(at)) else { continue };
        waiting.extend(&entry.links[..2]);
        streams.push(entry);
    }
    streams
}

impl<'a> Container<'a> {
    /// The container, with the table of what follows what.
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let size = 1 << number(bytes, 30, 2).filter(|shift| matches!(shift, 9 | 12))?;
        let mut container = Self { bytes, size, table: Vec::new() };
        container.table = container.words(bytes.get(76..512)?).take_while(|sector| *sector < MARKS).collect();
        // What does not fit into the header goes on in sectors of which each ends with the number of the next.
        let mut more = number(bytes, 68, 4)?;
        for _ in 0..container.sectors() {
            let Some(sector) = container.sector(more) else { break };
            let (words, next) = sector.split_at(size - 4);
            let words: Vec<usize> = container.words(words).take_while(|sector| *sector < MARKS).collect();
            container.table.extend(words);
            if container.table.len() > container.sectors() {
                break;
            }
            more = number(next, 0, 4)?;
        }
        Some(container)
    }

    /// How many sectors there can be.
    fn sectors(&self) -> usize {
        self.bytes.len() / self.size
    }

    /// Numbers of four bytes each.
    fn words(&self, bytes: &'a [u8]) -> impl Iterator<Item = usize> + use<'a> {
        bytes.chunks_exact(4).filter_map(|four| number(four, 0, 4))
    }

    /// The bytes of a sector.
    fn sector(&self, sector: usize) -> Option<&'a [u8]> {
        let start = sector.checked_add(1)?.checked_mul(self.size).filter(|_| sector < MARKS)?;
        self.bytes.get(start..start.checked_add(self.size)?)
    }

    /// The sector that follows another.
    fn next(&self, sector: usize) -> Option<usize> {
        let each = self.size / 4;
        number(self.sector(*self.table.get(sector / each)?)?, sector % each * 4, 4)
    }

    /// The directory, as far as it can be read; a chain that comes back to itself ends when it is longer than the file.
    fn entries(&self) -> Vec<Entry<'a>> {
        let mut entries = Vec::new();
        let mut at = number(self.bytes, 48, 4);
        for _ in 0..self.sectors() {
            let Some(sector) = at.and_then(|at| self.sector(at)) else { break };
            entries.extend(sector.chunks_exact(ENTRY).filter_map(Entry::new));
            at = at.and_then(|at| self.next(at));
        }
        entries
    }

    /// The first sector of a stream, where it is one of its own.
    fn start(&self, stream: &Entry<'_>) -> Option<&'a [u8]> {
        self.sector(stream.first).filter(|_| stream.length >= SHORT)
    }
}

impl<'a> Entry<'a> {
    /// An entry from its bytes.
    fn new(bytes: &'a [u8]) -> Option<Self> {
        // The length of a name counts the zero at its end.
        let name = bytes.get(..number(bytes, 64, 2)?.saturating_sub(2).min(64))?;
        let links = [number(bytes, 68, 4)?, number(bytes, 72, 4)?, number(bytes, 76, 4)?];
        Some(Self { name, links, first: number(bytes, 116, 4)?, length: number(bytes, 120, 4)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A container: header, table in sector 0, directory from sector 1 on, a stream's start in the sector after it. Each name
    /// is the right neighbour of the one before; names after `|` are below the first.
    fn container(names: &[&str], flags: u8) -> Vec<u8> {
        let mut entries = vec![entry("Root Entry", [u32::MAX, u32::MAX, 1])];
        for (at, name) in names.iter().enumerate() {
            let right = if at + 1 < names.len() && !names[at + 1].starts_with('|') { at as u32 + 2 } else { u32::MAX };
            let below =
                if names.get(at + 1).is_some_and(|name| name.starts_with('|')) { at as u32 + 2 } else { u32::MAX };
            entries.push(entry(name.trim_start_matches('|'), [u32::MAX, right, below]));
        }
        entries.resize(entries.len().next_multiple_of(4), vec![0; ENTRY]);
        let directory = entries.concat();
        let sectors = directory.len() / 512;
        let mut header = vec![0; 512];
        header[..8].copy_from_slice(&SIGN);
        header[30] = 9;
        header[48..52].copy_from_slice(&1_u32.to_le_bytes());
        header[68..72].copy_from_slice(&u32::MAX.to_le_bytes());
        header[76..512].fill(0xff);
        header[76..80].copy_from_slice(&0_u32.to_le_bytes());
        let mut table = vec![0xff; 512];
        for sector in 1..sectors {
            table[sector * 4..sector * 4 + 4].copy_from_slice(&(sector as u32 + 1).to_le_bytes());
        }
        let mut stream = vec![0; 512];
        stream[11] = flags;
        let mut whole = [header, table, directory].concat();
        let first = sectors as u32 + 1;
        for at in 1..=names.len() {
            whole[1024 + at * ENTRY + 116..][..4].copy_from_slice(&first.to_le_bytes());
        }
        whole.extend(stream);
        whole
    }

    fn entry(name: &str, links: [u32; 3]) -> Vec<u8> {
        let mut bytes = vec![0; ENTRY];
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes[..name.len()].copy_from_slice(&name);
        bytes[64] = name.len() as u8 + 2;
        for (at, link) in links.iter().enumerate() {
            bytes[68 + at * 4..][..4].copy_from_slice(&link.to_le_bytes());
        }
        bytes[120..124].copy_from_slice(&8192_u32.to_le_bytes());
        bytes
    }

    #[test]
    fn streams_say_what_a_file_is() {
        assert_eq!(kind(&container(&["1Table", "WordDocument"], 0)), Ok(Kind::Convertible("doc")));
        assert_eq!(kind(&container(&["a", "b", "c", "d", "e", "Workbook"], 0)), Ok(Kind::Sheet));
        assert_eq!(kind(&container(&["Book"], 0)), Ok(Kind::Sheet));
        assert_eq!(kind(&container(&["EncryptedPackage", "EncryptionInfo"], 0)), Err(Unread::Encrypted));
        assert_eq!(kind(&container(&["PowerPoint Document"], 0)), Err(Unread::UnknownKind));
    }

    #[test]
    fn what_is_embedded_does_not_count() {
        assert_eq!(kind(&container(&["MBD01", "|WordDocument"], 0)), Err(Unread::UnknownKind));
    }

    #[test]
    fn a_word_file_with_a_password_is_encrypted() {
        assert_eq!(kind(&container(&["WordDocument"], 1)), Err(Unread::Encrypted));
    }

    #[test]
    fn chains_and_trees_that_come_back_to_themselves_end() {
        let mut looped = container(&["a", "b", "c", "d"], 0);
        looped[512 + 8..512 + 12].copy_from_slice(&1_u32.to_le_bytes());
        looped[1024 + ENTRY + 68..][..4].copy_from_slice(&1_u32.to_le_bytes());
        assert_eq!(kind(&looped), Err(Unread::UnknownKind));
        looped[68..72].copy_from_slice(&0_u32.to_le_bytes());
        looped[512..1024].fill(0);
        assert_eq!(kind(&looped), Err(Unread::UnknownKind));
    }

    #[test]
    fn a_file_that_breaks_off_is_damaged() {
        let whole = container(&["WordDocument"], 0);
        assert!(matches!(kind(&whole[..600]), Err(Unread::Damaged(_))));
        assert!(matches!(kind(&whole[..20]), Err(Unread::Damaged(_))));
    }
}
