//! What `nianbao.toml` says. In: its text; out: [`Settings`], or all that is wrong with it, each at its place; and the JSON Schema by
//! which editors complete and explain it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use serde::Deserialize;
use serde_json::{Value, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::listed::{ListedOrgan, is_folder_name};
use crate::diag::{Code, Diagnostic, Problems, nearest, sort, text};
use crate::export::Format;
use crate::facts::slips::declaration;
use crate::source::{Place, Source};
use crate::typeset::EngineChoice;

/// Where a project keeps the schema of its settings, below its root; no form can have this name.
pub const SCHEMA: &str = "schemas/nianbao.toml.json";

/// The keys there are, each with those below it, in the order in which they are told.
const KEYS: &[(&str, &[&str])] =
    &[("font-paths", &[]), ("organs", &[]), ("build", &["formats", "engine", "out", "charts"])];

/// What may stand in `nianbao.toml`; all of it may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Settings {
    /// Folders with the office's own fonts, relative to the root; they come before the system's.
    pub font_paths: Vec<Spanned<PathBuf>>,
    /// The organs that owe a report each year.
    pub organs: Vec<ListedOrgan>,
    /// Defaults of `build`.
    pub build: BuildSettings,
}

/// Defaults of `build`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct BuildSettings {
    /// Output formats.
    pub formats: Vec<Format>,
    /// Which Typst.
    pub engine: Option<EngineChoice>,
    /// Where to write, relative to the root.
    pub out: Option<PathBuf>,
    /// Whether the charts of forms are drawn.
    pub charts: bool,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// Every key that is not known, and every value that is wrong.
    pub fn read(source: &Arc<Source>) -> Result<Self, Problems> {
        let explain = |error: &toml::de::Error| declaration::explain(source, &Code::ProjectFile, error);
        let table = DeTable::parse(source.text()).map_err(|error| explain(&error))?;
        let mut problems = Problems::new();
        unknown_keys(table.get_ref(), source, &mut problems);
        organs(table.get_ref(), source, &mut problems);
        // Whoever reads all of them at once stops at the first that is wrong.
        for value in one_by_one(table.get_ref()) {
            let read = Self::deserialize(Deserializer::from(Spanned::new(table.span(), value)));
            problems.extend(read.err().iter().flat_map(explain));
        }
        sort(&mut problems);
        problems.dedup();
        match problems.is_empty() {
            true => Self::deserialize(Deserializer::from(table)).map_err(|error| explain(&error).into()),
            false => Err(problems),
        }
    }

    /// Warnings of them: a folder of fonts that is not there may be one that was meant to be.
    pub fn faults(&self, root: &Path, source: &Arc<Source>) -> Problems {
        let missing = self.font_paths.iter().filter(|path| !root.join(path.get_ref()).exists());
        let told = missing.map(|path| {
            let shown = path.get_ref().display();
            let message = text!("没有字体文件夹 {shown}", "there is no font folder {shown}");
            let help = text!(
                "路径相对于 nianbao.toml 所在的文件夹；建好文件夹、改正路径，或删去这一项",
                "the path is relative to the folder of nianbao.toml; make the folder, mend the path or take it out"
            );
            Diagnostic::warning(Code::ProjectFile, message).at(Place::new(source, path.span())).help(help)
        });
        told.collect()
    }
}

/// For each value, and each item of a list, a table that holds nothing else.
fn one_by_one<'t>(table: &DeTable<'t>) -> Vec<DeTable<'t>> {
    let of = |(key, value): (&Spanned<Cow<'t, str>>, &Spanned<DeValue<'t>>)| {
        let values: Vec<DeValue<'t>> = match value.get_ref() {
            DeValue::Table(inner) if !inner.is_empty() => one_by_one(inner).into_iter().map(DeValue::Table).collect(),
            DeValue::Array(items) if !items.is_empty() => {
                items.iter().map(|item| DeValue::Array([item.clone()].into_iter().collect())).collect()
            }
            other => vec![other.clone()],
        };
        let alone = |held| DeTable::from_iter([(key.clone(), Spanned::new(value.span(), held))]);
        values.into_iter().map(alone).collect::<Vec<_>>()
    };
    table.iter().flat_map(of).collect()
}

