//! Finds the faces that a form asks for. In: the form's font roles and the machine's fonts; out: [`FontSet`], and for
//! each page [`PageFonts`]: the files that its characters need. The engine gets these files and nothing else, so that a
//! page is the same wherever they are the same, and no engine reads a large fallback that no character asks for.

#[cfg(all(unix, not(target_os = "macos")))]
mod config;
mod file;
mod folders;
mod glyphs;
mod index;
mod trouble;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::diag::{Code, Diagnostic, Text, text};
use crate::form::{FontRole, Form};
pub use file::FontFile;
use folders::Folders;
use glyphs::Glyphs;
use index::Index;

/// The fonts of a machine.
pub struct FontIndex {
    own: Vec<PathBuf>,
    index: Index,
}

impl FontIndex {
    /// Looks through the project's own font folders and the machine's.
    pub fn scan(own: &[PathBuf]) -> Self {
        Self { own: own.to_vec(), index: Index::scan(Folders::of(own)) }
    }

    /// Font files and folders that are there and cannot be read. Any of them may hold the face that a page needs.
    pub fn troubles(&self) -> &[Diagnostic] {
        &self.index.troubles
    }

    /// How many font files were found.
    pub fn files(&self) -> usize {
        self.index.files.len()
    }

    /// The faces that serve a form's roles.
    ///
    /// # Errors
    /// A font that is there and cannot be read, or a role for which there is no face at all, with the form's advice on what
    /// to install.
    pub fn serve(&self, form: &Form) -> Result<FontSet, Diagnostic> {
        if let Some((first, others)) = self.troubles().split_first() {
            let (first, others) = (first.clone(), others.len());
            return Err(match others {
                0 => first,
                _ => first
                    .note(text!("读不到的字体还有 {others} 处", "fonts that cannot be read, beside this: {others}")),
            });
        }
        let roles = self.roles(&form.fonts);
        let empty: Vec<&str> =
            roles.iter().filter(|role| role.faces.is_empty()).map(|role| role.role.as_str()).collect();
        if !empty.is_empty() {
            let names = empty.join("、");
            return Err(no_fonts(&names, &form.font_advice));
        }
        let drawn = (0..WORDS).map(|_| AtomicU64::new(0)).collect();
        Ok(FontSet { identity: identity(&roles), roles, drawn })
    }

    /// Which faces serve each role, best first; empty where there are none.
    pub fn roles(&self, roles: &BTreeMap<String, FontRole>) -> Vec<RoleFaces> {
        roles
            .iter()
            .map(|(name, role)| RoleFaces {
                role: name.clone(),
                weight: role.weight.number(),
                faces: self.faces_of(&role.families, role.weight.number()),
                latin: self.faces_of(&role.latin, role.weight.number()),
            })
            .collect()
    }

    /// The faces of a stack that there are, in its order.
    fn faces_of(&self, stack: &[String], weight: u16) -> Vec<Face> {
        stack.iter().filter_map(|family| self.face(family, stack, weight)).collect()
    }

    /// The upright face of a family whose weight is nearest; of several the project's own, then the first by path.
    fn face(&self, family: &str, stack: &[String], weight: u16) -> Option<Face> {
        let is_own = |path: &Path| self.own.iter().any(|folder| path.starts_with(folder));
        self.faces()
            .filter(|(_, face)| face.is_upright && is_called(face, family))
            .min_by_key(|(file, face)| {
                (weight_of(face).abs_diff(weight), !is_own(file.path()), file.path(), face.index)
            })
            .map(|(file, face)| Face {
                family: family.to_owned(),
                families: self.names(face, stack),
                file: file.clone(),
                index: face.index,
            })
    }
}

impl FontIndex {
    fn faces(&self) -> impl Iterator<Item = (&FontFile, &index::Face)> {
        self.index.files.iter().flat_map(|(file, faces)| faces.iter().map(move |face| (file, face)))
    }

    /// The names that a stack has for a face, and then those that it has for no face: Typst calls some faces otherwise than
    /// their files do.
    fn names(&self, face: &index::Face, stack: &[String]) -> Vec<String> {
        let (own, others): (Vec<&String>, Vec<&String>) = stack.iter().partition(|name| is_called(face, name));
        let nobodys = others.into_iter().filter(|name| !self.faces().any(|(_, face)| is_called(face, name)));
        own.into_iter().chain(nobodys).cloned().collect()
    }
}

