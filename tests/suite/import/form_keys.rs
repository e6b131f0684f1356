//! What a form says of its printed reports: each key of `[import]`, and `also`, with it and without it. The form is the one of
//! `tests/second_form`, and a little more.

use std::sync::Arc;

use nianbao::form::{Form, files};
use nianbao::import::Asked;

use super::{Imported, imported_as};
use crate::support::{Project, text};

/// The form with another section, and with this added to it.
fn form(more: &str) -> Arc<Form> {
    let base = text("tests/second_form/templates/census/form.toml");
    let fields = "[[field]]\nkey = \"plans\"\nkind = \"prose\"\nlabel = \"Plans\"\n\n[[table]]\nname";
    let base = base.replacen("[[table]]\nname", fields, 1);
    let base =
        base.replace("block = [{ prose = \"notes\" }]", "block = [{ prose = \"notes\" }, { prose = \"plans\" }]");
    let form = files::parse("census", &format!("{base}\n{more}\n"));
    Arc::new(form.unwrap_or_else(|problems| panic!("{problems:?}")))
}

/// A page of it, some words of which are others.
fn page(changes: &[(&str, &str)]) -> String {
    let mut page = "<p>Bridges of Ambridge, 1881</p><p>Count</p><table>\
        <tr><td rowspan=2 colspan=2>Material<td colspan=3>Bridges<tr><td>Open<td>Shut<td>All\
        <tr><td colspan=2>Stone<td>3<td>1<td>4\
        <tr><td rowspan=2>Iron<td>Cast<td>5<td>8<td>13<tr><td>Wrought<td>2<td>7<td>9\
        <tr><td colspan=2>Every material<td>10<td>16<td>26</table>\
        <p>Notes</p><p>Nobody fell in.</p>"
        .to_owned();
    for (from, to) in changes {
        assert!(page.contains(from), "{from}");
        page = page.replace(from, to);
    }
    page
}

fn asked() -> Asked {
    Asked { organ: Some("Ambridge".to_owned()), year: Some(1881) }
}

fn read(more: &str, changes: &[(&str, &str)]) -> Imported {
    imported_as(&asked(), page(changes).as_bytes(), &[form(more)]).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn value<'i>(imported: &'i Imported, key: &str) -> Option<&'i str> {
    imported.values.get(key).map(String::as_str).filter(|value| !value.trim().is_empty())
}

#[test]
fn a_page_of_the_form_is_read_whole() {
    let read = read("", &[]);
    let keys = ["stone.open", "stone.all", "iron.cast.shut", "iron.wrought.open", "every.all"];
    let got = keys.map(|key| value(&read, &format!("bridges.{key}")));
    assert_eq!(got, [Some("3"), Some("4"), Some("8"), Some("2"), Some("26")], "{}", read.facts);
    assert_eq!(value(&read, "notes").map(str::trim), Some("Nobody fell in."));
}

#[test]
fn none_says_how_print_says_that_a_figure_does_not_apply() {
    let changes = [("<td>5<td>8<td>13", "<td>nil<td>8<td>8")];
    let without = read("", &changes);
    assert_eq!(value(&without, "bridges.iron.cast.open"), None, "{}", without.facts);
    // A word where a figure should be may cost the whole row, which is told.
    assert!(without.times("import-cell-unread") + without.times("import-row-missing") > 0, "{:?}", without.said);
    let with = read("[import]\nnone = [\"nil\"]", &changes);
    assert_eq!(
        (value(&with, "bridges.iron.cast.open"), with.times("import-cell-unread")),
        (Some("/"), 0),
        "{:?}",
        with.said
    );
    // What is declared takes the place of what holds where nothing is.
    let slash = [("<td>5<td>8<td>13", "<td>/<td>8<td>8")];
    assert_eq!(value(&read("", &slash), "bridges.iron.cast.open"), Some("/"));
    assert_eq!(value(&read("[import]\nnone = [\"nil\"]", &slash), "bridges.iron.cast.open"), None);
}