/// Tells each key that is not known.
fn unknown_keys(table: &DeTable<'_>, source: &Arc<Source>, problems: &mut Problems) {
    for (key, value) in table {
        match (KEYS.iter().find(|(name, _)| name == key.get_ref()), value.get_ref()) {
            (None, _) => problems.push(unknown_key(key, KEYS.iter().map(|(name, _)| *name), source)),
            (Some((_, known)), DeValue::Table(inner)) if !known.is_empty() => {
                let unknown = inner.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
                problems.extend(unknown.map(|key| unknown_key(key, known.iter().copied(), source)));
            }
            _ => {}
        }
    }
}

/// Tells each organ whose folder is none, or is listed twice.
fn organs(table: &DeTable<'_>, source: &Arc<Source>, problems: &mut Problems) {
    let list = table.get("organs").and_then(|list| list.get_ref().as_array());
    let mut seen = BTreeSet::new();
    for organ in list.into_iter().flat_map(|list| list.iter()) {
        let folder = match organ.get_ref() {
            DeValue::Table(organ) => organ.get("folder"),
            _ => Some(organ),
        };
        let Some((folder, name)) = folder.and_then(|folder| Some((folder, folder.get_ref().as_str()?))) else {
            continue;
        };
        let place = Place::new(source, folder.span());
        let problem = |message| Diagnostic::error(Code::ProjectFile, message).at(place.clone());
        if !is_folder_name(name) {
            let message = text!("“{name}”不是 reports/ 下的文件夹", "`{name}` is no folder below reports/");
            problems.push(problem(message).help(text!(
                "逐个写出机关的文件夹，例如：县区/城东区；通配式找不到还没有报的机关",
                "write the folder of each organ, such as counties/East; a pattern does not find organs that have not reported yet"
            )));
        } else if !seen.insert(name) {
            problems.push(problem(text!("“{name}”列了两次", "`{name}` is listed twice")));
        }
    }
}

fn unknown_key(
    key: &Spanned<Cow<'_, str>>,
    known: impl Iterator<Item = &'static str> + Clone,
    source: &Arc<Source>,
) -> Diagnostic {
    let (name, place) = (key.get_ref(), Place::new(source, key.span()));
    let list = known.clone().collect::<Vec<_>>().join(", ");
    let problem = Diagnostic::error(Code::ProjectFile, text!("没有“{name}”这个键", "there is no key `{name}`"));
    match nearest(&name.replace('_', "-"), known) {
        Some(near) => {
            let help = text!("是否为“{near}”？这里可以写：{list}", "did you mean `{near}`? known here: {list}");
            problem.at(place.clone()).help(help).fix_suggested(place, near)
        }
        None => problem.at(place).help(text!("这里可以写：{list}", "known here: {list}")),
    }
}

/// The JSON Schema of `nianbao.toml`.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "nianbao.toml",
        "description": "年报项目的设置  The settings of a nianbao project",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "font-paths": {
                "description": "单位自有字体所在的文件夹，相对于项目；先于系统的字体使用\nFolders with the office's own fonts, relative to the project; they come before those of the system",
                "type": "array",
                "items": { "type": "string" },
                "default": [],
            },
            "organs": organs_schema(),
            "build": {
                "description": "build 和 watch 的默认设置  Defaults of `build` and `watch`",
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "formats": {
                        "description": "输出格式（--format）  Output formats (--format)",
                        "type": "array",
                        "items": { "enum": names::<Format>() },
                        "default": ["pdf", "html"],
                    },
                    "engine": {
                        "description": "用哪个 Typst（--engine）  Which Typst (--engine)",
                        "enum": names::<EngineChoice>(),
                        "default": "auto",
                    },
                    "out": {
                        "description": "写到哪个文件夹，相对于项目，不能在项目之外\nWhere to write, relative to the project and never outside of it",
                        "type": "string",
                        "default": "build",
                    },
                    "charts": {
                        "description": "是否画出表式声明的图表（--charts）  Whether the charts of forms are drawn (--charts)",
                        "type": "boolean",
                        "default": false,
                    },
                },
            },
        },
    })
}

fn organs_schema() -> Value {
    json!({
        "description": "每年应报的机关：reports/ 下的文件夹，或者 { folder, name, groups }\nThe organs that owe a report each year: folders below reports/, or { folder, name, groups }",
        "type": "array",
        "items": {
            "anyOf": [
                { "type": "string" },
                {
                    "type": "object",
                    "properties": {
                        "folder": { "type": "string" },
                        "name": { "type": "string" },
                        "groups": { "type": "array", "items": { "type": "string" } },
                    },
                    "required": ["folder"],
                    "additionalProperties": false,
                },
            ],
        },
        "default": [],
    })
}

