//! Facts as people write them. In: a form and a tape of choices; out: TOML in which values of the form stand in every manner that
//! there is: inline rows, dotted keys, headers in any order, names in quotation marks, and comments wherever TOML has them.
//! Every comment that is to stay has a number of its own.

use indexmap::IndexMap;
use nianbao::form::{FieldKind, Form, KeyInfo, NOT_APPLICABLE};
use nianbao::report::Value;
use time::{Date, Month};

/// Choices, which end in the simplest ones.
pub struct Tape<'t> {
    left: std::slice::Iter<'t, u32>,
}

impl<'t> Tape<'t> {
    pub fn new(choices: &'t [u32]) -> Self {
        Self { left: choices.iter() }
    }

    /// One of so many.
    pub fn below(&mut self, many: usize) -> usize {
        self.left.next().map_or(0, |choice| *choice as usize % many.max(1))
    }

    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == many - 1
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// A value of the kind.
pub fn value(known: &KeyInfo, tape: &mut Tape<'_>) -> Value {
    let word = |tape: &mut Tape<'_>| {
        tape.pick(&["甲", "", "a\"b", "it's # {", "c:\\d", "乙 = 1, [丙]", "\"\"\"x'''"]).to_owned()
    };
    match known.kind {
        FieldKind::Line => Value::Line(word(tape)),
        FieldKind::Prose => {
            let lines: Vec<String> = (0..1 + tape.below(4)).map(|_| word(tape)).collect();
            Value::Prose(lines.join("\n"))
        }
        FieldKind::Date => {
            let day = u8::try_from(1 + tape.below(28)).expect("a day");
            Value::Date(Date::from_calendar_date(2026, Month::March, day).expect("a date"))
        }
        FieldKind::Flag => Value::Flag(tape.one_in(2)),
        FieldKind::Choice => Value::Choice(known.options[tape.below(known.options.len())].clone()),
        FieldKind::Lines => Value::Lines((0..tape.below(4)).map(|_| word(tape)).collect()),
        FieldKind::Count | FieldKind::Amount if tape.one_in(9) => Value::NotApplicable,
        FieldKind::Count => Value::Figure(tape.pick(&["0", "1", "35", "11398889"]).parse().expect("a number")),
        FieldKind::Amount => Value::Figure(tape.pick(&["0", "3.25", "0.10", "59237"]).parse().expect("a number")),
    }
}

/// Values below a key, or one.
enum Node {
    Leaf(Value),
    /// `rest = 0`
    Rest,
    Branch(IndexMap<String, Node>),
}

/// How a table is written.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Header,
    Dotted,
    Inline,
}

/// Writes facts.
pub struct Writer<'a, 't> {
    form: &'a Form,
    tape: &'a mut Tape<'t>,
    text: String,
    comments: usize,
    /// The keys without a value.
    free: Vec<String>,
}

/// The facts, with `\n` at the end of each line.
pub fn facts(form: &Form, tape: &mut Tape<'_>) -> String {
    let (mut root, mut free) = (IndexMap::new(), Vec::new());
    let density = tape.below(6);
    for (key, known) in form.keys.iter() {
        match density > 0 && tape.below(6) < density {
            true => put(&mut root, key, Node::Leaf(value(known, tape))),
            false => free.push(key.to_string()),
        }
    }
    for table in &form.tables {
        if tape.one_in(3) {
            put(&mut root, &format!("{}.rest", table.key), Node::Rest);
        }
    }
    let mut writer = Writer { form, tape, text: String::new(), comments: 0, free };
    writer.document(&root);
    writer.text
}

fn put(tree: &mut IndexMap<String, Node>, key: &str, node: Node) {
    match key.split_once('.') {
        None => {
            tree.insert(key.to_owned(), node);
        }
        Some((first, rest)) => {
            let branch = tree.entry(first.to_owned()).or_insert_with(|| Node::Branch(IndexMap::new()));
            let Node::Branch(below) = branch else { panic!("{key} is below a value") };
            put(below, rest, node);
        }
    }
}

/// A table that is to have a header.
type Waiting<'n> = (Vec<String>, &'n IndexMap<String, Node>);

