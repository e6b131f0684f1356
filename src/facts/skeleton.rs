//! An organ's first facts. In: a form, an organ and a year; out: the text of a file that names every key with its official
//! label and how to fill it in, in the language of the form.
//!
//! What is typed into it is either read or asked for. Text, and whatever may be left out, stands there empty and is read as
//! soon as it is filled in. All other values stand behind `#` as examples of their kind, and nothing takes their place: a
//! table has no `rest` here, so that the checker asks for each figure that is still behind `#`.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::literal;
use crate::diag::{Language, text};
use crate::form::keys::REST;
use crate::form::{Cell, FieldKind, Form, Head, Key, KeyInfo, Shape};
use crate::prose::stray::{is_left_out, is_line_end};
use crate::report::Value;
use crate::schema;

/// How the examples of days end.
pub const EXAMPLE_DAY: &str = "-01-20";

/// What stands in facts from the beginning, where they are made of a report that is there.
#[derive(Debug, Default)]
pub struct Contents {
    /// The values.
    pub values: BTreeMap<Key, Value>,
    /// The tables of which every cell that is not written is 0.
    pub rests: BTreeSet<Key>,
    /// What is to be said of a key, a row or a table, a line each.
    pub comments: BTreeMap<Key, Vec<String>>,
    /// What is to be said at the beginning.
    pub head: Vec<String>,
    /// What is to be said at the end.
    pub foot: Vec<String>,
}

/// The facts file of an organ that begins from nothing.
pub fn facts(form: &Form, organ: &str, year: u16) -> String {
    filled(form, organ, year, &Contents::default())
}

/// The facts file, with what is known.
pub fn filled(form: &Form, organ: &str, year: u16, contents: &Contents) -> String {
    let language = if form.language.starts_with("zh") { Language::Zh } else { Language::En };
    let cells = form.tables.iter().flat_map(|table| table.cells()).map(|cell| (cell.key.clone(), cell)).collect();
    let (legend, group) = (String::new(), Vec::new());
    let how = text!(
        "# 以 # 开头的行不算数：填数字等时，去掉行首的 #，把等号后面的例子换成实际的值。\n# 空着的引号，直接在引号里填写；写明“可省略”的可以空着。填完运行 nianbao check。",
        "# A line that begins with # does not count: to give a figure, take the # away and put the true value after the =.\n# Where there are empty quotation marks, write between them; what is optional may stay empty. Then run `nianbao check`."
    );
    let mut lines = vec![schema::directive(&form.name), format!("# {}", form.label)];
    lines.extend(contents.head.iter().map(|line| comment(line)));
    lines.extend([
        how.get(language).to_owned(),
        String::new(),
        format!("form = {}", literal::in_quotes(&form.name)),
        format!("year = {year}"),
    ]);
    let mut page = Skeleton { form, organ, year, language, cells, legend, group, contents, lines };
    // Keys that stand in no table come before the first header.
    for (key, shape) in form.keys.shape() {
        if let Shape::Value(full) = shape {
            page.value(key, full);
        }
    }
    for (key, shape) in form.keys.shape() {
        if let Shape::Branch(children) = shape {
            page.section(key, children);
        }
    }
    if !contents.foot.is_empty() {
        page.lines.push(String::new());
        page.lines.extend(contents.foot.iter().map(|line| comment(line)));
    }
    page.lines.join("\n") + "\n"
}

/// A line that is no fact. What comes from elsewhere stands on one line, with nothing that turns or ends it.
fn comment(words: &str) -> String {
    let shown = words.chars().map(|c| if c.is_control() || is_line_end(c) { ' ' } else { c });
    format!("# {}", shown.filter(|c| !is_left_out(*c)).collect::<String>().trim_end())
}

struct Skeleton<'a> {
    form: &'a Form,
    organ: &'a str,
    year: u16,
    /// That of the form, which those who fill it in read.
    language: Language,
    cells: BTreeMap<Key, Cell<'a>>,
    /// What the columns of the last row are called.
    legend: String,
    /// The heads over the last row.
    group: Vec<&'a str>,
    contents: &'a Contents,
    lines: Vec<String>,
}

/// A cell of a row: its key in the row, what the form knows of it, and its heads.
type RowCell<'p, 'a> = (&'p str, &'p KeyInfo, &'p Cell<'a>);

