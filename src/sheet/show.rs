//! How a working sheet is shown. In: a [`Sheet`] or a [`CellSheet`]; out: a table for a terminal, JSON, CSV, or one web page without scripts
//! or outside resources.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

use super::cell::CellSheet;
use super::whole::Sheet;
use crate::diag::{Diagnostic, Language, Text, text};
use crate::export::csv::{self, Cell};
use crate::render::{Own, Target};

const PAGE: (&str, &str) = ("page.html.tera", include_str!("page.html.tera"));

/// How wide a table for a terminal may be, in columns.
const WIDTH: usize = 118;
/// How wide the first column of it may be.
const NAME: usize = 30;

/// How a working sheet is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SheetFormat {
    /// Tables for a terminal, of the cells in which there is anything.
    #[default]
    Table,
    /// All cells, organs down and cells across, for spreadsheets.
    Csv,
    /// One JSON document.
    Json,
    /// One web page.
    Html,
}

/// A row of the foot.
#[derive(Serialize)]
struct Foot<'a> {
    label: String,
    figures: Vec<Option<&'a str>>,
}

impl Sheet {
    /// In this format.
    ///
    /// # Errors
    /// Those of the program's own templates, or of writing CSV.
    pub fn said(&self, format: SheetFormat, language: Language) -> Result<Vec<u8>, Diagnostic> {
        Ok(match format {
            SheetFormat::Table => self.table(language).into_bytes(),
            SheetFormat::Json => json(self),
            SheetFormat::Csv => self.csv(language)?,
            SheetFormat::Html => page("sheet", self, &self.foot(language), language)?,
        })
    }

