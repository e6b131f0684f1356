//! Resolves a declaration. In: [`Declared`]; out: [`Form`], or every name in it that stands for nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::Spanned;
use unicode_normalization::UnicodeNormalization;

use super::declared::{
    Declared, DeclaredBlock, DeclaredContent, DeclaredField, DeclaredHead, DeclaredOrganCell, DeclaredOrgans,
    DeclaredRoll, DeclaredSection, DeclaredTable,
};
use super::overrides::{OVERRIDES, Overrides};
use super::pattern::references;
use super::template_files::{DECLARATION, Origin};
use super::{
    Block, Consolidate, Content, Field, FieldKind, Form, FormFiles, Grid, Head, ImportRules, Key, Keys, OrganTable,
    Section, Table, rules,
};
use crate::diag::{self, Code, Diagnostic, Problems, Text, text};
use crate::disk;
use crate::facts::slips::declaration;
use crate::prose::stray::{is_line_end, stray};
use crate::source::{Place, Source};

/// How deep heads may be nested; a list that uses itself would otherwise never end.
const DEPTH: usize = 8;
/// How many heads a form may have; lists that use each other could otherwise make more than any memory holds.
const HEADS: usize = 20_000;
/// How many cells that facts fill the tables of a form may have; real ones have some hundred.
const CELLS: usize = 20_000;
/// How many bytes of words all cells may have together, each those of its row and of its column; a long label over many cells
/// could otherwise make more than any memory holds.
const WORDS: usize = 16 << 20;
/// The longest name of a table in bytes: some 50 characters.
const LONGEST_NAME: usize = 150;
/// What a table cannot be called: files of drafts have this in their names.
const DRAFT: &str = "draft";

/// Reads `form.toml`.
///
/// # Errors
/// Every syntax error, or every name that is declared twice or stands for nothing.
pub(super) fn read(name: &str, source: &Arc<Source>, files: FormFiles) -> Result<Form, Problems> {
    let mut declared: Declared =
        toml::from_str(source.text()).map_err(|error| declaration::explain(source, &Code::FormFile, &error))?;
    let mut problems = Vec::new();
    let own = files.get(OVERRIDES).map(|file| Arc::clone(&file.source));
    let overrides = match &own {
        Some(own) => read_overrides(own)?,
        None => Overrides::default(),
    };
    if let Some(own) = &own {
        overrides.apply(&mut declared, own, &mut problems);
    }
    let overridden = Overridden { overrides, source: own };
    Resolver { source, heads: &declared.heads, made: 0, problems }.form(name, &declared, files, overridden)
}

/// Whether the declaration is the program's own.
fn is_built_in(files: &FormFiles) -> bool {
    files.get(DECLARATION).is_some_and(|file| matches!(file.origin, Origin::BuiltIn))
}

/// The project's overrides and the file that they stand in.
struct Overridden {
    overrides: Overrides,
    source: Option<Arc<Source>>,
}

struct Resolver<'a> {
    source: &'a Arc<Source>,
    heads: &'a BTreeMap<String, Vec<DeclaredHead>>,
    /// How many heads have been made.
    made: usize,
    problems: Vec<Diagnostic>,
}

/// Reads what a project changes.
///
/// # Errors
/// TOML that is none, or a key that there is not.
fn read_overrides(source: &Arc<Source>) -> Result<Overrides, Diagnostic> {
    toml::from_str(source.text()).map_err(|error| declaration::first(source, &Code::FormFile, &error))
}

