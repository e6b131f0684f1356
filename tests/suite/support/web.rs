//! Reads HTML pages with the parser of a browser engine.

use scraper::{ElementRef, Html, Selector};

use super::Project;
use super::grid::{Grid, Spanning, grid};

fn all<'a>(document: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("a selector");
    document.select(&selector).collect()
}

/// A web page of a project.
pub fn page(project: &Project, name: &str) -> Html {
    Html::parse_document(&String::from_utf8(project.read(name)).expect("UTF-8"))
}

/// The texts of all elements that a selector names, in order.
pub fn texts(document: &Html, selector: &str) -> Vec<String> {
    all(document, selector).into_iter().map(|element| element.text().collect()).collect()
}

/// Every table as a grid; a cell that spans stands in each place that it covers.
pub fn tables(document: &Html) -> Vec<Grid> {
    all(document, "table").into_iter().map(|table| grid(rows(table))).collect()
}

fn rows(table: ElementRef<'_>) -> Vec<Vec<Spanning>> {
    let (row, cell) = (Selector::parse("tr").expect("a selector"), Selector::parse("th, td").expect("a selector"));
    let spanning = |cell: ElementRef<'_>| {
        let span = |name| cell.attr(name).map_or(1, |value| value.parse().expect("a number"));
        Spanning { text: cell.text().collect(), columns: span("colspan"), rows: span("rowspan"), ..Spanning::default() }
    };
    table.select(&row).map(|row| row.select(&cell).map(spanning).collect()).collect()
}