#[test]
fn units_may_stand_behind_figures() {
    let changes = [("<td>5<td>8<td>13", "<td>5 spans<td>8spans<td>13")];
    let without = read("", &changes);
    assert_eq!(value(&without, "bridges.iron.cast.open"), None, "{:?}", without.said);
    assert!(without.said.iter().any(|(_, said)| said.contains("5 spans")), "{:?}", without.said);
    let with = read("[import]\nunits = [\"spans\"]", &changes);
    assert_eq!(value(&with, "bridges.iron.cast.open"), Some("5"), "{:?}", with.said);
    assert_eq!(value(&with, "bridges.iron.cast.shut"), Some("8"));
}

#[test]
fn a_blank_is_0_only_where_the_form_says_so_and_the_sums_hold() {
    let holds = [("<td>5<td>8<td>13", "<td>5<td><td>5"), ("<td>10<td>16<td>26", "<td>10<td>8<td>18")];
    for ask in ["", "[import]\nblank = \"ask\""] {
        let asked = read(ask, &holds);
        assert_eq!(value(&asked, "bridges.iron.cast.shut"), None, "{}", asked.facts);
        assert_eq!(asked.times("import-cell-unread"), 1, "{:?}", asked.said);
    }
    let zero = read("[import]\nblank = \"zero\"", &holds);
    assert_eq!(value(&zero, "bridges.iron.cast.shut"), Some("0"), "{}", zero.facts);
    assert_eq!(zero.times("import-cell-unread"), 0, "{:?}", zero.said);
    // 5 and nothing are not 13: what was left out was no 0.
    let fails = [("<td>5<td>8<td>13", "<td>5<td><td>13")];
    let zero = read("[import]\nblank = \"zero\"", &fails);
    assert_eq!(value(&zero, "bridges.iron.cast.shut"), None, "{}", zero.facts);
    assert_eq!(zero.times("import-cell-unread"), 1, "{:?}", zero.said);
}

#[test]
fn unparted_says_where_the_text_of_a_section_goes() {
    let without = read("", &[]);
    assert_eq!((value(&without, "notes").is_some(), value(&without, "plans")), (true, None));
    let with = read("[import]\nunparted = { \"Notes\" = \"plans\" }", &[]);
    assert_eq!(value(&with, "notes"), None, "{}", with.facts);
    assert_eq!(value(&with, "plans").map(str::trim), Some("Nobody fell in."));
    assert_eq!(with.times("import-not-parted"), 1, "{:?}", with.said);
}

#[test]
fn before_says_where_text_goes_that_stands_before_the_first_part() {
    let changes = [("<p>Nobody fell in.</p>", "<p>It rained for a week.</p><p>Plans</p><p>A new bridge.</p>")];
    let without = read("", &changes);
    assert_eq!(
        value(&without, "plans").map(|text| text.contains("It rained") && text.contains("A new bridge")),
        Some(true),
        "{}",
        without.facts
    );
    let with = read("[import]\nbefore = { \"Notes\" = \"notes\" }", &changes);
    assert_eq!(value(&with, "notes").map(str::trim), Some("It rained for a week."), "{}", with.facts);
    assert_eq!(value(&with, "plans").map(str::trim), Some("A new bridge."));
}

#[test]
fn ends_are_where_a_page_is_no_report_any_more() {
    let changes =
        [("Nobody fell in.</p>", "Nobody fell in.</p><p>Copyright of the town hall</p><p>Print this page</p>")];
    let without = read("", &changes);
    assert!(value(&without, "notes").is_some_and(|text| text.contains("Print this page")), "{}", without.facts);
    let with = read("[import]\nends = [\"Copyright of\"]", &changes);
    assert_eq!(value(&with, "notes").map(str::trim), Some("Nobody fell in."), "{}", with.facts);
}

#[test]
fn titles_are_other_names_of_a_report() {
    let changes = [("Bridges of Ambridge, 1881", "Ambridge: yearly survey of crossings and fords for 2021")];
    let page = page(&changes);
    let read = |more: &str| imported_as(&Asked::default(), page.as_bytes(), &[form(more)]).expect("a report");
    let without = read("");
    assert_eq!(value(&without, "town.name"), None, "{}", without.facts);
    let with = read("[import]\ntitles = [\"{{ town.name }}: yearly survey of crossings and fords for {{ year }}\"]");
    assert_eq!(value(&with, "town.name"), Some("Ambridge"), "{}", with.facts);
    assert_eq!(value(&with, "year"), Some("2021"));
}