impl Resolver<'_> {
    fn form(
        mut self,
        name: &str,
        declared: &Declared,
        files: FormFiles,
        overridden: Overridden,
    ) -> Result<Form, Problems> {
        let mut tables: Vec<Table> = declared.tables.iter().map(|table| self.table(table)).collect();
        if self.made > HEADS || !self.few_cells(declared, &tables) {
            self.too_many_heads(declared);
            return Err(self.problems.into());
        }
        let Overridden { overrides, source: own } = overridden;
        if let Some(own) = &own {
            overrides.apply_to_tables(&mut tables, declared, own, &mut self.problems);
        }
        if !self.few_words(declared, &tables) {
            return Err(self.problems.into());
        }
        let fields: Vec<Field> = declared.fields.iter().map(field).collect();
        let keys = Keys::new(&fields, &tables);
        let carried = declared.rolls.iter().flat_map(|roll| self.carried(roll, &keys)).collect();
        let checks = rules::resolve(declared, &keys, &tables, self.source, is_built_in(&files), &mut self.problems);
        let mut form = Form {
            name: name.to_owned(),
            label: declared.label.clone(),
            starter: declared.starter,
            language: declared.language.clone(),
            title: declared.title.iter().map(|line| line.get_ref().clone()).collect(),
            author: key(&declared.author),
            dated: declared.dated.as_ref().map(key),
            date_pattern: declared.date_pattern.clone(),
            months: declared.months.clone(),
            thousands: declared.thousands.as_ref().map_or_else(String::new, |mark| mark.get_ref().clone()),
            flag_words: declared.flag_words.clone(),
            choice_marks: declared.choice_marks.clone(),
            draft: declared.draft.clone(),
            draft_in_order: declared.draft_in_order.clone().unwrap_or_else(|| draft_in_order(&declared.language)),
            notice: declared.notice.clone(),
            fonts: declared.fonts.clone(),
            font_advice: declared.font_advice.clone(),
            fields,
            tables,
            keys,
            checks,
            carried,
            charts: declared.charts.iter().map(chart).collect(),
            sections: declared.sections.iter().map(|section| self.section(section)).collect(),
            import: ImportRules::of(&declared.import),
            overrides,
            files,
        };
        self.names(&form, declared);
        diag::sort(&mut self.problems);
        if !self.problems.is_empty() {
            return Err(self.problems.into());
        }
        form.tables.iter_mut().for_each(|table| table.grid = Grid::of(&table.blocks, table.widths.len()));
        Ok(form)
    }

    /// Whether there are no more cells than a form may have, and a problem at the first table with too many.
    fn few_cells(&mut self, declared: &Declared, tables: &[Table]) -> bool {
        let mut cells: usize = 0;
        for (declared, table) in declared.tables.iter().zip(tables) {
            let of_block = |block: &Block| block.leaf_rows().len().saturating_mul(block.leaf_columns().len());
            cells = table.blocks.iter().map(of_block).fold(cells, usize::saturating_add);
            if cells > CELLS {
                let message =
                    text!("表格共有 {CELLS} 个以上的格", "with this one, the tables have more than {CELLS} cells");
                self.wrong(&declared.name, message);
                return false;
            }
        }
        true
    }

    /// Whether the cells have no more words than they may have, and a problem at the first table with too many.
    fn few_words(&mut self, declared: &Declared, tables: &[Table]) -> bool {
        let mut words: usize = 0;
        for (declared, table) in declared.tables.iter().zip(tables) {
            words = table.blocks.iter().map(words_of).fold(words, usize::saturating_add);
            if words > WORDS {
                let message = text!(
                    "表头的文字太长：各格的行名、列名和说明合计超过 {WORDS} 字节",
                    "the words of heads are too long: with this table, those of all cells have more than {WORDS} bytes"
                );
                self.wrong(&declared.name, message);
                return false;
            }
        }
        true
    }

    /// The problem of too many heads, unless it is told where a list of heads was used.
    fn too_many_heads(&mut self, declared: &Declared) {
        if let (true, Some(table)) = (self.problems.is_empty(), declared.tables.first()) {
            let message = text!("表头超过 {HEADS} 个", "there are more than {HEADS} heads");
            self.wrong(&table.name, message);
        }
    }

    fn table(&mut self, declared: &DeclaredTable) -> Table {
        let blocks = declared.blocks.iter().map(|block| self.block(declared, block)).collect();
        Table {
            name: declared.name.get_ref().clone(),
            key: declared.key.as_str().into(),
            label: declared.label.clone(),
            widths: declared.widths.clone(),
            blocks,
            grid: Grid::default(),
        }
    }

    fn block(&mut self, table: &DeclaredTable, declared: &DeclaredBlock) -> Block {
        let block = Block {
            bar: declared.bar.clone(),
            corner: declared.corner.clone(),
            label_columns: declared.label_columns,
            columns: self.heads(&declared.columns, &Key::ROOT, DEPTH),
            rows: self.heads(&declared.rows, &table.key.as_str().into(), DEPTH),
        };
        let columns = block.leaf_columns();
        let spans = columns.iter().map(|path| path.last().map_or(0, |head| head.span));
        let width = spans.fold(declared.label_columns, usize::saturating_add);
        if width != table.widths.len() {
            let has = table.widths.len();
            self.wrong(
                &table.name,
                text!(
                    "表格的一块有 {width} 列，而 widths 有 {has} 个",
                    "a block of the table is {width} columns wide, but `widths` has {has}"
                ),
            );
        }
        block
    }

    fn heads(&mut self, declared: &[DeclaredHead], above: &Key, depth: usize) -> Vec<Head> {
        let mut heads: Vec<Head> = declared.iter().map(|head| self.head(head, above, depth)).collect();
        for (index, head) in declared.iter().enumerate() {
            let sum: Vec<Key> = head.sum.iter().flat_map(|part| self.leaf_keys(&heads, part, above)).collect();
            // A total among the parts could lead back to this one, and no sum would ever end.
            let total =
                |key: &Key| *key == heads[index].key || find(&heads, key).is_some_and(|part| !part.sum.is_empty());
            if let (Some(part), true) = (head.sum.first(), sum.iter().any(total)) {
                self.wrong(
                    part,
                    text!("总计的各项中不能再有总计", "the parts of a total may not be totals themselves"),
                );
            }
            heads[index].sum = sum;
        }
        heads
    }

    fn head(&mut self, declared: &DeclaredHead, above: &Key, depth: usize) -> Head {
        let key = above.join(&declared.key);
        self.made += 1;
        let children = match &declared.uses {
            Some(_) if self.made > HEADS + 1 => Vec::new(),
            Some(name) if self.made == HEADS + 1 => {
                self.problems.clear();
                self.wrong(
                    name,
                    text!(
                        "表头超过 {HEADS} 个，或引用自身",
                        "there are more than {HEADS} heads, or they use themselves"
                    ),
                );
                Vec::new()
            }
            Some(name) if depth == 0 => {
                self.wrong(name, text!("表头嵌套过深或引用自身", "heads are nested too deeply or use themselves"));
                Vec::new()
            }
            Some(name) => match self.heads.get(name.get_ref().as_str()) {
                Some(list) => self.heads(list, &key, depth - 1),
                None => {
                    self.unknown(name);
                    Vec::new()
                }
            },
            None if depth == 0 => Vec::new(),
            None => self.heads(&declared.heads, &key, depth - 1),
        };
        Head {
            key,
            label: declared.label.clone(),
            also: declared.also.clone(),
            kind: declared.kind,
            unit: declared.unit.clone(),
            guide: declared.guide.clone(),
            options: declared.options.clone(),
            optional: declared.optional,
            roll: declared.roll,
            consolidate: declared.consolidate,
            span: declared.span,
            sum: Vec::new(),
            children,
        }
    }

    fn leaf_keys(&mut self, siblings: &[Head], part: &Spanned<String>, above: &Key) -> Vec<Key> {
        let key = above.join(part.get_ref());
        match find(siblings, &key) {
            Some(head) if head.children.is_empty() => vec![key],
            Some(head) => super::head::leaves(&head.children)
                .iter()
                .filter_map(|path| path.last())
                .map(|leaf| leaf.key.clone())
                .collect(),
            None => {
                self.unknown(part);
                Vec::new()
            }
        }
    }

    fn section(&mut self, declared: &DeclaredSection) -> Section {
        let blocks = declared.blocks.iter().filter_map(|block| self.content(block)).collect();
        Section { heading: declared.heading.clone(), also: declared.also.clone(), blocks }
    }

    fn content(&mut self, declared: &DeclaredContent) -> Option<Content> {
        if let (Some(organs), None, None, None, None) =
            (&declared.organs, &declared.prose, &declared.table, &declared.listing, &declared.chart)
        {
            return Some(Content::Organs(organ_table(organs)));
        }
        match (&declared.prose, &declared.table, &declared.listing, &declared.chart) {
            _ if declared.organs.is_some() => self.not_one(),
            (Some(named), None, None, None) => {
                Some(Content::Prose { heading: declared.heading.clone(), also: declared.also.clone(), key: key(named) })
            }
            (None, Some(name), None, None) => Some(Content::Table(name.get_ref().clone())),
            (None, None, Some(keys), None) => Some(Content::Listing(keys.iter().map(key).collect())),
            (None, None, None, Some(name)) => Some(Content::Chart(name.get_ref().clone())),
            _ => self.not_one(),
        }
    }

    fn not_one(&mut self) -> Option<Content> {
        let problem = text!(
            "节中的每一块须且只能有 prose、table、listing、chart、organs 之一",
            "each block of a section has exactly one of prose, table, listing, chart and organs"
        );
        self.problems.push(Diagnostic::error(Code::FormFile, problem).at(Place::new(self.source, 0..0)));
        None
    }

    /// Checks that each name used is declared, and that no key is declared twice.
    fn names(&mut self, form: &Form, declared: &Declared) {
        let field_keys: BTreeSet<&str> = form.fields.iter().map(|field| field.key.as_str()).collect();
        let mut wanted: Vec<&Spanned<String>> = vec![&declared.author];
        wanted.extend(&declared.dated);
        for block in declared.sections.iter().flat_map(|section| &section.blocks) {
            wanted.extend(&block.prose);
            wanted.extend(block.listing.iter().flatten());
        }
        for key in wanted.into_iter().filter(|key| !field_keys.contains(key.get_ref().as_str())) {
            self.unknown(key);
        }
        let tables =
            declared.sections.iter().flat_map(|section| &section.blocks).filter_map(|block| block.table.as_ref());
        for name in tables {
            if form.table(name.get_ref()).is_none() {
                self.unknown(name);
            }
        }
        self.table_names(declared);
        self.charts(form, declared);
        self.organs(form, declared);
        self.imports(form, declared);
        self.choices(form);
        self.consolidations(declared);
        self.patterns(form, declared);
        self.twice(form, declared);
        declared.thousands.iter().for_each(|mark| self.thousands(mark));
    }

    /// Checks that each table can have a file of its own, which is called after it, beside those of the others.
    fn table_names(&mut self, declared: &Declared) {
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        for name in declared.tables.iter().map(|table| &table.name) {
            let shown = name.get_ref();
            // Where letters are one to the system that are not to us, files are one too.
            let folded: String = shown.nfkc().flat_map(char::to_lowercase).nfkc().collect();
            if !is_part_of_file_name(shown) || folded == DRAFT {
                let help = text!(
                    "表格的名称也是它的 CSV 文件的名称：用文字、数字、- 和 _，不用句点、< > : \" / \\ | ? * 和控制字符，也不用 {DRAFT}",
                    "a table's CSV file is called after it: use letters, digits, - and _, no dot, none of < > : \" / \\ | ? *, no control character, and not `{DRAFT}`"
                );
                let message = text!("表格不能用“{shown}”作名称", "a table cannot be called `{shown}`");
                self.problems.push(
                    Diagnostic::error(Code::FormFile, message).at(Place::new(self.source, name.span())).help(help),
                );
            } else if let Some(other) = names.insert(folded, shown) {
                let message = text!(
                    "与表格“{other}”同名：两者的 CSV 文件会是同一个",
                    "the same name as that of the table `{other}`: their CSV files would be one"
                );
                self.wrong(name, message);
            }
        }
    }

    /// The cells that a declared roll takes over: one, or those of a row that are no totals.
    fn carried(&mut self, roll: &DeclaredRoll, keys: &Keys) -> Vec<(Key, Key)> {
        let (from, to) = (roll.from.get_ref(), roll.to.get_ref());
        let row = format!("{from}.");
        let pairs: Vec<(Key, Key)> = keys
            .cells()
            .filter(|(_, known)| known.required)
            .filter_map(|(key, _)| {
                let column = if *key == from.as_str() { "" } else { key.strip_prefix(&row)? };
                Some((key.clone(), Key::from(to.as_str()).join(column)))
            })
            .collect();
        if pairs.is_empty() {
            self.unknown(&roll.from);
        }
        if pairs.iter().any(|(_, to)| !keys.get(to).is_some_and(|known| known.is_cell)) {
            self.unknown(&roll.to);
        }
        pairs
    }

    /// Checks that a choice has options.
    fn choices(&mut self, form: &Form) {
        let choices = form.keys.iter().filter(|(_, known)| known.kind == FieldKind::Choice);
        for (key, _) in choices.filter(|(_, known)| known.options.is_empty()) {
            let message = text!("“{key}”是选择，却没有 options", "`{key}` is a choice without `options`");
            self.problems.push(Diagnostic::error(Code::FormFile, message).at(Place::new(self.source, 0..0)));
        }
    }

    /// Checks that only figures are added up.
    fn consolidations(&mut self, declared: &Declared) {
        let is_summed = |field: &&DeclaredField| field.consolidate.is_some_and(|said| said != Consolidate::Keep);
        for field in declared.fields.iter().filter(|field| !field.kind.is_figure()).filter(is_summed) {
            let key = field.key.get_ref();
            let message = text!("“{key}”不是数字，不能汇总", "`{key}` is no figure, and cannot be consolidated");
            self.wrong(&field.key, message);
        }
    }

    /// Checks that text which is read back goes from a section that there is to prose that there is.
    fn imports(&mut self, form: &Form, declared: &Declared) {
        let ways = declared.import.unparted.iter().chain(&declared.import.before);
        for (heading, key) in ways {
            if form.keys.get(key.get_ref()).is_none_or(|known| known.kind != FieldKind::Prose) {
                self.unknown(key);
            } else if form.sections.iter().all(|section| section.heading.as_deref() != Some(heading)) {
                let message = text!("没有标题为“{heading}”的节", "no section has the heading `{heading}`");
                self.wrong(key, message);
            }
        }
    }

    /// Checks that charts draw figures, and that sections name charts.
    fn charts(&mut self, form: &Form, declared: &Declared) {
        let cells = declared.charts.iter().flat_map(|chart| &chart.bars).flat_map(|bar| &bar.cells);
        for key in cells.filter(|key| !form.keys.get(key.get_ref()).is_some_and(|known| known.is_cell)) {
            self.unknown(key);
        }
        let named =
            declared.sections.iter().flat_map(|section| &section.blocks).filter_map(|block| block.chart.as_ref());
        for name in named.filter(|name| form.charts.iter().all(|chart| chart.name != *name.get_ref())) {
            self.unknown(name);
        }
    }

    /// Checks that tables of organs have figures that there are, and a width for each column.
    fn organs(&mut self, form: &Form, declared: &Declared) {
        let blocks = declared.sections.iter().flat_map(|section| &section.blocks);
        for organs in blocks.filter_map(|block| block.organs.as_ref()) {
            let is_figure = |key: &str| form.keys.get(key).is_some_and(|known| known.kind.is_figure());
            organs.cells.iter().filter(|cell| !is_figure(cell.key.get_ref())).for_each(|cell| self.unknown(&cell.key));
            let (columns, has) = (organs.cells.len() + 1, organs.widths.len());
            if let (Some(first), true) = (organs.cells.first(), columns != has) {
                let message = text!(
                    "机关表有 {columns} 列，而 widths 有 {has} 个",
                    "the table of organs is {columns} columns wide, but `widths` has {has}"
                );
                self.wrong(&first.key, message);
            }
        }
    }

    /// The form's own texts may draw only on what is always there.
    fn patterns(&mut self, form: &Form, declared: &Declared) {
        let defaults = declared.fields.iter().filter_map(|field| field.default.as_ref());
        for pattern in declared.title.iter().chain(defaults) {
            for reference in references(pattern.get_ref()).into_iter().filter(|reference| !reference.escaped) {
                let name = reference.name;
                let there = match name.as_str() {
                    "year" => true,
                    "notice.title" | "notice.number" => form.notice.is_some(),
                    _ => form.keys.get(&name).is_some_and(|known| known.required || known.is_cell),
                };
                if !there {
                    self.wrong(
                        pattern,
                        text!("这里引用的“{name}”不是必有的值", "this uses `{name}`, which is not always there"),
                    );
                }
            }
        }
    }

    fn twice(&mut self, form: &Form, declared: &Declared) {
        let mut seen: BTreeSet<Key> = BTreeSet::new();
        let mut names: BTreeMap<String, Key> = BTreeMap::new();
        for field in &declared.fields {
            let key = key(&field.key);
            if !seen.insert(key.clone()) {
                self.wrong(&field.key, text!("重复声明", "declared twice"));
            } else if let Some(other) = names.insert(key.replace('.', "_"), key) {
                let message = text!(
                    "在模板中与 {other} 同名：点和下划线在那里都写成下划线",
                    "in templates it has the same name as {other}: there, dots are written as underscores"
                );
                self.wrong(&field.key, message);
            }
        }
        for (table, declared) in form.tables.iter().zip(&declared.tables) {
            for cell in table.cells() {
                let key = &cell.key;
                if !seen.insert(key.clone()) {
                    self.wrong(&declared.name, text!("表格中键 {key} 出现两次", "the key {key} stands for two cells"));
                }
            }
        }
    }

    /// Only what checks and imports take for a part of a figure can stand between its thousands.
    fn thousands(&mut self, mark: &Spanned<String>) {
        if mark.get_ref() != "," {
            self.wrong(mark, text!("千位之间只能是逗号", "only a comma can stand between thousands"));
        }
    }

    fn unknown(&mut self, name: &Spanned<String>) {
        let shown = name.get_ref();
        self.wrong(name, text!("没有名为“{shown}”的声明", "nothing is declared under the name `{shown}`"));
    }

    fn wrong(&mut self, at: &Spanned<String>, message: Text) {
        self.problems.push(Diagnostic::error(Code::FormFile, message).at(Place::new(self.source, at.span())));
    }
}

