//! The only writer of facts that are there already. In: the bytes of a facts file, its form, and what is to become of single
//! values; out: new bytes, or why there are none. Nothing is laid out anew: new text is spliced in where a person would write
//! it, and comments, order, spacing, line ends and the way of writing all else stay byte for byte.
//!
//! Before anything is given out, the new text is read again (`edit/proof.rs`): each key that was not to be edited must have the value
//! that it had, and each comment must be there.

mod accept;
mod draft;
mod insert;
mod list;
mod original;
pub mod outline;
mod proof;
mod remove;
mod step;
mod typed;

use crate::diag::{Code, Diagnostic, Problems, Text, text};
use crate::ends::Ends;
use crate::form::keys::{HEAD, REST};
use crate::form::{Form, Key, Shape};
use crate::report::{Accepted, Value};
use crate::source::Source;

use super::{Facts, literal};
use outline::{Entry, Held, Outline};
use step::{Made, Step, What, broken, refused};

pub use insert::{behind_line, under_header};
pub use original::Original;
pub use remove::behind_hash;
pub use step::{Splice, spliced};

/// What is to become of a value, or of an accepted warning.
#[derive(Clone, Debug)]
pub enum Change {
    /// The value stands under the key.
    Set(String, Value),
    /// What somebody typed for the key is its value.
    Type(String, String),
    /// Nothing stands under the key.
    Remove(String),
    /// The statement of the key stands behind `#`.
    CommentOut(String),
    /// Every cell of the table of that key is 0 which is not written.
    Rest(String),
    /// The warnings are accepted.
    Accept(Accepted),
    /// They are no longer.
    Unaccept(Accepted),
}

/// Edited facts.
#[derive(Debug, PartialEq, Eq)]
pub struct Edited {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// What went with the edits that somebody should know.
    pub notes: Vec<Text>,
}

/// The facts file called `name` with the changes made in it: all of them or none. Changes that write at one place are written in
/// the order of the form.
///
/// # Errors
/// The file is no TOML, a value is not of its kind, or a change cannot be made without one to what else is written.
pub fn apply(name: &str, bytes: &[u8], form: &Form, changes: &[Change]) -> Result<Edited, Problems> {
    let source = Source::new(name, super::decode(name, bytes.to_vec())?);
    Facts::parse(&source)?;
    let steps = steps(form, changes)?;
    let mut work = Work {
        text: source.text().to_owned(),
        end: Ends::of(bytes).line_end(),
        form,
        removed: Vec::new(),
        notes: Vec::new(),
    };
    for step in &steps {
        work.step(step)?;
    }
    proof::check(source.text(), &work.text, &steps, &work.removed)?;
    Ok(Edited { bytes: original::with_text(bytes, &source, &work.text), notes: work.notes })
}