/// What the values of a kind are called.
fn names<T: ValueEnum>() -> Vec<String> {
    let values = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    values.map(|value| value.get_name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let read = Settings::read(&Source::new("nianbao.toml", text));
        let told = |problem: &Diagnostic| format!("{} {}", problem.primary().expect("a place"), problem.message.en);
        read.err().map(|problems| problems.iter().map(told).collect()).unwrap_or_default()
    }

    /// Every key that there is can be written, with the value that stands for what is left out.
    #[test]
    fn the_schema_and_the_settings_know_the_same_keys() {
        let schema = schema();
        let names = |value: &Value| {
            let keys = value["properties"].as_object();
            keys.map(|keys| keys.keys().cloned().collect::<BTreeSet<_>>()).unwrap_or_default()
        };
        let sorted = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>();
        let top: Vec<&str> = KEYS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names(&schema), sorted(&top));
        for (name, below) in KEYS {
            assert_eq!(names(&schema["properties"][name]), sorted(below), "{name}");
        }
        let build = &schema["properties"]["build"]["properties"];
        let written = |properties: &Value| {
            let keys = properties.as_object().expect("keys").iter();
            let keys = keys.filter_map(|(key, known)| Some(format!("{key} = {}\n", known.get("default")?)));
            keys.collect::<String>()
        };
        let text = format!("{}[build]\n{}", written(&schema["properties"]), written(build));
        assert_eq!(text.lines().count(), 7, "{text}");
        let settings = Settings::read(&Source::new("nianbao.toml", text)).expect("settings");
        assert!(settings.font_paths.is_empty() && settings.organs.is_empty() && !settings.build.charts);
        assert_eq!(settings.build.formats, [Format::Pdf, Format::Html]);
        assert_eq!((settings.build.engine, settings.build.out), (Some(EngineChoice::Auto), Some("build".into())));
        for key in ["fontpaths", "Build", "version"] {
            assert_eq!(problems(&format!("{key} = 1\n")), [format!("nianbao.toml:1:1 there is no key `{key}`")]);
        }
    }

    /// One wrong value hides neither the next nor the others of its list, and none is told twice.
    #[test]
    fn each_wrong_value_is_told() {
        assert_eq!(
            problems(
                "font-paths = [1, \"fonts\", true]\n[build]\nengine = 3\ncharts = \"yes\"\nformats = [\"pfd\", \"html\", \"doc\"]\n"
            ),
            [
                "nianbao.toml:1:15 this must be a path in quotation marks, but it is a whole number: `1`",
                "nianbao.toml:1:27 this must be a path in quotation marks, but it is true or false: `true`",
                "nianbao.toml:3:10 this must be one of the options, in quotation marks",
                "nianbao.toml:4:10 this must be true or false, but it is text in quotation marks: \"yes\"",
                "nianbao.toml:5:12 there is no option `pfd`",
                "nianbao.toml:5:27 there is no option `doc`",
            ]
        );
        for (text, place) in [
            ("build = 3", "1:9"),
            ("[build]\nout = []", "2:7"),
            ("[build]\nout = [\"a\", \"b\"]", "2:7"),
            ("font-paths = {}", "1:14"),
            ("font-paths = { a = 1, b = 2 }", "1:14"),
            ("font-paths = \"fonts\"", "1:14"),
        ] {
            let told = problems(text);
            assert!(
                told.len() == 1 && told[0].starts_with(&format!("nianbao.toml:{place} this must be ")),
                "{text}: {told:?}"
            );
        }
        assert!(!problems("[[build]]\nformats = []\n[[build]]\n").is_empty());
        assert!(problems("font-paths = []\n[build]\nformats = []\n").is_empty() && problems("").is_empty());
    }

    /// One wrong key hides neither the next nor a wrong value.
    #[test]
    fn all_that_is_wrong_is_told_in_the_order_of_the_places() {
        let wrong = "[build]\nformat = [\"pdf\"]\nengine = \"embeded\"\ncolour = true\n";
        assert_eq!(
            problems(wrong),
            [
                "nianbao.toml:2:1 there is no key `format`",
                "nianbao.toml:3:10 there is no option `embeded`",
                "nianbao.toml:4:1 there is no key `colour`",
            ]
        );
    }
}