#[test]
fn an_old_edition_is_known_by_its_signs() {
    let old = "[[import.old]]\nedition = \"of 1879\"\nsigns = [\"Unlocked\", \"Timber\"]";
    let changes = [("<td>Open", "<td>Unlocked"), ("<td colspan=2>Stone", "<td colspan=2>Timber")];
    let said = imported_as(&asked(), page(&changes).as_bytes(), &[form(old)]).map(|read| read.facts).expect_err("old");
    assert_eq!(said[0].code.as_str(), "import-old-edition");
    assert!(said[0].message.en.contains("of 1879"), "{:?}", said[0].message);
    // One sign alone may be a slip.
    let one = imported_as(&asked(), page(&changes[..1]).as_bytes(), &[form(old)]);
    assert!(one.is_ok());
}

#[test]
fn also_names_other_wordings_of_rows_columns_and_headings() {
    let changes = [
        ("<td>Wrought", "<td>Puddled bars"),
        ("<td>Open", "<td>Passable"),
        ("<p>Notes</p>", "<p>Remarks of the clerk</p>"),
    ];
    let without = read("", &changes);
    assert_ne!(value(&without, "bridges.iron.wrought.shut"), Some("7"), "{}", without.facts);
    assert!(without.times("import-row-missing") + without.times("import-column-unknown") >= 2, "{:?}", without.said);
    let declared = text("tests/second_form/templates/census/form.toml")
        .replace("label = \"Wrought\"", "label = \"Wrought\", also = [\"Puddled bars\"]")
        .replace("label = \"Open\"", "label = \"Open\", also = [\"Passable\"]")
        .replace("heading = \"Notes\"", "heading = \"Notes\"\nalso = [\"Remarks of the clerk\"]");
    let form = Arc::new(files::parse("census", &declared).expect("a form"));
    let with = imported_as(&asked(), page(&changes).as_bytes(), &[form]).expect("a report");
    assert_eq!(value(&with, "bridges.iron.wrought.shut"), Some("7"), "{}", with.facts);
    assert_eq!(value(&with, "bridges.iron.wrought.open"), Some("2"));
    assert_eq!(value(&with, "bridges.stone.open"), Some("3"));
    assert_eq!(value(&with, "notes").map(str::trim), Some("Nobody fell in."));
    assert!(with.trace.iter().filter(|(key, _)| key.starts_with("bridges.")).all(|(_, traced)| traced.is_sure));
}

/// What a form must not say: a place that is none of its facts, or another word for what a blank is.
#[test]
fn what_import_cannot_use_is_no_form() {
    let base = text("tests/second_form/templates/census/form.toml");
    for more in [
        "[import]\nunparted = { \"Notes\" = \"nothing\" }",
        "[import]\nbefore = { \"Notes\" = \"bridges\" }",
        "[import]\nunparted = { \"Nowhere\" = \"notes\" }",
        "[import]\nblank = \"nought\"",
        "[import]\nnought = true",
    ] {
        assert!(files::parse("census", &format!("{base}\n{more}\n")).is_err(), "{more}");
    }
}

#[test]
fn labels_that_could_not_be_told_apart_are_told() {
    let project = Project::new();
    for name in ["form.toml", "report.typ.tera", "report.html.tera"] {
        project.write(&format!("templates/census/{name}"), text(format!("tests/second_form/templates/census/{name}")));
    }
    let said = |run: crate::support::Run| format!("{}{}", run.stdout, run.stderr);
    let good = said(project.run(["--lang", "en", "forms", "check", "census"]));
    assert!(!good.contains("too alike"), "{good}");
    let form = text("tests/second_form/templates/census/form.toml");
    let alike = form
        .replace("label = \"Cast\"", "label = \"Wrought irons\"")
        .replace("label = \"Wrought\" ", "label = \"Wrought iron\" ");
    project.write("templates/census/form.toml", alike);
    let bad = said(project.run(["--lang", "en", "forms", "check", "census"]));
    assert!(bad.contains("Wrought irons") && bad.contains("Wrought iron`") && bad.contains("too alike"), "{bad}");
}