impl Writer<'_, '_> {
    fn document(&mut self, root: &IndexMap<String, Node>) {
        self.noise();
        let (form, year) = (self.equals(), self.equals());
        self.text += &format!("form{form}\"{}\"\nyear{year}2025\n", self.form.name);
        let inline_list = self.tape.one_in(6);
        if inline_list {
            self.text +=
                "accept = [{ check = \"甲\", reason = '理由' }, {check='乙',reason=\"] # }\", key = \"a.b\"}]\n";
        }
        if self.tape.one_in(4) {
            self.text += "\"organ.name\" = 'no = 1 # key'\n";
        }
        let mut waiting: Vec<Waiting<'_>> = Vec::new();
        self.body(&[], root, &mut waiting);
        self.drafts(&[]);
        let top = std::mem::take(&mut self.text);
        let mut parts = Vec::new();
        while let Some((path, table)) = waiting.pop() {
            let mut below = Vec::new();
            self.header(&path);
            let header = self.text.len();
            self.body(&path, table, &mut below);
            self.drafts(&path);
            let part = std::mem::take(&mut self.text);
            // Without anything of its own, a table needs no header.
            if part.len() > header || below.is_empty() || self.tape.one_in(2) {
                parts.push(part);
            }
            waiting.extend(below);
            if !inline_list && self.tape.one_in(8) {
                self.acceptance();
                parts.push(std::mem::take(&mut self.text));
            }
        }
        self.noise();
        parts.push(std::mem::take(&mut self.text));
        self.text = top;
        while !parts.is_empty() {
            let next = self.tape.below(parts.len());
            self.text += &parts.remove(next);
        }
    }

    /// An accepted warning under a header of its own, with comments above it, in it and behind its values.
    fn acceptance(&mut self) {
        self.noise();
        self.text += "[[accept]]";
        self.end_of_line();
        let mut statements = ["check = \"甲\"", "reason = '''\n理由'''"];
        if self.tape.one_in(3) {
            statements.reverse();
        }
        for statement in statements {
            self.noise();
            self.text += statement;
            self.end_of_line();
        }
        self.noise();
    }

