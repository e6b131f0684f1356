//! Finds the faces that a form asks for. In: the form's font roles and the machine's fonts; out: [`FontSet`], the
//! files that the engine gets, and nothing else, so that a page is the same wherever these files are the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fontdb::{Database, FaceInfo, ID, Style};

use crate::diag::{Code, Diagnostic, Text, text};
use crate::form::{FontRole, Form};

/// Folders of Debian's TeX packages that fontconfig does not know, where they put the Fandol faces.
const TEX_FOLDERS: &[&str] = &[
    "/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol",
    "/usr/share/texmf/fonts/opentype/public/fandol",
    "/usr/local/share/texmf/fonts/opentype/public/fandol",
];

/// The fonts of a machine.
pub struct FontIndex {
    database: Database,
}

impl FontIndex {
    /// Looks through the project's own font folders, then the system's.
    pub fn scan(own: &[PathBuf]) -> Self {
        let mut database = Database::new();
        for folder in own {
            database.load_fonts_dir(folder);
        }
        for folder in TEX_FOLDERS {
            database.load_fonts_dir(folder);
        }
        database.load_system_fonts();
        Self { database }
    }

    /// The faces that serve a form's roles.
    ///
    /// # Errors
    /// A role for which there is no face at all, with the form's advice on what to install.
    pub fn serve(&self, form: &Form) -> Result<FontSet, Diagnostic> {
        let roles = self.roles(&form.fonts);
        let empty: Vec<&str> =
            roles.iter().filter(|role| role.faces.is_empty()).map(|role| role.role.as_str()).collect();
        if !empty.is_empty() {
            let names = empty.join("、");
            return Err(no_fonts(&names, &form.font_advice));
        }
        let files: BTreeSet<PathBuf> =
            roles.iter().flat_map(|role| &role.faces).map(|face| face.path.clone()).collect();
        let coverage = self.coverage(roles.iter().flat_map(|role| &role.faces));
        Ok(FontSet { roles, files: files.into_iter().collect(), coverage })
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

    /// The upright face of a family whose weight is nearest; the first file by path where several are as near.
    fn face(&self, family: &str, weight: u16) -> Option<Face> {
        self.database
            .faces()
            .filter(|face| face.style == Style::Normal && is_called(face, family))
            .filter_map(|face| Some((weight_of(face).abs_diff(weight), path_of(face)?, face)))
            .min_by(|a, b| (a.0, &a.1, a.2.index).cmp(&(b.0, &b.1, b.2.index)))
            .map(|(_, path, face)| Face { family: family.to_owned(), path, index: face.index, id: face.id })
    }

    fn coverage<'a>(&self, faces: impl Iterator<Item = &'a Face>) -> Coverage {
        let mut ids: Vec<ID> = Vec::new();
        for face in faces {
            if !ids.contains(&face.id) {
                ids.push(face.id);
            }
        }
        let sets = ids.iter().filter_map(|id| self.database.with_face_data(*id, characters)?).collect();
        Coverage { sets }
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

/// The characters of a face as sorted, disjoint ranges.
fn characters(data: &[u8], index: u32) -> Option<Vec<(u32, u32)>> {
    let face = ttf_parser::Face::parse(data, index).ok()?;
    let mut all: Vec<u32> = Vec::new();
    for table in face.tables().cmap?.subtables.into_iter().filter(ttf_parser::cmap::Subtable::is_unicode) {
        table.codepoints(|c| {
            if table.glyph_index(c).is_some_and(|glyph| glyph.0 != 0) {
                all.push(c);
            }
        });
    }
    all.sort_unstable();
    all.dedup();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for c in all {
        match ranges.last_mut() {
            Some((_, end)) if *end + 1 == c => *end = c,
            _ => ranges.push((c, c)),
        }
    }
    Some(ranges)
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

/// The faces that a page may use.
#[derive(Debug)]
pub struct FontSet {
    /// The faces of each role.
    pub roles: Vec<RoleFaces>,
    /// The files that hold them.
    pub files: Vec<PathBuf>,
    coverage: Coverage,
}

impl FontSet {
    /// Whether some face can draw the character; characters that are never drawn count as drawn.
    pub fn can_draw(&self, c: char) -> bool {
        is_never_drawn(c) || self.coverage.has(c)
    }

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

#[derive(Debug)]
struct Coverage {
    sets: Vec<Vec<(u32, u32)>>,
}

impl Coverage {
    fn has(&self, c: char) -> bool {
        let c = u32::from(c);
        self.sets.iter().any(|set| {
            let after = set.partition_point(|(start, _)| *start <= c);
            after.checked_sub(1).and_then(|at| set.get(at)).is_some_and(|(_, end)| c <= *end)
        })
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
