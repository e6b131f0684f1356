//! Reports as data: every value of the JSON and of the CSV files is that of the facts, which are read by another way; the JSON obeys
//! its schema; and the files go the way that pages go.

use std::collections::BTreeMap;

use crate::support::{Project, Run, plain_facts, repository, text};
use jsonschema::Validator;
use nianbao::form::{Form, files};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use toml::de::{DeTable, DeValue};

const DATA: [&str; 3] = ["build", "--format", "json,csv"];

/// A project with one report, of the year that the facts say.
fn project(facts: &str) -> (Project, String) {
    let year = facts.lines().find_map(|line| line.strip_prefix("year = ")).expect("a year");
    let year = year.split('#').next().expect("a year").trim().to_owned();
    let project = Project::new();
    project.write(&format!("reports/机关/{year}.toml"), facts);
    (project, year)
}

/// The files of the report of that year.
fn built(project: &Project, year: &str) -> (Value, BTreeMap<String, Vec<BTreeMap<String, String>>>) {
    let data = serde_json::from_slice(&project.read(&format!("build/机关/{year}.data.json"))).expect("JSON");
    let names = project.files().into_iter().filter_map(|file| {
        let name = file.strip_prefix(&format!("build/机关/{year}."))?.strip_suffix(".csv")?.to_owned();
        let rows = rows(&project.read(&file));
        Some((name, rows))
    });
    (data, names.collect())
}

/// The rows of a CSV file by the heads of its columns, once its bytes are such as Excel on Windows wants them.
fn rows(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    let rest = bytes.strip_prefix(b"\xef\xbb\xbf").expect("a byte order mark");
    assert!(rest.ends_with(b"\r\n"));
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(rest);
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

/// The cells of the JSON, each with the table and the block that it stands in.
fn cells(data: &Value) -> Vec<(&str, &Value, &Value)> {
    let mut all = Vec::new();
    for table in data["tables"].as_array().expect("tables") {
        for block in table["blocks"].as_array().expect("blocks") {
            let name = table["name"].as_str().expect("a name");
            all.extend(block["cells"].as_array().expect("cells").iter().map(|cell| (name, block, cell)));
        }
    }
    all
}

/// What the facts have under a key: as they write it, or what is for all that is not written.
fn fact<'a>(facts: &'a DeTable<'a>, key: &str) -> Option<&'a DeValue<'a>> {
    let (mut table, mut rest, mut names) = (facts, None, key.split('.').peekable());
    while let Some(name) = names.next() {
        rest = table.get("rest").map(toml::Spanned::get_ref).or(rest);
        match table.get(name).map(toml::Spanned::get_ref) {
            Some(DeValue::Table(below)) => table = below,
            Some(value) if names.peek().is_none() => return Some(value),
            _ => return rest,
        }
    }
    rest
}

/// A value of the facts as data has it.
fn written(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) if text == "/" || text.is_empty() => Value::Null,
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => json!(number.as_str().replace('_', "")),
        DeValue::Float(number) => json!(number.as_str().replace('_', "")),
        DeValue::Boolean(truth) => json!(truth.to_string()),
        DeValue::Datetime(date) => json!(date.to_string()),
        DeValue::Array(list) => list.iter().map(|one| written(one.get_ref())).collect(),
        DeValue::Table(_) => panic!("a table under a key"),
    }
}

/// Every report and every example of a form.
fn shipped() -> Vec<String> {
    let reports = walkdir::WalkDir::new(repository().join("reports")).sort_by_file_name().into_iter().flatten();
    let reports = reports.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some());
    let examples = ["foia", "wznb", "zfxxgk"].map(|form| repository().join(format!("templates/{form}/example.toml")));
    let facts: Vec<String> = reports.chain(examples).map(text).collect();
    assert_eq!(facts.len(), 7);
    facts
}

fn form_of(data: &Value) -> Form {
    files::load(data["form"].as_str().expect("a form"), None, None).expect("the form")
}

