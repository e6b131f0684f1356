//! The letters to organs as files. In: what was found of each report; out: `FOLDER/YEAR.html` and `.docx` in a folder that somebody
//! named. A letter is written anew where there is one, and nothing else there is touched.

use std::collections::{BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::letter::Letter;
use super::owed::StatusJob;
use super::rows::Status;
use super::survey::{Surveyed, again};
use crate::diag::{Code, Diagnostic, Language, Problems, text};
use crate::disk::{self, Unread};
use crate::export::docx;
use crate::render::{Own, Target};
use crate::source::display_path;

const PAGE: &str = "letter.html.tera";
const WORD: &str = "letter.docx.tera";
const PAGES: [(&str, &str); 1] = [(PAGE, include_str!("letter.html.tera"))];
/// The package of Word files is that of reports; a letter says how it looks, and has a document of its own.
const WORDS: [(&str, &str); 8] = [
    (WORD, include_str!("letter.docx.tera")),
    ("partials/document.docx.tera", include_str!("letter_document.docx.tera")),
    ("partials/package.docx.tera", include_str!("../../templates/partials/package.docx.tera")),
    ("partials/styles.docx.tera", include_str!("../../templates/partials/styles.docx.tera")),
    ("partials/face.docx.tera", include_str!("../../templates/partials/face.docx.tera")),
    ("partials/footer.docx.tera", include_str!("../../templates/partials/footer.docx.tera")),
    ("partials/page_number.docx.tera", include_str!("../../templates/partials/page_number.docx.tera")),
    ("partials/numbering.docx.tera", include_str!("../../templates/partials/numbering.docx.tera")),
];
const STYLE: &str = include_str!("letter.css");
/// The page may have this style, by its SHA-256, and nothing else. A test works the hash out.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-CE0Yg2DJ52/H5V7izFw3FJg2jVgEYGfcqigsiQPT8g0='";
/// What a letter's page says of itself, by which it is known to be one.
const MARK: &str = "<meta name=\"generator\" content=\"nianbao: letter\">";

#[derive(Serialize)]
struct Page<'a> {
    policy: &'static str,
    style: &'static str,
    mark: &'static str,
    #[serde(flatten)]
    letter: &'a Letter,
}

/// The letters of one run.
pub struct Letters {
    folder: PathBuf,
    language: Language,
    pages: Own,
    words: Own,
    /// The years and folders of those that were written.
    written: Mutex<BTreeSet<(u16, String)>>,
}

impl Letters {
    /// Letters in a language, to be written into a folder.
    ///
    /// # Errors
    /// Those of the program's own templates.
    pub fn new(folder: &Path, language: Language) -> Result<Self, Diagnostic> {
        let (pages, words) = (Own::parse(Target::Html, &PAGES)?, Own::parse(Target::Docx, &WORDS)?);
        Ok(Self { folder: folder.to_path_buf(), language, pages, words, written: Mutex::default() })
    }

    /// Writes the letter to an organ, if it has anything to mend.
    ///
    /// # Errors
    /// A file that cannot be written, or would lie outside the folder, or in the place of what is no letter.
    pub fn write(&self, surveyed: &Surveyed) -> Result<(), Problems> {
        let letter = Letter::of(surveyed, None, self.language);
        letter.map_or(Ok(()), |letter| self.put(surveyed, &letter))
    }

    /// Writes the letters to the organs whose report is that of another, which nobody knows before all were looked at.
    ///
    /// # Errors
    /// Those of [`Letters::write`].
    pub fn write_same(&self, job: &StatusJob, out: &Path, status: &Status) -> Result<(), Problems> {
        let names: HashMap<(u16, &str), &str> =
            status.organs.iter().map(|row| ((row.year, row.folder.as_str()), row.name.as_str())).collect();
        let same = |surveyed: &Surveyed| {
            let other = surveyed.row.same_as.as_deref()?;
            Some(names.get(&(surveyed.row.year, other)).copied().unwrap_or(other).to_owned())
        };
        let mut problems = Problems::new();
        for surveyed in again(job, out, status.organs.iter().filter(|row| row.same_as.is_some())) {
            let letter = Letter::of(&surveyed, same(&surveyed).as_deref(), self.language);
            problems.extend(letter.and_then(|letter| self.put(&surveyed, &letter).err()).into_iter().flatten());
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// How many letters were written.
    pub fn count(&self) -> usize {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn put(&self, surveyed: &Surveyed, letter: &Letter) -> Result<(), Problems> {
        let (page, word) = self.paths(surveyed)?;
        is_free(&page, &word)?;
        let data = Page { policy: POLICY, style: STYLE, mark: MARK, letter };
        let html = self.pages.render(PAGE, &data)?.text;
        let file = docx::file(&self.words.render(WORD, &data)?)?;
        // The page first: by it the next run knows both.
        disk::put(&page, html.as_bytes())?;
        disk::write(&word, &file)?;
        let row = &surveyed.row;
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.insert((row.year, row.folder.clone()));
        Ok(())
    }

    /// Where the letter to an organ lies.
    fn paths(&self, surveyed: &Surveyed) -> Result<(PathBuf, PathBuf), Diagnostic> {
        let row = &surveyed.row;
        let below = Path::new(&row.folder);
        let is_plain = below.components().all(|part| matches!(part, Component::Normal(_)));
        let folder = self.folder.join(below);
        let path = |ending: &str| folder.join(format!("{:04}.{ending}", row.year));
        let (page, word) = (path("html"), path("docx"));
        // In a folder that is not there yet no link leads anywhere.
        let is_within = || disk::is_within(&self.folder, &page).unwrap_or_else(|error| disk::is_missing(&error));
        match is_plain && is_within() {
            true => Ok((page, word)),
            false => {
                let shown = display_path(&page);
                let message = text!(
                    "信函不写到所给的文件夹之外：{shown}",
                    "no letter is written outside the folder named: {shown}"
                );
                Err(Diagnostic::error(Code::Unwritable, message))
            }
        }
    }
}

/// Whether nothing is there but a letter.
fn is_free(page: &Path, word: &Path) -> Result<(), Diagnostic> {
    let is_letter = match disk::read(page, disk::LARGE) {
        Ok(bytes) => bytes.windows(MARK.len()).any(|window| window == MARK.as_bytes()),
        Err(unread) if unread.is_missing() => !word.exists(),
        Err(Unread::TooLarge(_)) => false,
        Err(unread) => return Err(unread.told(page)),
    };
    if is_letter {
        return Ok(());
    }
    let shown = display_path(if page.exists() { page } else { word });
    let message = text!(
        "{shown} 已经存在，又不是信函，没有改动",
        "{shown} is there already and is no letter; it was not changed"
    );
    Err(Diagnostic::error(Code::AlreadyExists, message)
        .help(text!("换一个文件夹，或移走这个文件", "name another folder, or move the file")))
}
