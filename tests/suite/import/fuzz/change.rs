//! Changes of a file that no person would make. In: a text or bytes that are some file's, and a source of chance; out: the same, changed.

use fastrand::Rng;

/// What means something in a kind of file.
pub struct Words {
    /// Pieces of it, whole or not.
    pub pieces: &'static [&'static str],
    /// Pieces that leave what is whole whole.
    pub whole: &'static [&'static str],
    /// What attributes may say.
    pub values: &'static [&'static str],
}

/// Numbers at which something may run over.
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "2",
    "7",
    "60",
    "255",
    "301",
    "1000",
    "16385",
    "65535",
    "65536",
    "1048577",
    "2000001",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
    "18446744073709551616",
    "1e9",
    "1e38",
    "1e309",
    "0.5",
    "-0.000001",
    "00012",
    "1,234",
    "１２",
];

fn one<'a>(of: &[&'a str], random: &mut Rng) -> &'a str {
    of[random.usize(..of.len())]
}

fn place(text: &str, random: &mut Rng) -> usize {
    text.floor_char_boundary(random.usize(..=text.len()))
}

fn up_to(text: &str, from: usize, most: usize, random: &mut Rng) -> usize {
    text.ceil_char_boundary((from + random.usize(..=most)).min(text.len()))
}

/// A text changed in one to six places; `others` are texts of the same kind.
pub fn changed(text: &str, others: &[String], words: &Words, random: &mut Rng) -> String {
    let mut text = text.to_owned();
    let is_whole = random.u8(..4) < 3;
    for _ in 0..random.u8(1..=6) {
        if is_whole {
            change_whole(&mut text, words, random);
        } else {
            change(&mut text, others, words, random);
        }
        // No change makes a file large enough to be slow for its size alone.
        text.truncate(text.floor_char_boundary(400_000));
    }
    text
}

/// Any change.
fn change(text: &mut String, others: &[String], words: &Words, random: &mut Rng) {
    let at = place(text, random);
    match random.u8(..9) {
        0 => text.replace_range(at..up_to(text, at, 60, random), ""),
        1 => text.replace_range(at..place(text, random).max(at), ""),
        2 => text.insert_str(at, one(words.pieces, random)),
        3 => text.replace_range(at..up_to(text, at, 8, random), one(words.pieces, random)),
        4 => {
            let piece = text[at..up_to(text, at, 400, random)].to_owned();
            text.insert_str(at, &piece.repeat(random.usize(1..4)));
        }
        5 => {
            let other = &others[random.usize(..others.len())];
            let from = place(other, random);
            text.insert_str(at, &other[from..up_to(other, from, 300, random)]);
        }
        6 => text.insert(at, random.char(..)),
        7 => {
            let times = if random.u8(..16) == 0 { random.usize(..4000) } else { random.usize(..100) };
            text.insert_str(at, &one(words.pieces, random).repeat(times));
        }
        _ => change_whole(text, words, random),
    }
}

/// A change that leaves elements balanced.
fn change_whole(text: &mut String, words: &Words, random: &mut Rng) {
    let at = place(text, random);
    match random.u8(..9) {
        0 | 1 => number(text, at, random),
        2 | 3 => value(text, at, words, random),
        4 => {
            if let Some((from, to)) = element(text, at) {
                let piece = text[from..to].to_owned();
                text.insert_str(from, &piece.repeat(if random.u8(..8) == 0 { random.usize(1..60) } else { 1 }));
            }
        }
        5 => {
            if let Some((from, to)) = element(text, at) {
                text.replace_range(from..to, "");
            }
        }
        6 => {
            if let Some((from, to)) = element(text, at) {
                let piece = text[from..to].to_owned();
                if random.bool() {
                    text.replace_range(from..to, "");
                }
                let to = place(text, random);
                let to = text[to..].find('<').map_or(to, |found| to + found);
                text.insert_str(to, &piece);
            }
        }
        7 => {
            // An element within itself, some times.
            if let Some((from, to)) = element(text, at)
                && let Some(head) = text[from..to].find('>')
                && let Some(tail) = text[from..to].rfind("</").filter(|tail| *tail > head)
            {
                let (open, close) = (text[from..=from + head].to_owned(), text[from + tail..to].to_owned());
                let most = if random.u8(..8) == 0 { 300 } else { 6 };
                let times = random.usize(1..most);
                let piece = open.repeat(times) + &text[from..to] + &close.repeat(times);
                text.replace_range(from..to, &piece);
            }
        }
        _ => {
            let at = text[at..].find('<').map_or(at, |found| at + found);
            text.insert_str(at, one(words.whole, random));
        }
    }
}

/// Another number for the next one.
fn number(text: &mut String, at: usize, random: &mut Rng) {
    let Some(from) = text[at..].find(|c: char| c.is_ascii_digit()) else { return };
    let from = at + from;
    let length = text[from..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - from);
    text.replace_range(from..from + length, one(NUMBERS, random));
}

/// Another value for the next attribute.
fn value(text: &mut String, at: usize, words: &Words, random: &mut Rng) {
    let next = |quote: &str| text[at..].find(quote).map(|found| at + found + 2);
    let Some(from) = next("=\"").into_iter().chain(next("='")).min() else { return number(text, at, random) };
    let quote = char::from(text.as_bytes()[from - 1]);
    let Some(length) = text[from..].find(quote) else { return };
    let value = if random.bool() { one(NUMBERS, random) } else { one(words.values, random) };
    text.replace_range(from..from + length, value);
}

/// Where the next element begins and ends.
fn element(text: &str, at: usize) -> Option<(usize, usize)> {
    let opens = |(from, _): &(usize, &str)| text.as_bytes().get(at + from + 1).is_some_and(u8::is_ascii_alphabetic);
    let from = at + text[at..].match_indices('<').find(opens)?.0;
    let (mut depth, mut to) = (0_usize, from);
    loop {
        let begins = to + text[to..].find('<')?;
        let ends = begins + text[begins..].find('>')? + 1;
        match text.as_bytes()[begins + 1] {
            b'/' => depth = depth.saturating_sub(1),
            b'!' | b'?' => {}
            _ if text[..ends].ends_with("/>") => {}
            _ => depth += 1,
        }
        if depth == 0 {
            return Some((from, ends));
        }
        to = ends;
    }
}

/// Bytes changed in one to four places.
pub fn change_bytes(bytes: &mut Vec<u8>, random: &mut Rng) {
    for _ in 0..random.u8(1..=4) {
        let Some(last) = bytes.len().checked_sub(1) else { return };
        // What says what else there is stands at the end of a file.
        let at = if random.u8(..3) == 0 { last - random.usize(..=last.min(600)) } else { random.usize(..=last) };
        match random.u8(..6) {
            0 => bytes[at] ^= 1 << random.u8(..8),
            1 => bytes[at] = random.u8(..),
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..(at + random.usize(1..200)).min(last + 1))),
            4 => {
                let end = (at + [1, 2, 4, 8][random.usize(..4)]).min(last + 1);
                bytes[at..end].fill([0, 0x7f, 0xff, 0x80][random.usize(..4)]);
            }
            _ => {
                let piece = bytes[at..(at + random.usize(1..200)).min(last + 1)].to_vec();
                let to = random.usize(..=last);
                bytes.splice(to..to, piece);
            }
        }
    }
}