/// Every figure of the files is that of the facts; a total that they do not state is the sum of its parts.
fn compare(facts: &str, form: &Form, data: &Value, tables: &BTreeMap<String, Vec<BTreeMap<String, String>>>) {
    let facts = DeTable::parse(facts).expect("TOML");
    let figure = |key: &str| -> Decimal {
        let found = cells(data).into_iter().find(|(.., cell)| cell["key"] == key).expect("a part").2;
        found["value"].as_str().map_or(Decimal::ZERO, |text| text.parse().expect("a figure"))
    };
    let rows = tables.iter().flat_map(|(name, rows)| rows.iter().map(move |row| (name.as_str(), row)));
    let mut rows: BTreeMap<&str, (&str, &BTreeMap<String, String>)> =
        rows.map(|(name, row)| (row["key"].as_str(), (name, row))).collect();
    let mut seen = 0;
    for (table, block, cell) in cells(data) {
        let key = cell["key"].as_str().expect("a key");
        let known = form.keys.get(key).expect("a key of the form");
        let stated = fact(facts.get_ref(), key).filter(|_| known.sums.is_empty() || is_stated(facts.get_ref(), key));
        match stated {
            Some(stated) => assert_eq!(cell["value"], written(stated), "{key}"),
            None if known.sums.is_empty() => assert_eq!(cell["state"], "blank", "{key}"),
            None => {
                let sum: Decimal = known.sums[0].iter().map(|part| figure(part)).sum();
                assert_eq!(figure(key), sum, "{key}");
            }
        }
        let (name, row) = rows.remove(key).unwrap_or_else(|| panic!("no row for {key}"));
        assert_eq!(name, table);
        let value = match (&cell["state"], &cell["value"]) {
            (state, Value::Null) => if state == "not-applicable" { "/" } else { "" }.to_owned(),
            (_, Value::Array(lines)) => {
                let lines: Vec<&str> = lines.iter().map(|line| line.as_str().expect("a line")).collect();
                lines.join(if form.language == "zh-CN" { "、" } else { ", " })
            }
            (_, value) => value.as_str().expect("text").to_owned(),
        };
        assert_eq!(row["value"], value, "{key}");
        assert_eq!(row["unit"], cell["unit"].as_str().unwrap_or_default(), "{key}");
        assert_eq!(row.get("block").map_or("", String::as_str), block["bar"].as_str().unwrap_or_default(), "{key}");
        for heads in ["row", "column"] {
            let levels = (1..).map_while(|level| row.get(&format!("{heads}{level}"))).filter(|head| !head.is_empty());
            assert_eq!(json!(levels.collect::<Vec<_>>()), cell[heads], "{key}");
        }
        seen += 1;
    }
    assert!(rows.is_empty(), "{rows:?}");
    assert_eq!(seen, form.keys.cells().count());
}

/// Whether the facts themselves have a key.
fn is_stated(facts: &DeTable<'_>, key: &str) -> bool {
    match key.split_once('.') {
        None => facts.get(key).is_some(),
        Some((first, rest)) => match facts.get(first).map(toml::Spanned::get_ref) {
            Some(DeValue::Table(below)) => is_stated(below, rest),
            _ => false,
        },
    }
}

/// The cells of each table stand in the order of its grid, under the heads that the page has for them.
fn compare_with_grid(form: &Form, data: &Value) {
    for table in &form.tables {
        let mut own = cells(data).into_iter().filter(|(name, ..)| *name == table.name).map(|(_, _, cell)| cell);
        let figures: usize = table
            .grid
            .blocks
            .iter()
            .flat_map(|block| block.body.iter().flatten())
            .filter(|cell| cell.key.is_some())
            .count();
        assert_eq!(own.clone().count(), figures, "{}", table.name);
        for block in &table.grid.blocks {
            for row in &block.rows {
                for column in &block.columns {
                    let cell = own.next().expect("a cell");
                    assert_eq!(cell["key"], row.key.join(&column.key).as_str());
                    let words = |line: &nianbao::form::grid::Line| -> Vec<String> {
                        line.heads.iter().map(|head| head.label.clone()).collect()
                    };
                    assert_eq!((&cell["row"], &cell["column"]), (&json!(words(row)), &json!(words(column))));
                }
            }
        }
    }
}