    /// The statements of a table; tables below that get headers wait.
    fn body<'n>(&mut self, path: &[String], table: &'n IndexMap<String, Node>, waiting: &mut Vec<Waiting<'n>>) {
        for (name, node) in table {
            let full: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
            match node {
                Node::Branch(below) => match self.manner() {
                    Manner::Header => waiting.push((full, below)),
                    Manner::Dotted => self.dotted(std::slice::from_ref(name), &full, below),
                    Manner::Inline => self.statement(std::slice::from_ref(name), &full, node),
                },
                _ => self.statement(std::slice::from_ref(name), &full, node),
            }
        }
    }

    fn manner(&mut self) -> Manner {
        [Manner::Header, Manner::Inline, Manner::Dotted][self.tape.below(3)]
    }

    fn dotted(&mut self, names: &[String], path: &[String], table: &IndexMap<String, Node>) {
        for (name, node) in table {
            let names: Vec<String> = names.iter().cloned().chain([name.clone()]).collect();
            let full: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
            match node {
                Node::Branch(below) if self.tape.one_in(2) => self.dotted(&names, &full, below),
                _ => self.statement(&names, &full, node),
            }
        }
    }

    fn statement(&mut self, names: &[String], path: &[String], node: &Node) {
        if self.tape.one_in(4) {
            self.noise();
        }
        let indent = self.tape.pick(&["", "", "  ", "\t"]).to_owned();
        self.text += &indent;
        self.assignment(names, path, node, true);
        self.end_of_line();
    }

    fn assignment(&mut self, names: &[String], path: &[String], node: &Node, may_break: bool) {
        let dot = self.tape.pick(&[".", ".", " . "]).to_owned();
        let names: Vec<String> = names.iter().map(|name| self.name(name)).collect();
        let equals = self.equals();
        self.text += &(names.join(&dot) + &equals);
        match node {
            Node::Rest => self.text += "0",
            Node::Leaf(value) => {
                let literal = self.literal(value, may_break);
                self.text += &literal;
            }
            Node::Branch(below) => self.inline(path, below, may_break),
        }
    }

    /// An inline table, on one line or on several.
    fn inline(&mut self, path: &[String], table: &IndexMap<String, Node>, may_break: bool) {
        let has_lines = may_break && self.tape.one_in(3);
        let space = if has_lines { "\n  " } else { self.tape.pick(&[" ", "", "  "]) };
        self.text.push('{');
        let mut cells = Vec::new();
        leaves(&[], table, self.tape, &mut cells);
        let (count, mut is_first) = (cells.len(), true);
        for (number, (names, node)) in cells.into_iter().enumerate() {
            if has_lines && self.tape.one_in(5) {
                let comment = self.comment();
                self.text += &format!(" {comment}");
            }
            self.text += if has_lines || is_first { space } else { " " };
            is_first = false;
            let full: Vec<String> = path.iter().cloned().chain(names.iter().cloned()).collect();
            self.assignment(&names, &full, node, has_lines);
            if number + 1 < count || self.tape.one_in(4) {
                if has_lines && self.tape.one_in(6) {
                    let comment = self.comment();
                    self.text += &format!(" {comment}\n ");
                }
                self.text.push(',');
            }
        }
        if has_lines && self.tape.one_in(3) {
            let comment = self.comment();
            self.text += &format!(" {comment}");
        }
        self.text += &space.replace("\n  ", "\n");
        self.text.push('}');
    }

    fn header(&mut self, path: &[String]) {
        self.noise();
        let names: Vec<String> = path.iter().map(|name| self.name(name)).collect();
        let (space, dot) = (self.tape.pick(&["", "", " "]), self.tape.pick(&[".", ".", " . "]));
        self.text += &format!("[{space}{}{space}]", names.join(dot));
        self.end_of_line();
    }

    fn name(&mut self, name: &str) -> String {
        match self.tape.below(8) {
            6 => format!("'{name}'"),
            7 => format!("\"{name}\""),
            _ => name.to_owned(),
        }
    }

    fn equals(&mut self) -> String {
        self.tape.pick(&[" = ", " = ", "=", "   =\t"]).to_owned()
    }

    fn end_of_line(&mut self) {
        if self.tape.one_in(5) {
            let comment = self.comment();
            self.text += &format!("  {comment}");
        }
        self.text.push('\n');
    }

    /// A comment that is to stay.
    fn comment(&mut self) -> String {
        self.comments += 1;
        let words = self.tape.pick(&["", "{ 甲 = 1, ", "\"乙", "'''", "]] = \"\"\"", "# #"]);
        format!("#{words}〔{}〕", self.comments)
    }

    /// Lines between statements.
    fn noise(&mut self) {
        for _ in 0..self.tape.below(3) {
            let line = if self.tape.one_in(2) { self.comment() } else { String::new() };
            self.text += &(line + "\n");
        }
    }

    /// Statements behind `#`, as `new` and `roll` write them, and such that somebody has written more into.
    fn drafts(&mut self, path: &[String]) {
        let above = path.iter().map(|name| format!("{name}.")).collect::<String>();
        let free: Vec<String> =
            self.free.iter().filter_map(|key| key.strip_prefix(&above)).map(str::to_owned).collect();
        for key in free {
            if !self.tape.one_in(12) {
                continue;
            }
            let known = self.form.keys.get(&format!("{above}{key}")).expect("a key of the form");
            let row = key.rsplit_once('.').filter(|_| self.tape.one_in(2));
            let line = match (row, known.kind) {
                (Some((row, cell)), _) => match self.tape.below(3) {
                    0 => format!("# {row} = {{ {cell} = …, zz = 0 }}"),
                    1 => format!("#{row} = {{ {cell} = 0 }}    {}", self.comment()),
                    _ => format!("# {row} = {{ {cell} = 7 }} {}", self.comment()),
                },
                (None, FieldKind::Prose) => format!("# {key} = \"\"\"\n# 【2024】年。{}\n# \"\"\"", self.comment()),
                (None, _) => match self.tape.below(3) {
                    0 => format!("# {key} = …"),
                    1 => format!("#   {key}=0 {}", self.comment()),
                    _ => format!("# {key} = \"写过的\" {}", self.comment()),
                },
            };
            self.text += &(line + "\n");
        }
    }

    fn literal(&mut self, value: &Value, may_break: bool) -> String {
        match value {
            Value::Figure(number) => self.number(&number.to_string()),
            Value::NotApplicable => self.tape.pick(&["\"/\"", "'/'", "\"\\u002F\""]).to_owned(),
            Value::Flag(yes) => yes.to_string(),
            Value::Date(date) => date.to_string(),
            Value::Line(text) | Value::Choice(text) | Value::Prose(text) => self.string(text),
            Value::Lines(lines) => self.list(lines, may_break),
        }
    }

    fn number(&mut self, number: &str) -> String {
        let whole: Option<u64> = number.parse().ok();
        match (whole, self.tape.below(6)) {
            (Some(whole), 2) => format!("0x{whole:X}"),
            (Some(whole), 3) => format!("0b{whole:b}"),
            (_, 4) if number.contains('.') || number.len() > 3 => {
                number.replacen('9', "9_", 1).trim_end_matches('_').replace("_.", ".")
            }
            (_, 5) => format!("+{number}"),
            _ => number.to_owned(),
        }
    }

    fn string(&mut self, text: &str) -> String {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        match self.tape.below(5) {
            1 if !text.contains(['\'', '\n']) => format!("'{text}'"),
            2 if !text.contains("'''") && !text.ends_with('\'') => format!("'''\n{text}'''"),
            3 => format!("\"\"\"\n{escaped}\"\"\""),
            4 => format!("\"\"\"\\\n   {escaped}\\\n  \"\"\""),
            _ => format!("\"{}\"", escaped.replace('\n', "\\n")),
        }
    }

    fn list(&mut self, lines: &[String], may_break: bool) -> String {
        let has_lines = may_break && self.tape.one_in(2);
        let mut out = String::from("[");
        for (number, line) in lines.iter().enumerate() {
            if has_lines {
                out += "\n    ";
            }
            out += &self.string(line);
            if has_lines && self.tape.one_in(4) {
                out += &format!(" {}\n   ", self.comment());
            }
            if number + 1 < lines.len() || self.tape.one_in(3) {
                out.push(',');
                if has_lines && self.tape.one_in(3) {
                    out += &format!(" {}", self.comment());
                }
            }
            if !has_lines {
                out += self.tape.pick(&["", " "]);
            }
        }
        if has_lines {
            out.push('\n');
        }
        out + "]"
    }
}

