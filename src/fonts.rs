//! Finds the faces that a form asks for. In: the form's font roles and the machine's fonts; out: [`FontSet`], and for
//! each page [`PageFonts`]: the files that its characters need. The engine gets these files and nothing else, so that a
//! page is the same wherever they are the same, and no engine reads a large fallback that no character asks for.

mod folders;
mod index;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fontdb::{Database, FaceInfo, ID, Style};
use serde::{Deserialize, Serialize};

use crate::diag::{Code, Diagnostic, Text, text};
use crate::form::{FontRole, Form};
use index::Index;

/// The fonts of a machine.
pub struct FontIndex {
    own: Vec<PathBuf>,
    index: Index,
    database: Arc<Database>,
}

impl FontIndex {
    /// Looks through the project's own font folders and the machine's.
    pub fn scan(own: &[PathBuf]) -> Self {
        let folders: Vec<PathBuf> = own.iter().cloned().chain(folders::all()).collect();
        let index = Index::scan(&folders);
        let database = Arc::new(index.database());
        Self { own: own.to_vec(), index, database }
    }

    /// The faces that serve a form's roles.
    ///
    /// # Errors
    /// A role for which there is no face at all, with the form's advice on what to install, or a file that cannot be read.
    pub fn serve(&self, form: &Form) -> Result<FontSet, Diagnostic> {
        let roles = self.roles(&form.fonts);
        let empty: Vec<&str> =
            roles.iter().filter(|role| role.faces.is_empty()).map(|role| role.role.as_str()).collect();
        if !empty.is_empty() {
            let names = empty.join("、");
            return Err(no_fonts(&names, &form.font_advice));
        }
        let files = roles.iter().flat_map(|role| &role.faces).map(|face| face.path.clone()).collect();
        let hashes = self.index.hashes(&files)?;
        let drawn = (0..=u32::from(char::MAX) / u64::BITS).map(|_| AtomicU64::new(0)).collect();
        Ok(FontSet { identity: identity(&roles, &hashes), roles, hashes, database: Arc::clone(&self.database), drawn })
    }

    /// Which faces serve each role, best first; empty where there are none.
    pub fn roles(&self, roles: &BTreeMap<String, FontRole>) -> Vec<RoleFaces> {
        roles
            .iter()
            .map(|(name, role)| RoleFaces {
                role: name.clone(),
                faces: role.families.iter().filter_map(|family| self.face(family, role.weight.number())).collect(),
            })
            .collect()
    }

    /// The upright face of a family whose weight is nearest; of several the project's own, then the first by path.
    fn face(&self, family: &str, weight: u16) -> Option<Face> {
        let is_own = |path: &Path| self.own.iter().any(|folder| path.starts_with(folder));
        self.database
            .faces()
            .filter(|face| face.style == Style::Normal && is_called(face, family))
            .filter_map(|face| Some((weight_of(face).abs_diff(weight), path_of(face)?, face)))
            .min_by_key(|(distance, path, face)| (*distance, !is_own(path), path.clone(), face.index))
            .map(|(_, path, face)| Face { family: family.to_owned(), path, index: face.index, id: face.id })
    }
}

fn is_called(face: &FaceInfo, family: &str) -> bool {
    face.families.iter().any(|(name, _)| name.eq_ignore_ascii_case(family))
}

/// The weight; some bold faces, Fandol's among them, say so only in their name.
fn weight_of(face: &FaceInfo) -> u16 {
    let bold_by_name = face.post_script_name.ends_with("Bold") && face.weight.0 == 400;
    if bold_by_name { 700 } else { face.weight.0 }
}

fn path_of(face: &FaceInfo) -> Option<PathBuf> {
    match &face.source {
        fontdb::Source::File(path) | fontdb::Source::SharedFile(path, _) => Some(path.clone()),
        fontdb::Source::Binary(_) => None,
    }
}

/// A font file's face that serves a role.
#[derive(Clone, Debug)]
pub struct Face {
    /// The family, as the form names it.
    pub family: String,
    /// The file.
    pub path: PathBuf,
    /// Which face of the file, for collections (`.ttc`).
    pub index: u32,
    id: ID,
}

/// The faces of one role.
#[derive(Clone, Debug)]
pub struct RoleFaces {
    /// The role, such as `body`.
    pub role: String,
    /// Its faces, best first.
    pub faces: Vec<Face>,
}

/// Characters that Typst may put on a page by itself, and those of which escaping hides the sight.
const ALWAYS: std::ops::RangeInclusive<char> = '!'..='~';

/// The faces that the pages of a form may use.
pub struct FontSet {
    roles: Vec<RoleFaces>,
    identity: String,
    hashes: BTreeMap<PathBuf, String>,
    database: Arc<Database>,
    /// The characters that some face was found to draw, a bit for each: most texts hold no others.
    drawn: Vec<AtomicU64>,
}