#[test]
fn every_figure_is_that_of_the_facts() {
    for facts in shipped() {
        let (project, year) = project(&facts);
        project.build_in_spite_of_warnings(&DATA[1..]);
        let (data, tables) = built(&project, &year);
        let form = form_of(&data);
        assert_eq!(tables.len(), form.tables.len());
        compare(&facts, &form, &data, &tables);
        compare_with_grid(&form, &data);
    }
}

/// What stands outside of tables.
#[test]
fn every_field_is_that_of_the_facts() {
    for facts in shipped() {
        let (project, year) = project(&facts);
        project.build_in_spite_of_warnings(&DATA[1..]);
        let (data, _) = built(&project, &year);
        let form = form_of(&data);
        let fields = data["fields"].as_array().expect("fields");
        let keys: Vec<&str> = form.fields.iter().map(|field| field.key.as_str()).collect();
        assert_eq!(fields.iter().map(|field| field["key"].as_str().expect("a key")).collect::<Vec<_>>(), keys);
        let facts = DeTable::parse(&facts).expect("TOML");
        for (field, declared) in fields.iter().zip(&form.fields) {
            assert_eq!(field["label"], declared.label);
            let stated = fact(facts.get_ref(), &declared.key).map(written);
            match (field["kind"].as_str(), stated) {
                (Some("prose"), Some(stated)) => {
                    let (said, stated) = (field["value"].as_str().expect("text"), stated.as_str().expect("text"));
                    assert!(!said.contains("{{") && !said.contains("**"), "{said}");
                    let first = stated.split(['{', '\n', '*', '-']).next().expect("words").trim();
                    assert!(said.starts_with(first), "{said}\n{stated}");
                }
                (Some("prose"), None) => assert_eq!(field["state"] == "text", declared.default.is_some(), "{field}"),
                (_, stated) => assert_eq!(field["value"], stated.unwrap_or_default(), "{field}"),
            }
        }
        let of = |key: &str| fields.iter().find(|field| field["key"] == key).map(|field| field["value"].clone());
        assert_eq!(Some(data["organ"].clone()), of(&form.author));
        assert_eq!(data["date"], form.dated.as_ref().and_then(|key| of(key)).unwrap_or_default());
        assert_eq!((&data["version"], &data["year"]), (&json!(1), &json!(year.parse::<u16>().expect("a year"))));
        assert_eq!((&data["label"], &data["language"]), (&json!(form.label), &json!(form.language)));
        assert_eq!(data["open_problems"], Value::Null);
        assert_eq!(data["title"].as_array().expect("lines").len(), form.title.len());
    }
}

/// The schema with no key let pass that it does not name.
fn strict() -> Validator {
    fn tighten(schema: &mut Value) {
        match schema {
            Value::Object(parts) => {
                parts.values_mut().for_each(tighten);
                if parts.get("type") == Some(&json!("object")) {
                    parts.insert("unevaluatedProperties".to_owned(), json!(false));
                }
            }
            Value::Array(parts) => parts.iter_mut().for_each(tighten),
            _ => {}
        }
    }
    let mut schema: Value = text("schemas/data.json").parse().expect("JSON");
    tighten(&mut schema);
    // Others build on it, and have more keys.
    schema["$defs"]["place"].as_object_mut().expect("a schema").remove("unevaluatedProperties");
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).expect("a schema")
}