/// How many bytes of words the cells of a block have, each those of its row and of its column.
fn words_of(block: &Block) -> usize {
    let of_head = |head: &&Head| {
        let options: usize = head.options.iter().map(String::len).sum();
        let unit = head.unit.as_ref().map_or(0, String::len);
        head.key.len() + head.label.len() + head.guide.len() + options + unit
    };
    let of_paths = |paths: &[Vec<&Head>]| paths.iter().flatten().map(of_head).fold(0, usize::saturating_add);
    let (rows, columns) = (block.leaf_rows(), block.leaf_columns());
    let (across, down) = (of_paths(&rows).saturating_mul(columns.len()), of_paths(&columns).saturating_mul(rows.len()));
    across.saturating_add(down)
}

/// Whether files on every system can have this between two dots of their names.
fn is_part_of_file_name(name: &str) -> bool {
    disk::is_name_everywhere(name)
        && name.len() <= LONGEST_NAME
        && name.trim() == name
        && !name.contains('.')
        && name.chars().all(|c| stray(c).is_none() && !is_line_end(c))
}

/// What stands on a draft without a problem where the form does not say.
fn draft_in_order(language: &str) -> String {
    if language.starts_with("zh") { "草稿" } else { "DRAFT" }.to_owned()
}

/// A key that is declared.
fn key(declared: &Spanned<String>) -> Key {
    declared.get_ref().as_str().into()
}

