//! How differences are shown. In: a comparison; out: a table for a terminal, JSON, or a web page without scripts or outside
//! resources.

use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;
use tera::{Context, Tera};

use super::difference::{Comparison, FigureChange, OrganChange, Years};
use crate::diag::{Language, Text, text};

const PAGE: &str = include_str!("page.html.tera");

/// The words of the page, by name.
#[derive(Serialize)]
struct Words {
    figure: String,
    change: String,
    share: String,
    texts: String,
    nothing: String,
    lang: &'static str,
}

fn words(language: Language) -> Words {
    let said = |text: Text| text.get(language).to_owned();
    Words {
        figure: said(text!("项目", "figure")),
        change: said(text!("增减", "change")),
        share: said(text!("增减（%）", "change (%)")),
        texts: said(text!("正文", "texts")),
        nothing: said(text!("没有不同", "nothing differs")),
        lang: language.tag(),
    }
}

fn empty_table(columns: usize) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_content_arrangement(comfy_table::ContentArrangement::Disabled);
    for column in 1..columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Two reports, for a terminal.
pub(super) fn table(comparison: &Comparison, language: Language) -> String {
    let words = words(language);
    let (before, after) = (&comparison.before, &comparison.after);
    let mut out = format!(
        "- {} {}（{}）\n+ {} {}（{}）\n",
        before.author, before.year, before.file, after.author, after.year, after.file
    );
    if comparison.figures.is_empty() && comparison.texts.is_empty() {
        return out + "\n" + &words.nothing;
    }
    if !comparison.figures.is_empty() {
        let mut rows = empty_table(5);
        let heads = [words.figure, before.year.to_string(), after.year.to_string(), words.change, words.share];
        rows.set_header(heads);
        for change in &comparison.figures {
            let cell = |number: &Option<String>| number.clone().unwrap_or_default();
            rows.add_row([
                change.label.clone(),
                cell(&change.before),
                cell(&change.after),
                cell(&change.difference),
                cell(&change.percent),
            ]);
        }
        align(&mut rows);
        out += &format!("\n{rows}\n");
        out += &organs(comparison, language);
    }
    for text in &comparison.texts {
        out += &format!("\n{}（{}）\n", text.label, text.key);
        for sentence in text.sentences.iter().filter(|sentence| sentence.change != "same") {
            let sign = if sentence.change == "added" { '+' } else { '-' };
            out += &format!("{sign} {}\n", sentence.text);
        }
    }
    out.trim_end().to_owned()
}

/// Which organs made the changes, a line for each figure that is a sum.
fn organs(comparison: &Comparison, language: Language) -> String {
    let line = |figure: &FigureChange| {
        let part = |organ: &OrganChange| format!("{} {}", organ.name, organ.difference);
        let parts: Vec<String> = figure.organs.iter().map(part).collect();
        let comma = text!("，", ", ");
        format!("{}（{}）：{}\n", figure.label, figure.key, parts.join(comma.get(language)))
    };
    let lines: String = comparison.figures.iter().filter(|figure| !figure.organs.is_empty()).map(line).collect();
    match lines.is_empty() {
        true => lines,
        false => format!("\n{}\n{lines}", text!("各机关的增减", "changes by organ").get(language)),
    }
}

/// Numbers stand at the right of their columns.
fn align(rows: &mut Table) {
    for column in rows.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// Several years, for a terminal.
pub(super) fn years_table(years: &Years, language: Language) -> String {
    let mut rows = empty_table(years.years.len() + 1);
    rows.set_header(std::iter::once(words(language).figure).chain(years.years.iter().map(u16::to_string)));
    for figure in &years.figures {
        let numbers = figure.numbers.iter().map(|number| number.clone().unwrap_or_default());
        rows.add_row(std::iter::once(figure.label.clone()).chain(numbers));
    }
    align(&mut rows);
    format!("{}\n\n{rows}", years.author)
}

/// As JSON.
pub(super) fn json(what: &impl Serialize) -> String {
    serde_json::to_string_pretty(what).unwrap_or_default()
}

/// Two reports, as a web page.
pub(super) fn html(comparison: &Comparison, language: Language) -> String {
    rendered("comparison", comparison, language)
}

/// Several years, as a web page.
pub(super) fn years_html(years: &Years, language: Language) -> String {
    rendered("years", years, language)
}

fn rendered(name: &'static str, what: &impl Serialize, language: Language) -> String {
    let mut tera = Tera::new();
    tera.autoescape_on([".html"]);
    let mut context = Context::new();
    context.insert("words", &words(language));
    context.insert(name, what);
    context.insert("kind", name);
    let page = tera.add_raw_template("page.html", PAGE).and_then(|()| tera.render("page.html", &context));
    // The page's template is the program's own, and a test renders it.
    page.map(|page| page.trim_end().to_owned()).unwrap_or_default()
}