fn wrong(validator: &Validator, data: &Value) -> Vec<String> {
    validator.iter_errors(data).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn json_obeys_its_schema_which_the_program_prints() {
    let validator = strict();
    for facts in shipped() {
        let (project, year) = project(&facts);
        project.build_in_spite_of_warnings(&DATA[1..]);
        let (data, _) = built(&project, &year);
        assert_eq!(wrong(&validator, &data), [""; 0]);
        // The schema does refuse what is not so.
        let changed = |change: &dyn Fn(&mut Value)| {
            let mut other = data.clone();
            change(&mut other);
            assert!(!validator.is_valid(&other), "{other:#}");
        };
        changed(&|data| data["version"] = json!(2));
        changed(&|data| data["more"] = json!(2));
        changed(&|data| data["date"] = json!("2026年1月1日"));
        changed(&|data| data["fields"][0]["value"] = Value::Null);
        changed(&|data| data["fields"][0]["more"] = json!(1));
        changed(&|data| data["tables"][0]["blocks"][0]["cells"][0]["value"] = json!(3));
        changed(&|data| data["tables"][0]["blocks"][0]["cells"][0]["state"] = json!("blank"));
        changed(&|data| data["tables"][0]["blocks"][0]["cells"][0]["row"] = Value::Null);
    }
    let run = Project::new().run(["schema", "--data"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, text("schemas/data.json").as_str()));
    let both = Project::new().run(["schema", "foia", "--data"]);
    assert!(both.status == 2 && both.stderr.contains("[usage]"), "{}", both.stderr);
}

/// A form that lives only in the test's folder, without any template: data needs none.
#[test]
fn a_form_that_the_program_has_never_heard_of_has_data() {
    let facts = text("tests/second_form/facts.toml");
    let (project, year) = project(&facts);
    project.write("templates/census/form.toml", text("tests/second_form/templates/census/form.toml"));
    project.build(&DATA[1..]);
    let (data, tables) = built(&project, &year);
    let form = files::load("census", Some(&project.path("templates")), None).expect("the form");
    compare(&facts, &form, &data, &tables);
    compare_with_grid(&form, &data);
    assert_eq!(wrong(&strict(), &data), [""; 0]);
    let bridges = String::from_utf8(project.read("build/机关/1881.bridges.csv")).expect("UTF-8");
    let lines: Vec<&str> = bridges.trim_start_matches('\u{feff}').split("\r\n").collect();
    assert_eq!(lines[0], "key,row1,row2,column1,column2,unit,value");
    assert_eq!(lines[4], "bridges.iron.cast.open,Iron,Cast,Bridges,Open,,5");
    assert_eq!((lines.len(), lines[12], lines[13]), (14, "bridges.every.all,Every material,,Bridges,All,,13", ""));
}

/// What does not apply and what is blank is no zero, and words in the place of a figure are no figure.
#[test]
fn what_is_no_figure_is_no_zero() {
    let facts = plain_facts().replace("licences = 0", "licences = \"/\"").replace("penalties = 0", "penalties = 12");
    let project = Project::with(&facts);
    project.build(&DATA[1..]);
    let (data, tables) = built(&project, "2025");
    let value = |key: &str| {
        let cell = cells(&data).into_iter().find(|(.., cell)| cell["key"] == key).expect("a cell").2;
        let row = tables.values().flatten().find(|row| row["key"] == key).expect("a row");
        (cell["state"].clone(), cell["value"].clone(), row["value"].clone())
    };
    assert_eq!(value("proactive.licences"), (json!("not-applicable"), Value::Null, "/".to_owned()));
    assert_eq!(value("proactive.penalties"), (json!("figure"), json!("12"), "12".to_owned()));
    assert_eq!(value("proactive.coercions"), (json!("figure"), json!("0"), "0".to_owned()));
    let facts = text("templates/foia/example.toml");
    let with = facts.replacen("lowest = 1,", "lowest = \"<1\",", 1);
    assert_ne!(facts, with);
    let (project, year) = self::project(&with);
    project.build_in_spite_of_warnings(&DATA[1..]);
    let (data, _) = built(&project, &year);
    let cell = cells(&data).into_iter().find(|(.., cell)| cell["value"] == "<1").expect("the words").2;
    assert_eq!((&cell["state"], &cell["kind"]), (&json!("text"), &json!("amount")));
    assert_eq!(wrong(&strict(), &data), [""; 0]);
}

/// A form and facts that would have a spreadsheet run something.
fn dangerous() -> Project {
    let (project, _) = project(
        "form = \"own\"\nyear = 2025\norgan = \"=1+1\"\n[t]\na = { \"n\" = 12.50, words = \"@SUM(A1:A9)\" }\n\
         b = { n = 0, words = \"＝cmd|'/C calc'!A0\" }\nc = { n = 3, words = \"a \\\"b\\\", c\" }\n",
    );
    project.write(
        "templates/own/form.toml",
        "label = \"=own\"\nlanguage = \"en\"\ntitle = [\"{{ organ }}\"]\nauthor = \"organ\"\n[fonts.body]\nfamilies = [\"x\"]\n\
         [[field]]\nkey = \"organ\"\nkind = \"line\"\nlabel = \"+Organ\"\nrequired = true\n\
         [[table]]\nname = \"data\"\nkey = \"t\"\nlabel = \"T\"\nwidths = [1, 1, 1]\n[[table.block]]\nbar = \"-bar\"\nlabel-columns = 1\n\
         columns = [{ key = \"n\", label = \"=N\", kind = \"amount\", unit = \"@unit\" }, { key = \"words\", label = \"Words\", kind = \"line\" }]\n\
         rows = [{ key = \"a\", label = \"+a\" }, { key = \"b\", label = \"－b\" }, { key = \"c\", label = \"c\" }]\n\
         [[section]]\nblock = [{ table = \"data\" }, { listing = [\"organ\"] }]\n",
    );
    project
}

#[test]
fn no_text_is_run_as_a_formula_and_figures_are_left_alone() {
    let project = dangerous();
    project.build_in_spite_of_warnings(&DATA[1..]);
    // A table may be called as part of another format's files is.
    let written = String::from_utf8(project.read("build/机关/2025.data.csv")).expect("UTF-8");
    let wanted = [
        "\u{feff}key,block,row1,column1,unit,value",
        "t.a.n,'-bar,'+a,'=N,'@unit,12.50",
        "t.a.words,'-bar,'+a,Words,,'@SUM(A1:A9)",
        "t.b.n,'-bar,'－b,'=N,'@unit,0",
        "t.b.words,'-bar,'－b,Words,,'＝cmd|'/C calc'!A0",
        "t.c.n,'-bar,c,'=N,'@unit,3",
        "t.c.words,'-bar,c,Words,,\"a \"\"b\"\", c\"",
        "",
    ];
    assert_eq!(written, wanted.join("\r\n"));
    let (data, _) = built(&project, "2025");
    assert_eq!((&data["organ"], &data["label"], &data["title"][0]), (&json!("=1+1"), &json!("=own"), &json!("=1+1")));
    assert_eq!(data["fields"][0]["label"], "+Organ");
    assert_eq!(cells(&data)[1].2["value"], "@SUM(A1:A9)");
}

#[test]
fn tables_whose_files_would_be_one_are_refused() {
    let project = dangerous();
    let form = String::from_utf8(project.read("templates/own/form.toml")).expect("UTF-8");
    for (name, said) in [("a/b", "表格不能用“a/b”作名称"), ("draft", "表格不能用“draft”作名称"), ("x.y", "x.y")]
    {
        project.write("templates/own/form.toml", form.replace("\"data\"", &format!("\"{name}\"")));
        let run = project.run(DATA);
        assert!(run.status != 0 && run.stderr.contains(said) && run.stderr.contains("[form-file]"), "{}", run.stderr);
    }
    let table = form.split("[[table]]").nth(1).and_then(|rest| rest.split("[[section]]").next()).expect("the table");
    let other = table.replace("\"data\"", "\"Data\"").replace("key = \"t\"", "key = \"u\"");
    project.write("templates/own/form.toml", form.replace("[[section]]", &format!("[[table]]{other}[[section]]")));
    let run = project.run(DATA);
    assert!(run.status != 0 && run.stderr.contains("CSV 文件会是同一个"), "{}", run.stderr);
}

/// The names of the files of a report that a run says it has written.
fn said_written(run: &Run) -> Vec<&str> {
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.stdout.lines().filter_map(|line| line.strip_prefix("已生成 build/机关/2025.")).collect()
}

const FILES: [&str; 4] = ["data.json", "proactive.csv", "requests.csv", "disputes.csv"];

#[test]
fn only_what_is_not_there_or_has_changed_is_written_again() {
    let project = Project::with(&plain_facts());
    assert_eq!(said_written(&project.run(DATA)), FILES);
    let record: Value = serde_json::from_slice(&project.read("build/机关/2025.json")).expect("a record");
    let named: Vec<&str> = (record["artifacts"].as_array().expect("a list").iter())
        .map(|piece| piece["file"].as_str().expect("a name"))
        .collect();
    assert_eq!(named, FILES.map(|file| format!("2025.{file}")));
    for piece in record["artifacts"].as_array().expect("a list") {
        let bytes = project.read(&format!("build/机关/{}", piece["file"].as_str().expect("a name")));
        assert_eq!(piece["blake3"], blake3::hash(&bytes).to_hex().as_str());
    }
    assert_eq!((&record["inputs"]["engine"], &record["inputs"]["font_index"]), (&Value::Null, &Value::Null));
    assert_eq!(said_written(&project.run(DATA)), [""; 0]);
    for file in FILES {
        let path = format!("build/机关/2025.{file}");
        let bytes = project.read(&path);
        std::fs::remove_file(project.path(&path)).expect("removed");
        assert_eq!(said_written(&project.run(DATA)), FILES, "{file}");
        assert_eq!(project.read(&path), bytes);
        project.write(&path, [&bytes[..], b" "].concat());
        assert_eq!(said_written(&project.run(DATA)), FILES, "{file}");
        assert_eq!(project.read(&path), bytes);
    }
    assert_eq!(said_written(&project.run(["build", "--format", "csv"])), [""; 0]);
    project.write("reports/机关/2025.toml", plain_facts().replace("licences = 0", "licences = 7"));
    assert_eq!(said_written(&project.run(["build", "--format", "csv"])), FILES[1..]);
    // With other formats, they are as they are alone.
    let alone = FILES.map(|file| project.read(&format!("build/机关/2025.{file}")));
    project.write("nianbao.toml", "[build]\nformats = [\"html\", \"csv\", \"docx\"]\n");
    assert_eq!(
        said_written(&project.run(["build"])),
        ["html", "docx"].iter().chain(&FILES[1..]).copied().collect::<Vec<_>>()
    );
    assert_eq!(FILES.map(|file| project.read(&format!("build/机关/2025.{file}"))), alone);
}

#[test]
fn verify_says_whether_files_are_todays() {
    let project = Project::with(&plain_facts());
    project.build(&DATA[1..]);
    for file in FILES {
        let page = format!("build/机关/2025.{file}");
        let bytes = project.read(&page);
        let run = project.run(["verify", &page]);
        assert!(run.status == 0 && run.stdout.starts_with(&format!("相同：{page}")), "{}{}", run.stdout, run.stderr);
        let mut changed = bytes.clone();
        let last = changed.iter().rposition(|byte| *byte == b'0').expect("a zero");
        changed[last] = b'1';
        project.write(&page, &changed);
        let run = project.run(["verify", &page]);
        assert_eq!(run.status, 1, "{}", run.stdout);
        assert!(run.stdout.starts_with(&format!("不同：{page}")), "{}", run.stdout);
        assert!(run.stdout.contains(&format!("2025.{file} 生成之后被改动过")), "{}", run.stdout);
        project.write(&page, bytes);
    }
    // One file in the place of another is not today's either.
    project.write("build/机关/2025.requests.csv", project.read("build/机关/2025.disputes.csv"));
    let run = project.run(["verify", "2025"]);
    assert_eq!((run.status, run.stdout.matches("不同：").count()), (1, 1), "{}", run.stdout);
    assert_eq!(run.stdout.matches("相同：").count(), 3, "{}", run.stdout);
    let run = project.run(["--lang", "en", "verify", "build/机关/2025.csv"]);
    assert!(run.status == 2, "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_draft_is_data_too_and_says_so() {
    let project = Project::with(&plain_facts());
    project.build(&DATA[1..]);
    let before = FILES.map(|file| project.read(&format!("build/机关/2025.{file}")));
    let wrong_facts = plain_facts().replace("licences = 0", "licences = -7").replace("penalties = 0", "");
    project.write("reports/机关/2025.toml", wrong_facts);
    let run = project.run(DATA.iter().chain(&["--draft"]));
    assert_eq!(run.status, 1, "{}", run.stdout);
    // What is not of these facts is told, and stays.
    for file in FILES {
        assert!(run.stderr.contains(&format!("build/机关/2025.{file}")), "{file}: {}", run.stderr);
    }
    assert_eq!(FILES.map(|file| project.read(&format!("build/机关/2025.{file}"))), before);
    let record: Value = serde_json::from_slice(&project.read("build/机关/2025.json")).expect("a record");
    assert_eq!(record["stale"], true);
    let data: Value = serde_json::from_slice(&project.read("build/机关/2025.draft.data.json")).expect("JSON");
    assert_eq!(data["open_problems"], 2);
    assert_eq!(wrong(&strict(), &data), [""; 0]);
    let rows = rows(&project.read("build/机关/2025.draft.proactive.csv"));
    let value = |key: &str| rows.iter().find(|row| row["key"] == key).expect("a row")["value"].clone();
    assert_eq!((value("proactive.penalties"), value("proactive.coercions")), (String::new(), "0".to_owned()));
    let run = project.run(["verify", "build/机关/2025.draft.proactive.csv"]);
    assert!(run.stdout.starts_with("相同"), "{}{}", run.stdout, run.stderr);
    std::fs::copy(project.path("build/机关/2025.draft.requests.csv"), project.path("build/机关/2025.requests.csv"))
        .expect("copied");
    let run = project.run(["verify", "build/机关/2025.requests.csv"]);
    assert_eq!(run.status, 1, "{}", run.stdout);
}

#[test]
fn files_of_facts_that_are_gone_are_cleared_away() {
    let project = Project::with(&plain_facts());
    project.write("reports/甲/2025.toml", plain_facts());
    project.build(&DATA[1..]);
    project.build(&["--format", "json,csv", "--draft"]);
    project.write("build/机关/2025.notes.csv", "mine");
    std::fs::remove_dir_all(project.path("reports/机关")).expect("removed");
    let run = project.run(DATA.iter().chain(&["--clean"]));
    assert_eq!(run.status, 0, "{}", run.stderr);
    for file in FILES {
        for name in [format!("build/机关/2025.{file}"), format!("build/机关/2025.draft.{file}")] {
            assert!(run.stdout.contains(&format!("删除 {name}：")), "{}", run.stdout);
            assert!(!project.path(&name).exists(), "{name}");
        }
        assert!(project.path(&format!("build/甲/2025.{file}")).is_file());
        assert!(project.path(&format!("build/甲/2025.draft.{file}")).is_file());
    }
    assert!(run.stdout.contains("保留 build/机关/2025.notes.csv"), "{}", run.stdout);
    assert_eq!(project.read("build/机关/2025.notes.csv"), b"mine");
}

/// No engine, no font, no template is looked for.
#[test]
fn data_needs_no_engine_no_fonts_and_no_template() {
    let project = Project::with(&plain_facts());
    project.write("templates/zfxxgk/report.typ.tera", "{% this is no template");
    project.write("templates/zfxxgk/report.html.tera", "{% this is no template");
    let run = |args: &[&str]| Run::of(project.command().env("PATH", "").args(args));
    let built = run(&["build", "--format", "json,csv", "--engine", "typst-cli"]);
    assert_eq!((built.status, built.stderr.as_str()), (0, ""));
    assert_eq!(said_written(&built), FILES);
    let pages = run(&["build", "--format", "pdf", "--engine", "typst-cli"]);
    assert_eq!(pages.status, 2, "{}", pages.stderr);
    let pages = run(&["build", "--format", "html"]);
    assert_ne!(pages.status, 0, "{}", pages.stderr);
}

/// A watch writes what the settings ask for.
#[cfg(unix)]
#[test]
fn a_watch_keeps_data_up_to_date() {
    use crate::support::watch::{SETTINGS, Watch};
    let watch = Watch::of(Project::with(&plain_facts()), "");
    assert!(watch.comes(|watch| watch.is_built("机关", &plain_facts())), "{}", watch.log());
    assert!(!watch.project.path("build/机关/2025.data.json").exists());
    watch.project.write("nianbao.toml", format!("{SETTINGS}formats = [\"json\", \"csv\"]\n"));
    let there =
        |watch: &Watch| FILES.iter().all(|file| watch.project.path(&format!("build/机关/2025.{file}")).is_file());
    assert!(watch.comes(there), "{}", watch.log());
    watch.project.write("reports/机关/2025.toml", plain_facts().replace("licences = 0", "licences = 7"));
    let has = |watch: &Watch| {
        let path = watch.project.path("build/机关/2025.proactive.csv");
        std::fs::read_to_string(path).is_ok_and(|text| text.contains("proactive.licences") && text.contains(",7\r\n"))
    };
    assert!(watch.comes(has), "{}", watch.log());
    watch.end();
}

/// Whether all that is in one value is in another too, in its order.
fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            whole.len() == part.len()
                && part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| holds(whole, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            let mut whole = whole.iter();
            part.iter().all(|part| whole.any(|whole| holds(whole, part)))
        }
        _ => whole == part,
    }
}