fn identity(roles: &[RoleFaces], hashes: &BTreeMap<PathBuf, String>) -> String {
    let mut hasher = blake3::Hasher::new();
    for role in roles {
        hasher.update(format!("{}\n", role.role).as_bytes());
        for face in &role.faces {
            let content = hashes.get(&face.path).map_or("", String::as_str);
            hasher.update(format!("{} {} {content}\n", face.family, face.index).as_bytes());
        }
    }
    // The engines read a page's files in the order of their paths.
    for content in hashes.values() {
        hasher.update(content.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// What one page needs of a [`FontSet`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct PageFonts {
    /// The font files, in order of path.
    pub files: Vec<PathBuf>,
    /// The characters that no face can draw.
    pub undrawn: BTreeSet<char>,
}

impl FontSet {
    /// A name for what is in all the faces that there are to choose from; where it is the same, pages are set in the same.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The files of the best face of each role.
    pub fn best(&self) -> Vec<PathBuf> {
        let best: BTreeSet<&PathBuf> =
            self.roles.iter().filter_map(|role| role.faces.first()).map(|face| &face.path).collect();
        best.into_iter().cloned().collect()
    }

    /// The BLAKE3 hash of one of its files, in hexadecimal.
    pub fn hash(&self, file: &Path) -> Option<&str> {
        self.hashes.get(file).map(String::as_str)
    }

    /// The files that a page with these texts needs.
    ///
    /// Any role may have to draw any character, so each role gets its faces from the best down to where all are drawn;
    /// a role whose own faces cannot draw all of them has every face of the others too, as its stack in the page says.
    pub fn for_page<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> PageFonts {
        let mut wanted: BTreeSet<char> =
            texts.into_iter().flat_map(str::chars).filter(|c| !is_never_drawn(*c)).collect();
        wanted.extend(ALWAYS);
        let mut files = BTreeSet::new();
        let mut undrawn = wanted.clone();
        let mut short = false;
        for role in &self.roles {
            let mut left = wanted.clone();
            for face in &role.faces {
                if left.is_empty() {
                    break;
                }
                self.draw(face, &mut left);
                files.insert(face.path.clone());
            }
            short |= !left.is_empty();
            undrawn.retain(|c| left.contains(c));
        }
        if short {
            files.extend(self.roles.iter().flat_map(|role| &role.faces).map(|face| face.path.clone()));
        }
        PageFonts { files: files.into_iter().collect(), undrawn }
    }

    /// The characters of these texts that no face of any role can draw.
    pub fn undrawn<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<char> {
        let characters = texts.into_iter().flat_map(str::chars);
        let mut left: BTreeSet<char> = characters.filter(|c| !self.is_known(*c) && !is_never_drawn(*c)).collect();
        let asked = left.clone();
        for face in self.roles.iter().flat_map(|role| &role.faces) {
            if left.is_empty() {
                break;
            }
            self.draw(face, &mut left);
        }
        for c in asked.difference(&left) {
            let (word, bit) = place(*c);
            self.drawn.get(word).map(|word| word.fetch_or(1 << bit, Ordering::Relaxed));
        }
        left
    }

    fn is_known(&self, c: char) -> bool {
        let (word, bit) = place(c);
        self.drawn.get(word).is_some_and(|word| word.load(Ordering::Relaxed) & (1 << bit) != 0)
    }

    /// Takes out of `left` what a face can draw.
    fn draw(&self, face: &Face, left: &mut BTreeSet<char>) {
        self.database.with_face_data(face.id, |data, index| {
            if let Ok(face) = ttf_parser::Face::parse(data, index) {
                left.retain(|c| face.glyph_index(*c).is_none_or(|glyph| glyph.0 == 0));
            }
        });
    }
}

/// Which bit of which word stands for a character.
fn place(c: char) -> (usize, u32) {
    let number = u32::from(c);
    (usize::try_from(number / u64::BITS).unwrap_or(usize::MAX), number % u64::BITS)
}

impl PageFonts {
    /// Puts links to the files into a folder, which an engine can then be pointed at.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn link_into(&self, folder: &Path) -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        for (number, file) in self.files.iter().enumerate() {
            let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or("otf");
            link(file, &folder.join(format!("{number}.{extension}")))?;
        }
        Ok(())
    }
}

#[cfg(unix)]
fn link(file: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(file, link)
}

#[cfg(not(unix))]
fn link(file: &Path, link: &Path) -> std::io::Result<()> {
    fs::hard_link(file, link).or_else(|_| fs::copy(file, link).map(|_| ()))
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