/// The steps in the order in which they are made: values in the order of the form, then what goes, then acceptances.
fn steps(form: &Form, changes: &[Change]) -> Result<Vec<Step>, Problems> {
    let (mut steps, mut problems) = (Vec::new(), Problems::new());
    for change in changes {
        match step(form, change) {
            Ok(step) => steps.push(step),
            Err(problem) => problems.push(problem),
        }
    }
    let is_of_value = |step: &&Step| !matches!(step.what, What::Accept(_) | What::Unaccept(_));
    for (number, step) in steps.iter().enumerate().filter(|(_, step)| is_of_value(step)) {
        let mut others = steps[..number].iter().filter(is_of_value);
        if others.any(|other| other.path.starts_with(&step.path) || step.path.starts_with(&other.path)) {
            let key = step.path.join(".");
            problems.push(refused(text!("{key} 有两处改动", "{key} is changed twice")));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let keys: std::collections::HashMap<&str, usize> =
        form.keys.iter().enumerate().map(|(number, (key, _))| (key.as_str(), number)).collect();
    steps.sort_by_cached_key(|step| {
        let key = step.path.join(".");
        let group = match step.what {
            What::Rest => 0,
            What::Put(_) => 1,
            What::Remove | What::CommentOut => 2,
            What::Unaccept(_) => 3,
            What::Accept(_) => 4,
        };
        (group, keys.get(key.as_str()).copied())
    });
    Ok(steps)
}

/// The value that somebody typed for a key.
///
/// # Errors
/// The form has no such key, or the text is no value of its kind.
pub fn typed_value(form: &Form, key: &str, typed: &str) -> Result<Value, Diagnostic> {
    let known = form.keys.get(key).ok_or_else(|| unknown(key))?;
    typed::read(Some(known), key, typed)
}

fn unknown(key: &str) -> Diagnostic {
    Diagnostic::error(Code::UnknownKey, text!("表式没有 {key} 这个键", "the form has no key {key}"))
}

fn step(form: &Form, change: &Change) -> Result<Step, Diagnostic> {
    let path = |key: &str| key.split('.').map(str::to_owned).collect::<Vec<_>>();
    let known = |key: &str| {
        let is_head = key == HEAD[0] || key == HEAD[1];
        (is_head || form.keys.get(key).is_some()).then(|| path(key)).ok_or_else(|| unknown(key))
    };
    Ok(match change {
        Change::Set(key, value) => {
            let path = known(key)?;
            if let Some(known) = form.keys.get(key) {
                typed::fits(known, key, value)?;
            }
            Step { path, what: What::Put(value.clone()) }
        }
        Change::Type(key, typed) => {
            let path = known(key)?;
            Step { path, what: What::Put(typed::read(form.keys.get(key), key, typed)?) }
        }
        Change::Remove(key) | Change::CommentOut(key) if HEAD.contains(&key.split('.').next().unwrap_or_default()) => {
            return Err(refused(text!("{key} 不能删去", "{key} cannot be taken away")));
        }
        Change::Remove(key) => Step { path: path(key), what: What::Remove },
        Change::CommentOut(key) => Step { path: path(key), what: What::CommentOut },
        Change::Rest(table) => {
            let key = Key::from(table.as_str()).join(REST);
            let shape = super::labels::shape(form, table).and_then(|shape| shape.get(REST));
            if !matches!(shape, Some(Shape::Rest)) {
                return Err(unknown(&key));
            }
            Step { path: path(&key), what: What::Rest }
        }
        Change::Accept(accepted) => Step { path: path(HEAD[2]), what: What::Accept(accepted.clone()) },
        Change::Unaccept(accepted) => Step { path: path(HEAD[2]), what: What::Unaccept(accepted.clone()) },
    })
}

/// A text that is being edited.
struct Work<'a> {
    text: String,
    /// The end of most lines.
    end: &'static str,
    form: &'a Form,
    removed: Vec<String>,
    notes: Vec<Text>,
}

impl Work<'_> {
    fn step(&mut self, step: &Step) -> Result<(), Diagnostic> {
        if let What::Put(Value::Lines(lines)) = &step.what
            && self.lines(&step.path, lines)?
        {
            return Ok(());
        }
        let outline = Outline::of(&self.text).ok_or_else(broken)?;
        let made = match &step.what {
            What::Put(value) => self.put(&outline, &step.path, value)?,
            What::Rest => self.put(&outline, &step.path, &Value::Figure(rust_decimal::Decimal::ZERO))?,
            What::Remove => remove::entry(&outline, self.form, &step.path)?,
            What::CommentOut => remove::comment_out(&outline, &step.path)?,
            What::Accept(accepted) => accept::append(&outline, accepted, self.end),
            What::Unaccept(accepted) => accept::remove(&outline, accepted)?,
        };
        self.make(made)
    }

    fn make(&mut self, made: Made) -> Result<(), Diagnostic> {
        self.text = spliced(&self.text, made.splices).ok_or_else(broken)?;
        self.removed.extend(made.removed);
        self.notes.extend(made.note);
        Ok(())
    }

    /// A value, where it stands or where it is to stand.
    fn put(&self, outline: &Outline<'_>, path: &[String], value: &Value) -> Result<Made, Diagnostic> {
        let key = path.join(".");
        let along = outline.along(path);
        match along.last() {
            Some(entry) if entry.path == path => self.replace(outline, entry, value),
            _ if outline.has_below(path) => Err(refused(text!(
                "{key} 在文件里写成了表，不能改为一个值",
                "{key} is a table in the file, and a value is wanted"
            ))),
            Some(row) => {
                let above = row.path.join(".");
                let Held::Row(items, _) = &row.held else {
                    return Err(refused(text!(
                        "{above} 在文件里不是一行，没有放 {key} 的地方",
                        "{above} is no row in the file, so there is no place for {key}"
                    )));
                };
                let cell = format!("{} = {}", literal::dotted(&path[row.path.len()..]), self.literal(value));
                Ok(Made::of(list::append(outline.text, items, &cell, true, self.end)))
            }
            None if outline.sections.iter().any(|section| section.is_in_list && path.starts_with(&section.path)) => {
                Err(refused(text!("{key} 在文件里属于一组表", "{key} belongs to a list of tables in the file")))
            }
            None => Ok(insert::statement(outline, self.form, path, &self.literal(value), self.end)),
        }
    }

    /// A value in the place of another, unless it is the same one written in another way.
    fn replace(&self, outline: &Outline<'_>, entry: &Entry, value: &Value) -> Result<Made, Diagnostic> {
        let old = &outline.text[entry.value.clone()];
        let is_long = old.starts_with("\"\"\"") || old.starts_with("'''");
        let new = match value {
            Value::Prose(text) if is_long => literal::long(text).replace('\n', self.end),
            _ => self.literal(value),
        };
        if proof::is_same(old, &new) {
            return Ok(Made::default());
        }
        if outline.has_comment(&entry.value) {
            let key = entry.path.join(".");
            return Err(refused(text!(
                "{key} 的值里有注释，替换会丢失注释",
                "there are comments in the value of {key}, which another value would lose"
            ))
            .help(text!("在文件里改", "edit it in the file")));
        }
        let key = entry.path.join(".");
        let has_continuation = is_long && old.lines().any(|line| line.trim_end().ends_with('\\'));
        let note = (has_continuation && old.starts_with('"')).then(|| {
            text!(
                "{key} 原来用行末的 \\ 折行，改写后不再折行",
                "{key} had lines joined by \\ at their ends; the new text is written without"
            )
        });
        Ok(Made { splices: vec![(entry.value.clone(), new)], removed: Vec::new(), note })
    }

    /// Lines in the place of others, one by one, so that comments between them stay; whether there was a list.
    fn lines(&mut self, path: &[String], lines: &[String]) -> Result<bool, Diagnostic> {
        let lines: Vec<String> = lines.iter().map(|line| literal::in_quotes(line)).collect();
        loop {
            let outline = Outline::of(&self.text).ok_or_else(broken)?;
            let Some(Entry { held: Held::List(items), .. }) = outline.entry(path) else { return Ok(false) };
            let old: Vec<&str> = items.items.iter().map(|item| &self.text[item.clone()]).collect();
            let same = |(old, new): &(&&str, &String)| proof::is_same(old, new);
            let begin = old.iter().zip(&lines).take_while(same).count();
            let rest = (old.len() - begin, lines.len() - begin);
            let end = old.iter().rev().zip(lines.iter().rev()).take(rest.0.min(rest.1)).take_while(same).count();
            let (more, fewer) = (rest.1 - end, rest.0 - end);
            let splices = match (fewer, more) {
                (0, 0) => return Ok(true),
                (0, _) if begin < old.len() => {
                    list::insert(&self.text, items, begin, &lines[begin], self.end).into_iter().collect()
                }
                (0, _) => list::append(&self.text, items, &lines[begin], false, self.end),
                (_, 0) => list::remove(&self.text, items, begin).ok_or_else(broken)?,
                _ => vec![(items.items[begin].clone(), lines[begin].clone())],
            };
            self.make(Made::of(splices))?;
        }
    }

    fn literal(&self, value: &Value) -> String {
        value.toml().replace('\n', self.end)
    }
}