impl<'a> Skeleton<'a> {
    /// A table with its header; where it holds only groups, each of them has its own.
    fn section(&mut self, name: &str, children: &IndexMap<String, Shape>) {
        let own = || children.values().filter(|shape| !matches!(shape, Shape::Head | Shape::Rest));
        let is_group = |shape: &Shape| matches!(shape, Shape::Branch(cells) if !self.is_row(cells));
        if own().next().is_some() && own().all(is_group) {
            if self.has_rest(name) || self.contents.comments.contains_key(name) {
                self.lines.extend([String::new(), format!("[{name}]")]);
                self.begin(name);
            }
            for (key, shape) in children {
                if let Shape::Branch(below) = shape {
                    self.section(&Key::from(name).join(key), below);
                }
            }
            return;
        }
        (self.legend, self.group) = (String::new(), Vec::new());
        self.lines.push(String::new());
        self.lines.push(format!("[{name}]"));
        self.begin(name);
        self.branch(&Key::from(name), "", children);
    }

    /// What stands first in a table: what is to be said of it, and what its cells are that are not written.
    fn begin(&mut self, table: &str) {
        self.say(table);
        if self.has_rest(table) {
            let words = text!("没有写的各格都是 0：原件中是空白", "every cell that is not written is 0: it was blank");
            self.lines.push(format!("{REST} = 0    # {}", words.get(self.language)));
        }
    }

    fn has_rest(&self, table: &str) -> bool {
        self.contents.rests.contains(table)
    }

    /// What is to be said of a key.
    fn say(&mut self, key: &str) {
        let said = self.contents.comments.get(key).into_iter().flatten();
        self.lines.extend(said.map(|line| comment(line)));
    }

    fn branch(&mut self, table: &Key, prefix: &str, children: &IndexMap<String, Shape>) {
        for (key, shape) in children {
            let name = Key::from(prefix).join(key);
            match shape {
                Shape::Head | Shape::Rest => {}
                Shape::Value(full) => self.value(&name, full),
                Shape::Branch(cells) if self.is_row(cells) => self.row(table, &name, cells),
                Shape::Branch(below) => {
                    self.say(&table.join(&name));
                    self.branch(table, &name, below);
                }
            }
        }
    }

    /// Whether these are the cells of one row, each called after its column.
    fn is_row(&self, cells: &IndexMap<String, Shape>) -> bool {
        let mut rows = BTreeSet::new();
        let mut is_column = |(key, shape): (&String, &Shape)| {
            let Shape::Value(full) = shape else { return false };
            let Some(cell) = self.cells.get(full.as_str()) else { return false };
            rows.insert(labels(&cell.row));
            cell.column.last().is_some_and(|head| head.key.rsplit('.').next() == Some(key.as_str()))
        };
        cells.iter().all(&mut is_column) && rows.len() == 1
    }