    /// The rows below the organs: the sums; what the government has where that is another; last year.
    fn foot(&self, language: Language) -> Vec<Foot<'_>> {
        let said = |text: Text| text.get(language).to_owned();
        let mut foot = vec![Foot { label: said(text!("合计", "sum")), figures: opened(&self.sums) }];
        if self.reported != self.sums {
            let differing = self.reported.iter().zip(&self.sums);
            let figures = differing.map(|(own, sum)| own.as_deref().filter(|_| own != sum)).collect();
            foot.push(Foot { label: said(text!("本级报告中不同的", "reported, where another")), figures });
        }
        if self.last_year.iter().any(Option::is_some) {
            foot.push(Foot { label: said(text!("上年", "last year")), figures: opened(&self.last_year) });
        }
        foot
    }

    /// The cells in which an organ, the sum or last year has something other than 0.
    fn telling(&self) -> Vec<usize> {
        let tells = |figure: &Option<String>| {
            figure.as_deref().is_some_and(|figure| !figure.trim_matches(['0', '.']).is_empty())
        };
        let is_told = |column: &usize| {
            let of = |figures: &[Option<String>]| figures.get(*column).is_some_and(tells);
            of(&self.sums)
                || of(&self.reported)
                || of(&self.last_year)
                || self.organs.iter().any(|row| of(&row.figures))
        };
        (0..self.cells.len()).filter(is_told).collect()
    }

    fn table(&self, language: Language) -> String {
        let mut out = format!("{} {}\n", self.name, self.year);
        let foot = self.foot(language);
        let told = self.telling();
        let width = |column: usize| {
            let all = self.organs.iter().map(|row| row.figures.get(column).cloned().flatten());
            let foots = foot.iter().map(|row| row.figures.get(column).copied().flatten().map(str::to_owned));
            let longest = all.chain(foots).flatten().map(|figure| figure.chars().count()).max().unwrap_or(1);
            longest.max(format!("[{}]", told.len()).len()) + 3
        };
        let mut at = 0;
        while at < told.len() {
            let mut taken = NAME;
            let count = told[at..].iter().take_while(|column| {
                taken += width(**column);
                taken <= WIDTH
            });
            let next = (at + count.count().max(1)).min(told.len());
            out += &format!("\n{}\n", self.portion(at, &told[at..next], &foot));
            at = next;
        }
        if told.is_empty() {
            out += &format!("\n{}\n", text!("各格都是 0", "all cells are 0").get(language));
        }
        out
    }

    /// A table of some of the cells, and below it what they are.
    fn portion(&self, from: usize, columns: &[usize], foot: &[Foot<'_>]) -> String {
        let mut rows = Table::new();
        rows.load_style(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled);
        let numbers = (from + 1..).take(columns.len()).map(|number| format!("[{number}]"));
        rows.set_header(std::iter::once(String::new()).chain(numbers.clone()));
        let cells = |figure: &dyn Fn(usize) -> Option<String>| -> Vec<String> {
            columns.iter().map(|column| figure(*column).unwrap_or_default()).collect()
        };
        for row in &self.organs {
            let figures = cells(&|column| row.figures.get(column).cloned().flatten());
            rows.add_row(std::iter::once(shortened(&row.name)).chain(figures));
        }
        for row in foot {
            let figures = cells(&|column| row.figures.get(column).copied().flatten().map(str::to_owned));
            rows.add_row(std::iter::once(row.label.clone()).chain(figures));
        }
        for column in rows.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let legend = numbers.zip(columns).filter_map(|(number, column)| {
            let cell = self.cells.get(*column)?;
            Some(format!("{number} {}（{}）", cell.labels.join(" › "), cell.key))
        });
        format!("{rows}\n{}", legend.collect::<Vec<_>>().join("\n"))
    }

    /// A row for each level of labels, one for the keys, then the organs and the foot.
    fn csv(&self, language: Language) -> Result<Vec<u8>, Diagnostic> {
        let said = |text: Text| Cell::text(text.get(language).to_owned());
        let depth = self.cells.iter().map(|cell| cell.labels.len()).max().unwrap_or(0);
        let level = |level: usize| {
            let labels = self.cells.iter().map(move |cell| match cell.labels.get(level) {
                Some(label) => Cell::text(label.as_str()),
                None => Cell::BLANK,
            });
            [Cell::BLANK, Cell::BLANK].into_iter().chain(labels).collect::<Vec<_>>()
        };
        let keys = self.cells.iter().map(|cell| Cell::text(cell.key.as_str()));
        let heads = [said(text!("机关", "organ")), said(text!("文件", "file"))].into_iter().chain(keys);
        let organs = self.organs.iter().map(|row| {
            let figures = row.figures.iter().map(|figure| figure_cell(figure.as_deref()));
            [Cell::text(row.name.as_str()), Cell::text(row.file.as_str())]
                .into_iter()
                .chain(figures)
                .collect::<Vec<_>>()
        });
        let foot = self.foot(language);
        let foot = foot.iter().map(|row| {
            let figures = row.figures.iter().map(|figure| figure_cell(*figure));
            [Cell::text(row.label.clone()), Cell::BLANK].into_iter().chain(figures).collect::<Vec<_>>()
        });
        csv::file((0..depth).map(level).chain([heads.collect()]).chain(organs).chain(foot))
    }
}

impl CellSheet {
    /// In this format.
    ///
    /// # Errors
    /// Those of the program's own templates, or of writing CSV.
    pub fn said(&self, format: SheetFormat, language: Language) -> Result<Vec<u8>, Diagnostic> {
        Ok(match format {
            SheetFormat::Table => self.table(language).into_bytes(),
            SheetFormat::Json => json(self),
            SheetFormat::Csv => self.csv(language)?,
            SheetFormat::Html => page("cell", self, &[], language)?,
        })
    }

