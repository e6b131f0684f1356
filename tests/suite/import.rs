//! Facts out of published reports: pages that are written here go in, with all that real ones do to a reader; the facts file that
//! comes out is read back with a reader of its own and compared with what was printed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use nianbao::diag::Problems;
use nianbao::form::{Form, files};
use nianbao::import::{self, Asked, Origin, pdf, read};
use nianbao::worker::Guard;

mod bad_input;
mod command;
mod form_keys;
mod fuzz;
mod page;
mod real;
mod report;
mod round_trip;
mod rules;
mod spoiled;
mod told;

/// A built-in form.
fn form(name: &str) -> Arc<Form> {
    Arc::new(files::load(name, None, None).expect("a built-in form"))
}

/// What an import made of a file.
struct Imported {
    /// The facts file.
    facts: String,
    /// Every value in it, by its key; a cell that `rest` speaks for has the value of `rest`.
    values: BTreeMap<String, String>,
    /// For each key, the value in the trace and whether it is sure.
    trace: BTreeMap<String, Traced>,
    /// What was said: the code and the words.
    said: Vec<(String, String)>,
}

/// What the trace says of a fact.
struct Traced {
    value: Option<String>,
    is_sure: bool,
}

impl Imported {
    /// How often a code was said.
    fn times(&self, code: &str) -> usize {
        self.said.iter().filter(|(said, _)| said == code).count()
    }
}

/// Imports a file within this process; a PDF too, which the program reads in another one.
fn imported(bytes: &[u8], forms: &[Arc<Form>]) -> Result<Imported, Problems> {
    let asked = Asked { organ: Some("某市人民政府".to_owned()), year: Some(2024) };
    imported_as(&asked, bytes, forms)
}

/// Imports a file of which somebody says something.
fn imported_as(asked: &Asked, bytes: &[u8], forms: &[Arc<Form>]) -> Result<Imported, Problems> {
    let document = match bytes.starts_with(b"%PDF") {
        true => pdf::read(bytes.to_vec()).expect("a PDF that can be read"),
        false => read::document(bytes, &Guard::default()).expect("a file that can be read"),
    };
    let best = import::facts(&document, forms, asked)?;
    let origin = Origin { name: "甲".to_owned(), hash: blake3::hash(bytes).to_hex().to_string() };
    let written = import::write(&best.draft, best.form, "2024.toml", &origin);
    let facts = written.source.text().to_owned();
    let said = written.problems.iter().map(|problem| (problem.code.as_str().to_owned(), problem.message.zh.clone()));
    Ok(Imported { values: values(&facts, best.form), trace: trace(&written.trace), said: said.collect(), facts })
}

/// Every value of a facts file, by its key.
fn values(facts: &str, form: &Form) -> BTreeMap<String, String> {
    let table: toml::Table = facts.parse().unwrap_or_else(|error| panic!("{error}\n{facts}"));
    let mut values = BTreeMap::new();
    flatten("", &toml::Value::Table(table), &mut values);
    let rests: Vec<(String, String)> =
        values.iter().filter_map(|(key, value)| Some((key.strip_suffix(".rest")?.to_owned(), value.clone()))).collect();
    for (table, value) in rests {
        values.remove(&format!("{table}.rest"));
        let within = form.keys.cells().filter(|(key, _)| key.starts_with(&format!("{table}.")));
        for (key, _) in within {
            values.entry(key.to_string()).or_insert_with(|| value.clone());
        }
    }
    values
}

fn flatten(key: &str, value: &toml::Value, values: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => {
            for (name, value) in table {
                flatten(&if key.is_empty() { name.clone() } else { format!("{key}.{name}") }, value, values);
            }
        }
        toml::Value::String(text) => drop(values.insert(key.to_owned(), text.clone())),
        other => drop(values.insert(key.to_owned(), other.to_string())),
    }
}

fn trace(json: &str) -> BTreeMap<String, Traced> {
    let json: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let entry = |entry: &serde_json::Value| {
        let traced = Traced { value: text(&entry["value"]), is_sure: entry["sure"].as_bool().expect("a flag") };
        (text(&entry["key"]).expect("a key"), traced)
    };
    json["facts"].as_array().expect("facts").iter().map(entry).collect()
}

/// Does a piece of work for each number below `count` on every core, and gives what came of it in order.
fn each<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let made = Mutex::new(Vec::new());
    let next = std::sync::atomic::AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    let one = work(number);
                    made.lock().unwrap_or_else(PoisonError::into_inner).push((number, one));
                }
            });
        }
    });
    let mut made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
    made.sort_by_key(|(number, _)| *number);
    made.into_iter().map(|(_, one)| one).collect()
}