    /// A row of cells on one line, under the label that they share and those of its columns.
    fn row(&mut self, table: &Key, name: &str, cells: &IndexMap<String, Shape>) {
        let form = self.form;
        let of_shape = |(key, shape): (&String, &Shape)| match shape {
            Shape::Value(full) => Some((key.clone(), form.keys.get(full)?, self.cells.get(full.as_str())?.clone())),
            _ => None,
        };
        let known: Vec<(String, &KeyInfo, Cell<'a>)> = cells.iter().filter_map(of_shape).collect();
        let known: Vec<RowCell<'_, 'a>> = known.iter().map(|(key, known, cell)| (key.as_str(), *known, cell)).collect();
        let Some((_, _, first)) = known.first() else { return };
        let heads = shared_heads(first, &known);
        // The same words for every cell of the row are its own.
        let mut guides = known.iter().flat_map(|(_, known, _)| known.guide.lines());
        let shared = guides.find(|guide| known.iter().all(|(_, known, _)| known.guide.contains(guide)));
        let values = self.values_of(cells);
        if values.is_empty() && known.iter().all(|(_, known, _)| !known.sums.is_empty()) {
            return self.head(&heads, &self.computed());
        }
        self.head(&heads, shared.unwrap_or_default());
        let columns: Vec<String> = known.iter().map(|cell| self.column(cell)).collect();
        let legend = columns.join(text!("，", ", ").get(self.language));
        if legend != self.legend {
            self.lines.push(format!("# {legend}"));
            self.legend = legend;
        }
        self.say(&table.join(name));
        cells.values().for_each(|shape| self.say_of(shape));
        if !values.is_empty() {
            let row = literal::row(values.iter().map(|(key, value)| (key.as_str(), value.as_str())));
            return self.lines.push(format!("{name} = {row}"));
        }
        let written = known.iter().filter(|(_, known, _)| known.sums.is_empty());
        let written: Vec<(&str, String)> = written.map(|(key, known, _)| (*key, self.example(known))).collect();
        let row = literal::row(written.iter().map(|(key, example)| (*key, example.as_str())));
        self.lines.push(format!("# {name} = {row}"));
    }

    /// The cells of a row that are known, each with its literal.
    fn values_of(&self, cells: &IndexMap<String, Shape>) -> Vec<(String, String)> {
        let of_shape = |(key, shape): (&String, &Shape)| match shape {
            Shape::Value(full) => Some((key.clone(), self.contents.values.get(full)?.toml())),
            _ => None,
        };
        cells.iter().filter_map(of_shape).collect()
    }

    fn say_of(&mut self, cell: &Shape) {
        if let Shape::Value(full) = cell {
            self.say(full);
        }
    }

    /// What a column of a row is called, and what may stand in it where that is no plain number.
    fn column(&self, (key, known, cell): &RowCell<'_, 'a>) -> String {
        let label = cell.column.last().map_or("", |head| head.label.as_str());
        let notes = self.notes(known, "").join(text!("；", "; ").get(self.language));
        let notes = if notes.is_empty() { text!("", "") } else { text!("（{notes}）", " ({notes})") };
        format!("{key} {label}{}", notes.get(self.language)).trim_end().to_owned()
    }

    /// A value with a line of its own.
    fn value(&mut self, name: &str, full: &str) {
        let Some(known) = self.form.keys.get(full) else { return };
        let guide = known.guide.replace('\n', " ");
        let heads = self.cells.get(full).map(|cell| self.heads_of(cell));
        if let Some(heads) = &heads {
            self.over(heads);
            self.column_over(full);
        }
        let value = self.contents.values.get(full);
        if value.is_none() && !known.sums.is_empty() {
            return self.head(&heads.unwrap_or_default(), &self.computed());
        }
        match heads {
            Some(heads) => self.head(&heads, &guide),
            // Some rules begin with the name of what they are about.
            None if guide.starts_with(&known.label) => self.comment(&[&guide]),
            None => self.comment(&[&known.label, &guide]),
        }
        self.say(full);
        if let Some(value) = value.filter(|_| self.form.author != full) {
            let literal = match value {
                Value::Prose(text) => literal::long(&format!("{text}\n")),
                other => other.toml(),
            };
            return self.lines.push(format!("{name} = {literal}"));
        }
        if self.form.author == full {
            return self.lines.push(format!("{name} = {}", literal::in_quotes(self.organ)));
        }
        let notes = self.notes(known, &guide).join(text!("；", "; ").get(self.language));
        let notes = if notes.is_empty() { notes } else { format!("    # {notes}") };
        let example = self.example(known);
        self.lines.push(match known.kind {
            FieldKind::Prose => format!("{name} = {}{notes}", literal::long("\n")),
            FieldKind::Line => format!("{name} = {example}{notes}"),
            _ if !known.required => format!("{name} = {example}{notes}"),
            _ => format!("# {name} = {example}{notes}"),
        });
    }

    /// The labels of a cell: those of its row, and of its column where the row has more cells than this one.
    fn heads_of(&self, cell: &Cell<'a>) -> Vec<&'a str> {
        let mut heads = labels(&cell.row);
        let shares = |other: &&Cell<'a>| labels(&other.row) == heads;
        if heads.is_empty() || self.cells.values().filter(shares).count() > 1 {
            heads.extend(labels(&cell.column));
        }
        heads
    }

    /// The label of a row or of a single cell, after those of the heads over it.
    fn head(&mut self, heads: &[&'a str], guide: &str) {
        self.over(heads);
        self.comment(&[heads.last().copied().unwrap_or_default(), guide]);
    }

    /// The labels of the heads over a row or a single cell, where they are others than before.
    fn over(&mut self, heads: &[&'a str]) {
        let over = &heads[..heads.len().saturating_sub(1)];
        if self.group != over {
            self.group = over.to_vec();
            if self.lines.last().is_some_and(|line| !line.starts_with('[')) {
                self.lines.push(String::new());
            }
            self.comment(&[&over.join("·")]);
        }
    }

    /// What the column of single cells is called, where that says more than that there is something in it: what kind of
    /// value or unit it has, or which of the table's columns it is.
    fn column_over(&mut self, full: &str) {
        let Some(cell) = self.cells.get(full).filter(|cell| !cell.row.is_empty()) else { return };
        let own = labels(&cell.column).join("·");
        let table = self.form.tables.iter().find(|table| table.cells().any(|cell| cell.key == full));
        let others = table.is_some_and(|table| table.cells().any(|other| labels(&other.column).join("·") != own));
        let has_kind = cell.column.iter().any(|head| head.kind.is_some() || head.unit.is_some());
        let is_shown = self.heads_of(cell).iter().any(|label| own.ends_with(label));
        if (others || has_kind) && !is_shown && own != self.legend {
            self.comment(&[&own]);
            self.legend = own;
        }
    }

    fn comment(&mut self, words: &[&str]) {
        let words: Vec<String> =
            words.iter().filter(|words| !words.trim().is_empty()).map(|words| words.replace('\n', " ")).collect();
        if !words.is_empty() {
            self.lines.push(format!("# {}", words.join(text!("：", ": ").get(self.language))));
        }
    }

    /// What may stand in the place of a value, where that is more than plain text or a number; nothing that its guide says.
    fn notes(&self, known: &KeyInfo, guide: &str) -> Vec<String> {
        let date = self.date();
        let options = &known.options;
        let kind = match known.kind {
            FieldKind::Flag => Some(text!("true 是，false 否", "true or false")),
            FieldKind::Choice => {
                let (zh, en) = (options.join("、"), options.join(", "));
                Some(text!("从中选一个：{zh}", "one of: {en}"))
            }
            FieldKind::Lines => Some(text!("几项都写在括号里，如 [\"甲\", \"乙\"]", "a list, such as [\"a\", \"b\"]")),
            FieldKind::Date => {
                Some(text!("不带引号的日期，如 {date}", "a date without quotation marks, such as {date}"))
            }
            FieldKind::Amount if !options.is_empty() => {
                let words = options.iter().map(|option| literal::in_quotes(option)).collect::<Vec<_>>().join(" / ");
                Some(text!("可以有小数，也可以写 {words}", "may have decimals, or be {words}"))
            }
            FieldKind::Amount => Some(text!("可以有小数", "may have decimals")),
            FieldKind::Count | FieldKind::Line | FieldKind::Prose => None,
        };
        let optional = match (known.required, known.sums.is_empty()) {
            (true, _) => None,
            (false, true) => Some(text!("可省略", "optional")),
            (false, false) => return vec![self.computed()],
        };
        let notes = [optional, kind].into_iter().flatten().map(|note| note.get(self.language).to_owned());
        notes.filter(|note| !guide.to_lowercase().contains(note.as_str())).collect()
    }

    fn computed(&self) -> String {
        text!("不必写，由程序计算", "computed; it need not be written").get(self.language).to_owned()
    }

    /// A value of the kind; for what may be left out, none.
    fn example(&self, known: &KeyInfo) -> String {
        match known.kind {
            FieldKind::Lines => literal::list(&[]),
            _ if !known.required => literal::in_quotes(""),
            FieldKind::Line | FieldKind::Prose => literal::in_quotes(""),
            FieldKind::Flag => literal::flag(false),
            FieldKind::Choice => literal::in_quotes(known.options.first().map_or("", String::as_str)),
            FieldKind::Date => self.date(),
            FieldKind::Count | FieldKind::Amount => literal::figure(rust_decimal::Decimal::ZERO),
        }
    }

    /// A day on which a report of the year may be finished.
    fn date(&self) -> String {
        format!("{}{EXAMPLE_DAY}", self.year.min(9998) + 1)
    }
}

/// The labels of a row; where it has none, those over all of its columns.
fn shared_heads<'a>(first: &Cell<'a>, cells: &[RowCell<'_, 'a>]) -> Vec<&'a str> {
    let own = labels(&first.row);
    if !own.is_empty() {
        return own;
    }
    let over = |cell: &Cell<'a>| labels(&cell.column[..cell.column.len().saturating_sub(1)]);
    let shared = over(first).into_iter().enumerate();
    let shared = shared.take_while(|(at, label)| cells.iter().all(|(_, _, cell)| over(cell).get(*at) == Some(label)));
    shared.map(|(_, label)| label).collect()
}

fn labels<'a>(heads: &[&'a Head]) -> Vec<&'a str> {
    heads.iter().map(|head| head.label.as_str()).filter(|label| !label.is_empty()).collect()
}
