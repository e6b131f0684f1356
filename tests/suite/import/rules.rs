//! The two rules that have no exception: no figure is placed by its order where heads stand that were not understood, and every
//! figure of a table is used or told.

use fastrand::Rng;

use super::page::{self, Piece, Table};
use super::report::{Column, Report};
use super::{Imported, form, imported};

fn read(pieces: &[Piece]) -> Imported {
    imported(&page::html(pieces), &[form("zfxxgk")]).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn report(seed: u64) -> Report {
    Report::random(&mut Rng::with_seed(seed))
}

/// The values of a table, by key.
fn of_table<'i>(imported: &'i Imported, table: &str) -> Vec<(&'i String, &'i String)> {
    imported.values.iter().filter(|(key, _)| key.starts_with(&format!("{table}."))).collect()
}

/// The table of requests of a page, as it is printed.
fn requests(pieces: &mut [Piece]) -> &mut Table {
    let mut tables = pieces.iter_mut().filter_map(|piece| match piece {
        Piece::Table(table) => Some(table),
        Piece::Words(_) => None,
    });
    tables.nth(1).expect("a table")
}

/// The rows have just as many figures as the form has columns, so that their order would do; but what stands over them is something
/// else.
#[test]
fn no_figure_is_placed_by_its_order_under_heads_that_are_not_known() {
    let strange = ["一月", "二月", "三月", "四月", "五月", "六月", "七月"];
    for seed in 0..5 {
        let mut report = report(seed);
        let column = |label: &&str| Column { path: vec![(*label).to_owned()], span: 1, key: String::new() };
        report.tables[1].blocks[0].columns = strange.iter().map(column).collect();
        let read = read(&report.pieces());
        assert_eq!(of_table(&read, "requests"), [], "{seed}");
        assert_eq!(read.times("import-column-unknown"), 1, "{:?}", read.said);
        assert!(read.said.iter().any(|(_, said)| said.contains("25 行没有读")), "{:?}", read.said);
        // The other tables are whole.
        assert_eq!(of_table(&read, "disputes").len(), 15);
        assert_eq!(of_table(&read, "proactive").len(), 10);
    }
}

/// The heads of a block of another table do not do for this one either.
#[test]
fn no_figure_is_placed_by_its_order_under_one_head_that_is_not_known() {
    let mut report = report(7);
    for (number, label) in ["上一年项目", "增加", "减少"].iter().enumerate() {
        report.tables[0].blocks[0].columns[number].path = vec![(*label).to_owned()];
    }
    let read = read(&report.pieces());
    let under: Vec<&String> = read
        .values
        .keys()
        .filter(|key| ["proactive.regulations", "proactive.normative"].iter().any(|row| key.starts_with(row)))
        .collect();
    assert!(under.is_empty(), "{under:?}");
    assert_eq!(read.times("import-column-unknown"), 1, "{:?}", read.said);
    assert_eq!(read.values.get("proactive.licences"), report.truth.get("proactive.licences"));
}

/// Of seven heads one is unknown: its figures go nowhere, and those of the others stand where they belong.
#[test]
fn a_column_whose_head_is_not_known_is_left_out_and_moves_no_other() {
    for at in 0..7 {
        let mut report = report(at as u64);
        let column = &mut report.tables[1].blocks[0].columns[at];
        *column.path.last_mut().expect("a head") = "境外个体".to_owned();
        let own = format!(".{}", column.key);
        let read = read(&report.pieces());
        for (key, value) in of_table(&read, "requests") {
            let is_sure = read.trace[key].is_sure;
            assert!(
                !is_sure || (report.truth.get(key) == Some(value) && !key.ends_with(&own)),
                "{at}: {key} = {value}"
            );
        }
        assert!(of_table(&read, "requests").iter().filter(|(key, _)| read.trace[*key].is_sure).count() >= 120, "{at}");
        assert!(read.times("import-column-unknown") + read.times("import-cell-doubtful") > 0, "{:?}", read.said);
    }
}

/// Where figures stand that belong to no cell, and what tells them.
#[test]
fn every_figure_of_a_table_that_goes_nowhere_is_told() {
    type Put = fn(&mut Table);
    let places: [(&str, Put); 5] = [
        ("in a row of its own", |table| {
            let row = table.rows;
            table.put((row, 0), (1, 3), "另：口头答复");
            table.put((row, 3), (1, 7), "98765");
        }),
        ("in a row without a label", |table| {
            let row = table.rows;
            table.put((row, 0), (1, 10), "98765");
        }),
        ("beyond the last column", |table| table.put((6, 10), (1, 1), "98765")),
        ("in a column of its own, under no head", |table| {
            for row in 3..table.rows {
                table.put((row, 10), (1, 1), if row == 20 { "98765" } else { "" });
            }
        }),
        ("beside the rows, in a merged cell", |table| table.put((3, 10), (5, 1), "98765")),
    ];
    for (place, put) in places {
        let report = report(11);
        let mut pieces = report.pieces();
        put(requests(&mut pieces));
        let read = read(&pieces);
        assert!(!read.values.values().any(|value| value == "98765"), "{place}");
        assert!(read.said.iter().any(|(_, said)| said.contains("98765")), "{place}: {:?}", read.said);
        let wrong: Vec<_> = of_table(&read, "requests")
            .into_iter()
            .filter(|(key, value)| report.truth.get(*key) != Some(value) && read.trace[*key].is_sure)
            .collect();
        assert!(wrong.is_empty(), "{place}: {wrong:?}");
    }
}

/// A figure beside the bar over a block belongs to no row, and nothing but the last look at the whole table finds it.
#[test]
fn a_figure_beside_a_bar_is_told() {
    let report = report(13);
    let mut pieces = report.pieces();
    let table = pieces.iter_mut().find_map(|piece| match piece {
        Piece::Table(table) => Some(table),
        Piece::Words(_) => None,
    });
    let table = table.expect("a table");
    let bar = table.cells.iter_mut().find(|cell| cell.text == "第二十条第（五）项").expect("a bar");
    bar.colspan = 3;
    let row = bar.row;
    table.put((row, 3), (1, 1), "98765");
    let read = read(&pieces);
    assert_eq!(read.times("import-figure-unused"), 1, "{:?}", read.said);
    assert!(read.said.iter().any(|(_, said)| said.contains("98765")), "{:?}", read.said);
    assert_eq!(of_table(&read, "proactive").len(), 10);
}