/// The cells of an inline table, some of those below it by dotted names.
fn leaves<'n>(
    names: &[String],
    table: &'n IndexMap<String, Node>,
    tape: &mut Tape<'_>,
    found: &mut Vec<(Vec<String>, &'n Node)>,
) {
    for (name, node) in table {
        let names: Vec<String> = names.iter().cloned().chain([name.clone()]).collect();
        match node {
            Node::Branch(below) if tape.one_in(2) => leaves(&names, below, tape, found),
            _ => found.push((names, node)),
        }
    }
}

/// Facts with other line ends, a byte order mark, or without an end of their last line.
pub fn bytes(facts: &str, tape: &mut Tape<'_>) -> Vec<u8> {
    let mut text = match tape.below(4) {
        1 => facts.replace('\n', "\r\n"),
        2 => facts
            .split_inclusive('\n')
            .map(|line| if tape.one_in(2) { line.replace('\n', "\r\n") } else { line.to_owned() })
            .collect(),
        _ => facts.to_owned(),
    };
    if tape.one_in(4) {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    if tape.one_in(4) {
        text.insert(0, '\u{feff}');
    }
    text.into_bytes()
}

/// What the TOML of a value is for a reader who knows nothing of this program.
pub fn toml_of(value: &Value) -> toml::Value {
    match value {
        Value::Line(text) | Value::Choice(text) | Value::Prose(text) => toml::Value::String(text.clone()),
        Value::NotApplicable => toml::Value::String(NOT_APPLICABLE.to_owned()),
        Value::Flag(yes) => toml::Value::Boolean(*yes),
        Value::Date(date) => toml::Value::Datetime(date.to_string().parse().expect("a date")),
        Value::Lines(lines) => toml::Value::Array(lines.iter().map(|line| toml::Value::String(line.clone())).collect()),
        Value::Figure(number) => match number.to_string().parse::<i64>() {
            Ok(whole) => toml::Value::Integer(whole),
            Err(_) => toml::Value::Float(number.to_string().parse().expect("a number")),
        },
    }
}