    fn table(&self, language: Language) -> String {
        let said = |text: Text| text.get(language).to_owned();
        let mut rows = Table::new();
        rows.load_style(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled);
        rows.set_header(heads(language));
        for part in &self.parts {
            rows.add_row([
                part.name.clone(),
                part.figure.clone().unwrap_or_default(),
                part.last_year.clone().unwrap_or_default(),
                part.difference.clone().unwrap_or_default(),
                part.at.clone(),
            ]);
        }
        let blank = String::new;
        let last = self.last_year.clone().unwrap_or_default();
        rows.add_row([said(text!("合计", "sum")), self.sum.clone().unwrap_or_default(), last, blank(), blank()]);
        if self.reported != self.sum {
            let at = self.at.clone().unwrap_or_default();
            let own = self.reported.clone().unwrap_or_default();
            rows.add_row([said(text!("本级报告", "reported")), own, blank(), blank(), at]);
        }
        for column in rows.column_iter_mut().skip(1).take(3) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        format!("{} {}\n{}（{}）\n\n{rows}\n", self.name, self.year, self.labels.join(" › "), self.key)
    }

    fn csv(&self, language: Language) -> Result<Vec<u8>, Diagnostic> {
        let rows = self.parts.iter().map(|part| {
            let figures =
                [&part.figure, &part.last_year, &part.difference].map(|figure| figure_cell(figure.as_deref()));
            let ends = [Cell::text(part.name.as_str()), Cell::text(part.at.as_str())];
            let [name, at] = ends;
            std::iter::once(name).chain(figures).chain([at]).collect::<Vec<_>>()
        });
        let sum = Cell::text(text!("合计", "sum").get(language).to_owned());
        let sums = [&self.sum, &self.last_year].map(|figure| figure_cell(figure.as_deref()));
        let foot = std::iter::once(sum).chain(sums).collect::<Vec<_>>();
        csv::file([heads(language).map(Cell::text).to_vec()].into_iter().chain(rows).chain([foot]))
    }
}

fn heads(language: Language) -> [String; 5] {
    [
        text!("机关", "organ"),
        text!("今年", "this year"),
        text!("上年", "last year"),
        text!("增减", "change"),
        text!("所在", "where"),
    ]
    .map(|text| text.get(language).to_owned())
}

fn figure_cell(figure: Option<&str>) -> Cell<'static> {
    match figure.map(|figure| figure.trim_start_matches('+').parse()) {
        Some(Ok(number)) => Cell::Figure(number),
        _ => Cell::BLANK,
    }
}

fn opened(figures: &[Option<String>]) -> Vec<Option<&str>> {
    figures.iter().map(Option::as_deref).collect()
}

/// A name that fits the first column of a table.
fn shortened(name: &str) -> String {
    let wide = |c: char| if c.is_ascii() { 1 } else { 2 };
    let mut width = 0;
    let fits = name.chars().take_while(|c| {
        width += wide(*c);
        width + 4 <= NAME
    });
    let kept: String = fits.collect();
    if kept.len() == name.len() { kept } else { kept + "…" }
}

fn json(what: &impl Serialize) -> Vec<u8> {
    (serde_json::to_string_pretty(what).unwrap_or_default() + "\n").into_bytes()
}

/// The words of the page.
fn words(language: Language) -> serde_json::Value {
    let [organ, now, last, change, at] = heads(language);
    let said = |text: Text| text.get(language).to_owned();
    serde_json::json!({
        "lang": language.tag(),
        "organ": organ, "now": now, "last": last, "change": change, "at": at,
        "sum": said(text!("合计", "sum")),
        "reported": said(text!("本级报告", "reported")),
        "unwhole": said(text!(
            "有机关未报或有错误，合计不完整",
            "an organ is missing or has errors, so that the sums are not whole"
        )),
        "scroll": said(text!("汇总表，可左右滚动", "the working sheet; scrolls sideways")),
    })
}

fn page(kind: &str, what: &impl Serialize, foot: &[Foot<'_>], language: Language) -> Result<Vec<u8>, Diagnostic> {
    let data = serde_json::json!({ "kind": kind, "sheet": what, "foot": foot, "words": words(language) });
    let templates = Own::parse(Target::Html, &[PAGE])?;
    Ok(templates.render(PAGE.0, &data)?.text.into_bytes())
}