fn is_called(face: &index::Face, family: &str) -> bool {
    face.families.iter().any(|name| name.eq_ignore_ascii_case(family))
}

/// The weight; some bold faces, Fandol's among them, say so only in their name.
fn weight_of(face: &index::Face) -> u16 {
    let bold_by_name = face.post_script_name.ends_with("Bold") && face.weight == 400;
    if bold_by_name { 700 } else { face.weight }
}

/// A font file's face that serves a role.
#[derive(Clone, Debug)]
pub struct Face {
    /// The family, as the form names it.
    pub family: String,
    /// By which names an engine may know it.
    families: Vec<String>,
    /// The file.
    pub file: FontFile,
    /// Which face of the file, for collections (`.ttc`).
    pub index: u32,
}

impl Face {
    /// How wide it draws the most telling of the characters that it draws.
    fn probe(&self, role: &RoleFaces, draws: &BTreeSet<char>) -> Result<Option<Probe>, Diagnostic> {
        let telling = TELLING.into_iter().find(|c| draws.contains(c));
        let Some(character) = telling.or_else(|| draws.iter().copied().find(|c| c.is_alphanumeric())) else {
            return Ok(None);
        };
        let Some(glyphs) = self.file.glyphs(self.index)? else { return Ok(None) };
        Ok(glyphs.face().and_then(|face| {
            let advance = face.glyph_hor_advance(face.glyph_index(character)?)?;
            let families = self.families.clone();
            Some(Probe { families, weight: role.weight, character, advance, units_per_em: face.units_per_em() })
        }))
    }

    /// Takes out of `left` what it can draw, and gives it.
    fn draw(&self, left: &mut BTreeSet<char>) -> Result<BTreeSet<char>, Diagnostic> {
        let glyphs = self.file.glyphs(self.index)?;
        Ok(match glyphs.as_deref().and_then(Glyphs::face) {
            Some(face) => left.extract_if(.., |c| face.glyph_index(*c).is_some_and(|glyph| glyph.0 != 0)).collect(),
            None => BTreeSet::new(),
        })
    }
}

/// The faces of one role.
#[derive(Clone, Debug)]
pub struct RoleFaces {
    /// The role, such as `body`.
    pub role: String,
    /// The weight that pages ask for.
    weight: u16,
    /// Its faces, best first.
    pub faces: Vec<Face>,
    /// Those for Latin letters, digits and the other characters of ASCII, best first. There may be none: then its other faces draw
    /// these too.
    pub latin: Vec<Face>,
}

impl RoleFaces {
    /// All its faces.
    fn all(&self) -> impl Iterator<Item = &Face> {
        self.latin.iter().chain(&self.faces)
    }

    /// Takes out of `left` what the role can draw, and adds to `used` the faces that it takes for that.
    fn draw<'a>(
        &'a self,
        left: &mut BTreeSet<char>,
        used: &mut Vec<(&'a Face, BTreeSet<char>)>,
    ) -> Result<(), Diagnostic> {
        let mut latin: BTreeSet<char> = left.extract_if(.., |c| is_latin(*c)).collect();
        take(&self.latin, &mut latin, used)?;
        left.append(&mut latin);
        take(&self.faces, left, used)
    }
}

/// Takes out of `left` what faces can draw, from the best down to where all is drawn, and adds these to `used`.
fn take<'a>(
    faces: &'a [Face],
    left: &mut BTreeSet<char>,
    used: &mut Vec<(&'a Face, BTreeSet<char>)>,
) -> Result<(), Diagnostic> {
    for face in faces {
        if left.is_empty() {
            break;
        }
        let drawn = face.draw(left)?;
        used.push((face, drawn));
    }
    Ok(())
}