/// The head with that key, among the heads or below them.
fn find<'a>(heads: &'a [Head], key: &str) -> Option<&'a Head> {
    heads.iter().find(|head| head.key == key).or_else(|| heads.iter().find_map(|head| find(&head.children, key)))
}

fn chart(declared: &super::declared::DeclaredChart) -> super::Chart {
    let keys = |cells: &[Spanned<String>]| cells.iter().map(key).collect();
    super::Chart {
        name: declared.name.get_ref().clone(),
        label: declared.label.clone(),
        bars: declared.bars.iter().map(|bar| (bar.label.clone(), keys(&bar.cells))).collect(),
        // No year has more before it.
        years: declared.years.clamp(1, usize::from(u16::MAX)),
    }
}

fn organ_table(declared: &DeclaredOrgans) -> OrganTable {
    let cell = |cell: &DeclaredOrganCell| (key(&cell.key), cell.label.clone());
    OrganTable {
        label: declared.label.clone(),
        name: declared.name.clone(),
        sum: declared.sum.clone(),
        widths: declared.widths.clone(),
        cells: declared.cells.iter().map(cell).collect(),
    }
}

fn field(declared: &DeclaredField) -> Field {
    Field {
        key: key(&declared.key),
        kind: declared.kind,
        label: declared.label.clone(),
        also: declared.also.clone(),
        required: declared.required,
        default: declared.default.as_ref().map(|text| text.get_ref().clone()),
        guide: declared.guide.clone(),
        options: declared.options.clone(),
        roll: declared.roll.unwrap_or(declared.kind.rolled()),
        consolidate: declared.consolidate.unwrap_or(declared.kind.consolidated()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::files;
    use crate::diag::Code;

    /// A form with a table of so many rows and columns.
    fn said(rows: usize, columns: usize) -> Vec<(Code, String)> {
        said_of(rows, columns, "")
    }

    /// The same, and the heads of all rows have these words.
    fn said_of(rows: usize, columns: usize, words: &str) -> Vec<(Code, String)> {
        let heads = |name: &str, count: usize| {
            let label = if name == "r" { format!("{name}{words}") } else { name.to_owned() };
            let head = |number| format!("{{ key = '{name}{number}', label = '{label}' }}");
            (0..count).map(head).collect::<Vec<_>>().join(", ")
        };
        let (rows, widths) = (heads("r", rows), "1, ".repeat(columns + 1));
        let columns = heads("c", columns);
        let form = format!(
            "label = 'x'\nlanguage = 'en'\ntitle = ['x']\nauthor = 'a'\n[fonts.body]\nfamilies = ['x']\n\
            [[field]]\nkey = 'a'\nkind = 'line'\nlabel = 'A'\n\
            [[table]]\nname = 't'\nkey = 't'\nlabel = 'T'\nwidths = [{widths}]\n\
            [[table.block]]\nlabel-columns = 1\nrows = [{rows}]\ncolumns = [{columns}]\n\
            [[section]]\nblock = [{{ table = 't' }}, {{ listing = ['a'] }}]\n"
        );
        let problems = files::parse("x", &form).err().unwrap_or_default();
        problems.iter().map(|problem| (problem.code.clone(), problem.message.en.clone())).collect()
    }

    #[test]
    fn a_table_of_far_too_many_cells_or_heads_is_refused_at_once() {
        assert_eq!(said(100, 200), []);
        let cells = [(Code::FormFile, "with this one, the tables have more than 20000 cells".to_owned())];
        assert_eq!(said(100, 201), cells);
        assert_eq!(said(9_000, 9_000), cells);
        // A label of half a megabyte over ten thousand cells.
        let words = [(
            Code::FormFile,
            "the words of heads are too long: with this table, those of all cells have more than 16777216 bytes"
                .to_owned(),
        )];
        assert_eq!(said_of(1, 10_000, &"甲".repeat(170_000)), words);
        assert_eq!(said_of(1, 10_000, &"甲".repeat(500)), []);
        assert_eq!(said(20_001, 0), [(Code::FormFile, "there are more than 20000 heads".to_owned())]);
    }

    /// A form with this beside what every form has.
    fn with(declared: &str) -> Result<super::Form, Vec<String>> {
        let form = format!(
            "label = 'x'\nlanguage = 'en'\ntitle = ['x']\nauthor = 'a'\n{declared}\n[fonts.body]\nfamilies = ['x']\n\
            [[field]]\nkey = 'a'\nkind = 'line'\nlabel = 'A'\n[[section]]\nblock = [{{ listing = ['a'] }}]\n"
        );
        let told =
            |problems: crate::diag::Problems| problems.iter().map(|problem| problem.message.en.clone()).collect();
        files::parse("x", &form).map_err(told)
    }

    #[test]
    fn tables_have_names_that_files_can_have_and_each_its_own() {
        let table = |name: &str, key: &str| {
            let name = toml::Value::from(name);
            format!(
                "[[table]]\nname = {name}\nkey = '{key}'\nlabel = 'T'\nwidths = [1]\n[[table.block]]\nlabel-columns = 0\n\
                 rows = [{{ key = 'r' }}]\ncolumns = [{{ key = 'c' }}]\n"
            )
        };
        for name in ["t", "表 一", "data", "fragment", "drafts", "T-1_b", "html", "2025"] {
            assert_eq!(with(&table(name, "t")).map(|form| form.tables.len()), Ok(1), "{name}");
        }
        let long = "表".repeat(51);
        for name in
            ["", "a.b", "a/b", "..", "a\\b", "a:b", " a", "a ", "a\nb", "a\u{202e}b", "draft", "DRAFT", "con", &long]
        {
            let told = with(&table(name, "t")).map(|form| form.tables.len()).expect_err(name);
            assert_eq!(told, [format!("a table cannot be called `{name}`")]);
        }
        for (one, other) in [("t", "t"), ("Aa", "aA"), ("é", "e\u{301}"), ("ａ", "a")] {
            let told = with(&format!("{}{}", table(one, "t"), table(other, "u"))).map(|_| ()).expect_err(one);
            let said = format!("the same name as that of the table `{one}`: their CSV files would be one");
            assert_eq!(told, [said], "{one} {other}");
        }
    }

    #[test]
    fn what_stands_between_thousands_can_be_read_back() {
        let form = with("thousands = ','").expect("a form");
        let written = |number: &str, decimals| form.written_figure(number.parse().expect("a number"), decimals);
        for (number, decimals, said) in [
            ("0", 0, "0"),
            ("999", 0, "999"),
            ("1000", 0, "1,000"),
            ("1234567.5", 2, "1,234,567.50"),
            ("12345.678", 2, "12,345.678"),
        ] {
            assert_eq!(written(number, decimals), said);
        }
        assert_eq!(with("").expect("a form").written_figure("1234.5".parse().expect("a number"), 2), "1234.50");
        for mark in ["", "1", ".", ", ", "'", " ", "\u{2028}"] {
            let told = with(&format!("thousands = \"{mark}\"")).expect_err(mark);
            assert_eq!(told, ["only a comma can stand between thousands"]);
        }
    }

    #[test]
    fn a_draft_that_is_in_order_says_so_in_the_language_of_the_form() {
        let words = |declared: &str, problems| with(declared).expect("a form").draft_words(problems);
        assert_eq!([words("", 0), words("", 2)], ["DRAFT", "DRAFT: 2 open problems"]);
        assert_eq!(words("draft-in-order = 'In order'", 0), "In order");
    }

    #[test]
    fn months_have_twelve_names_or_none() {
        let months =
            |count: usize| format!("date-pattern = '{{day}} {{month}} {{year}}'\nmonths = [{}]", "'M', ".repeat(count));
        let date = time::Date::from_calendar_date(2026, time::Month::March, 5).expect("a day");
        assert_eq!(with(&months(12)).expect("a form").written_date(date), "5 M 2026");
        assert_eq!(with(&months(11)).map(|form| form.name).expect_err("eleven").len(), 1);
    }

    #[test]
    fn keys_that_templates_could_not_tell_apart_are_refused() {
        let form = "label = 'x'\nlanguage = 'en'\ntitle = ['x']\nauthor = 'a.b_c'\n[fonts.body]\nfamilies = ['x']\n\
            [[field]]\nkey = 'a.b_c'\nkind = 'line'\nlabel = 'A'\n[[field]]\nkey = 'KEY'\nkind = 'line'\nlabel = 'B'\n\
            [[section]]\nblock = [{ listing = ['a.b_c', 'KEY'] }]\n";
        assert!(files::parse("x", &form.replace("KEY", "a_b.d")).is_ok());
        let problems = files::parse("x", &form.replace("KEY", "a_b.c")).expect_err("one name for two");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].message.en.contains("the same name as a.b_c"), "{:?}", problems[0].message);
        assert_eq!(problems[0].primary().map(|place| place.text()), Some("'a_b.c'"));
    }
}