/// What the documentation shows is what is written, it has a row for every key, and its table of kinds is whole.
#[test]
fn the_documentation_shows_what_is_written() {
    let documented = text("docs/data.md");
    let shown = |language: &str| {
        let block = documented.split(&format!("```{language}\n")).nth(1).and_then(|rest| rest.split("```").next());
        block.unwrap_or_else(|| panic!("no {language}"))
    };
    let (project, year) = project(&text("templates/foia/example.toml"));
    project.build_in_spite_of_warnings(&DATA[1..]);
    let (data, _) = built(&project, &year);
    let example: Value = shown("json").parse().expect("JSON");
    assert!(holds(&data, &example), "{data:#}");
    assert!(!holds(&data, &json!({ "version": 2 })));
    let sheet = String::from_utf8(project.read(&format!("build/机关/{year}.fees.csv"))).expect("UTF-8");
    let lines: Vec<&str> = sheet.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[..3], shown("csv").lines().collect::<Vec<_>>());
    let rows: String = documented.lines().filter(|line| line.starts_with("| `")).collect();
    for key in keys(&example) {
        assert!(rows.contains(&format!("`{key}`")), "{key}");
    }
}

/// Every key that stands anywhere in a value.
fn keys(value: &Value) -> Vec<String> {
    match value {
        Value::Object(parts) => {
            parts.iter().flat_map(|(key, part)| std::iter::once(key.clone()).chain(keys(part))).collect()
        }
        Value::Array(parts) => parts.iter().flat_map(keys).collect(),
        _ => Vec::new(),
    }
}