/// Whether a role's Latin faces draw a character: those of ASCII, and Latin letters. Quotation marks and dashes are none,
/// since a Chinese text has them as wide as its characters. The partials of fonts say the same to Typst and to browsers.
fn is_latin(c: char) -> bool {
    matches!(c, ' '..='~' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ɏ')
}

/// Characters that Typst may put on a page by itself, and those of which escaping hides the sight.
const ALWAYS: std::ops::RangeInclusive<char> = '!'..='~';

/// How many words have a bit for each character.
const WORDS: usize = char::MAX as usize / u64::BITS as usize + 1;

/// The faces that the pages of a form may use.
pub struct FontSet {
    roles: Vec<RoleFaces>,
    identity: String,
    /// The characters that some face was found to draw, a bit for each: most texts hold no others.
    drawn: Vec<AtomicU64>,
}

fn identity(roles: &[RoleFaces]) -> String {
    let mut hasher = blake3::Hasher::new();
    for role in roles {
        hasher.update(format!("{} {}\n", role.role, role.latin.len()).as_bytes());
        for face in role.all() {
            hasher.update(format!("{} {} {}\n", face.family, face.index, face.file.blake3()).as_bytes());
        }
    }
    // The engines read a page's files in the order of their paths.
    for file in by_path(roles.iter().flat_map(RoleFaces::all)) {
        hasher.update(file.blake3().as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// The files of faces, each once, in order of path.
fn by_path<'a>(faces: impl Iterator<Item = &'a Face>) -> Vec<FontFile> {
    let files: BTreeMap<&Path, &FontFile> = faces.map(|face| (face.file.path(), &face.file)).collect();
    files.into_values().cloned().collect()
}

/// What one page needs of a [`FontSet`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct PageFonts {
    /// The font files, in order of path.
    pub files: Vec<FontFile>,
    /// The characters that no face can draw.
    pub undrawn: BTreeSet<char>,
    /// By what an engine that reads the files by itself is seen to have read them.
    pub probes: BTreeSet<Probe>,
}

/// How wide a face that a page needs draws a character. Another in its place would draw it otherwise.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Probe {
    /// What the face is called, by which a page asks for it.
    pub families: Vec<String>,
    /// The weight that a page asks for.
    pub weight: u16,
    /// The character.
    pub character: char,
    /// How wide it is, in units of the face.
    pub advance: u16,
    /// How many units the size of the type is.
    pub units_per_em: u16,
}

/// Characters whose widths tell faces apart best.
const TELLING: [char; 3] = ['W', 'g', '7'];

impl FontSet {
    /// A name for what is in all the faces that there are to choose from; where it is the same, pages are set in the same.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The files of the best face of each role, and of its best for Latin characters.
    pub fn best(&self) -> Vec<FontFile> {
        by_path(self.roles.iter().flat_map(|role| role.faces.first().into_iter().chain(role.latin.first())))
    }

    /// The files that a page with these texts needs.
    ///
    /// Any role may have to draw any character, so each role gets its faces from the best down to where all are drawn;
    /// a role whose own faces cannot draw all of them has every face of the others too, as its stack in the page says.
    ///
    /// # Errors
    /// A file that cannot be read, or is no longer what it was.
    pub fn for_page<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> Result<PageFonts, Diagnostic> {
        let mut wanted = each_once(texts.into_iter().flat_map(str::chars).filter(|c| !is_never_drawn(*c)));
        wanted.extend(ALWAYS);
        // Files that an engine loads anyway are loaded at once; what is wrong with one is told where it is used.
        if rayon::current_thread_index().is_some() {
            self.best().par_iter().filter(|file| file.is_expected()).for_each(|file| drop(file.bytes()));
        }
        let mut faces: Vec<&Face> = Vec::new();
        let mut probes = BTreeSet::new();
        let mut undrawn = wanted.clone();
        let mut short = false;
        for role in &self.roles {
            let (mut left, mut used) = (wanted.clone(), Vec::new());
            role.draw(&mut left, &mut used)?;
            for (face, drawn) in used {
                probes.extend(face.probe(role, &drawn)?);
                faces.push(face);
            }
            short |= !left.is_empty();
            undrawn.retain(|c| left.contains(c));
        }
        if short {
            faces.extend(self.roles.iter().flat_map(|role| &role.faces));
        }
        Ok(PageFonts { files: by_path(faces.into_iter()), undrawn, probes })
    }

    /// The characters of these texts that no face of any role can draw.
    ///
    /// # Errors
    /// A file that cannot be read, or is no longer what it was.
    pub fn undrawn<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> Result<BTreeSet<char>, Diagnostic> {
        let characters = texts.into_iter().flat_map(str::chars);
        let mut left: BTreeSet<char> = characters.filter(|c| !self.is_known(*c) && !is_never_drawn(*c)).collect();
        let asked = left.clone();
        for role in &self.roles {
            role.draw(&mut left, &mut Vec::new())?;
        }
        for c in asked.difference(&left) {
            let (word, bit) = place(*c);
            self.drawn.get(word).map(|word| word.fetch_or(1 << bit, Ordering::Relaxed));
        }
        Ok(left)
    }

    fn is_known(&self, c: char) -> bool {
        let (word, bit) = place(c);
        self.drawn.get(word).is_some_and(|word| word.load(Ordering::Relaxed) & (1 << bit) != 0)
    }
}

/// The characters that come, most of them many times.
fn each_once(characters: impl Iterator<Item = char>) -> BTreeSet<char> {
    let mut seen = vec![0_u64; WORDS];
    let is_new = |c: &char| {
        let (word, bit) = place(*c);
        seen.get_mut(word).is_some_and(|word| {
            let is_new = *word & (1 << bit) == 0;
            *word |= 1 << bit;
            is_new
        })
    };
    characters.filter(is_new).collect()
}

/// Which bit of which word stands for a character.
fn place(c: char) -> (usize, u32) {
    let number = u32::from(c);
    (usize::try_from(number / u64::BITS).unwrap_or(usize::MAX), number % u64::BITS)
}

impl PageFonts {
    /// Makes the files appear in a folder, which an engine can then be pointed at.
    ///
    /// # Errors
    /// A file that cannot be read or linked, or is no longer what it was.
    pub fn appear_in(&self, folder: &Path) -> Result<(), Diagnostic> {
        fs::create_dir_all(folder).map_err(|error| {
            let shown = folder.display();
            Diagnostic::error(Code::Unwritable, text!("无法建立 {shown}：{error}", "cannot make {shown}: {error}"))
        })?;
        for (number, file) in self.files.iter().enumerate() {
            let extension = file.path().extension().and_then(|extension| extension.to_str()).unwrap_or("otf");
            file.appear_at(&folder.join(format!("{number}.{extension}")))?;
        }
        Ok(())
    }

    /// Whether the files are still what they were, once an engine has read them where they [appeared](Self::appear_in).
    ///
    /// # Errors
    /// The first that is not.
    pub fn check_unchanged(&self) -> Result<(), Diagnostic> {
        self.files.iter().try_for_each(FontFile::check_unchanged)
    }
}

/// White space, and the characters that Unicode calls default ignorable.
fn is_never_drawn(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn no_fonts(roles: &str, advice: &str) -> Diagnostic {
    let message: Text = text!("找不到可用的字体：{roles}", "no font was found for: {roles}");
    let problem = Diagnostic::error(Code::NoFonts, message);
    if advice.is_empty() {
        problem.help(text!("运行 nianbao doctor 查看需要的字体", "run `nianbao doctor` to see which fonts are wanted"))
    } else {
        problem.help(text!("安装字体，例如：{advice}", "install fonts, for example: {advice}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which characters are Latin is said here, to Typst and to browsers, and must be the same.
    #[test]
    fn the_partials_take_the_same_characters_for_latin() {
        let typst = include_str!("../templates/partials/fonts.typ.tera");
        let (_, class) = typst.split_once("regex(\"").expect("a regular expression");
        let class = fancy_regex::Regex::new(class.split_once('"').expect("its end").0).expect("an expression");
        let web = include_str!("../templates/partials/fonts.html.tera");
        let ranges: Vec<&str> =
            web.split("unicode-range: ").skip(1).filter_map(|rest| rest.split(';').next()).collect();
        assert_eq!((ranges.len(), ranges[0]), (2, ranges[1]), "of each weight");
        let number = |hex: &str| u32::from_str_radix(hex, 16).expect("a code point");
        let range = |range: &str| {
            let (from, to) = range.trim_start_matches("U+").split_once('-').expect("a range");
            number(from)..=number(to)
        };
        let ranges: Vec<_> = ranges[0].split(", ").map(range).collect();
        for c in '\0'..='\u{ffff}' {
            let is_latin = is_latin(c);
            assert_eq!(class.is_match(&c.to_string()).expect("a short text"), is_latin, "{c}");
            assert_eq!(ranges.iter().any(|range| range.contains(&u32::from(c))), is_latin, "{c}");
        }
        assert!("Aé9(~ ".chars().all(is_latin) && !"“”‘’—…·×年（".chars().any(is_latin));
    }
}
