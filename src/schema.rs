//! A JSON Schema (draft 2020-12) of a form's facts files, for editors that complete and explain while one types. In: a
//! [`Form`]; out: the schema, official labels as titles and filling rules as descriptions.
//!
//! A schema says which keys there are, of what kind, and which must be there. Sums, text against tables and one year
//! against the next are for `check` alone.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::diag::{Code, Problems, Severity};
use crate::form::{Form, KeyInfo, Shape, files};
use crate::project::Project;

/// Where a project keeps the schema of a form, below its root.
pub fn path(form: &str) -> String {
    format!("schemas/{form}.json")
}

/// The line at the top of a facts file that tells editors where the schema is; facts lie two folders below the root.
pub fn directive(form: &str) -> String {
    format!("#:schema ../../{}", path(form))
}

/// The schema of the form called `name`, as text without its last line end.
///
/// # Errors
/// No such form, or one that is wrong.
pub fn schema(name: &str) -> Result<String, Problems> {
    let templates = Project::find_if_any()?.map(|project| project.templates());
    let form = files::load_typed(name, templates.as_deref())?;
    Ok(text(&form).trim_end().to_owned())
}

/// The schema of a form, as text.
pub fn text(form: &Form) -> String {
    format!("{:#}\n", of(form))
}

/// The schema of a form.
pub fn of(form: &Form) -> Value {
    let mut schema = branch(form, form.keys.shape(), true);
    schema.insert("if".to_owned(), json!({ "not": { "required": ["consolidates"] } }));
    schema.insert("then".to_owned(), Value::Object(demands(form, form.keys.shape())));
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!(form.label));
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert("form".to_owned(), json!({ "const": form.name, "title": "表式" }));
        let year = json!({ "type": "integer", "minimum": 1000, "maximum": 9999, "title": "年份" });
        properties.insert("year".to_owned(), year);
        properties.insert("accept".to_owned(), accept(form));
        properties.insert("consolidates".to_owned(), consolidates());
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.extend([json!("form"), json!("year")]);
    }
    Value::Object(schema)
}

/// A table of keys; `strict` where what is required must be written, because no `rest` fills it. Figures that are added up of organs'
/// are not asked for here, but where nothing is consolidated.
fn branch(form: &Form, shape: &IndexMap<String, Shape>, strict: bool) -> Map<String, Value> {
    let has_rest = shape.values().any(|inner| matches!(inner, Shape::Rest));
    let properties: Map<String, Value> =
        shape.iter().map(|(key, inner)| (key.clone(), property(form, inner, strict && !has_rest))).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    schema.insert("additionalProperties".to_owned(), json!(false));
    if strict && has_rest {
        schema.insert("if".to_owned(), json!({ "not": { "required": ["rest"] } }));
        schema.insert("then".to_owned(), Value::Object(requirement(form, shape, &KeyInfo::adds_up)));
    } else if strict {
        schema.insert("required".to_owned(), json!(wanted(form, shape, &KeyInfo::adds_up)));
    }
    schema
}

/// What must be written where nothing is consolidated, all the way down.
fn demands(form: &Form, shape: &IndexMap<String, Shape>) -> Map<String, Value> {
    if shape.values().any(|inner| matches!(inner, Shape::Rest)) {
        let all = requirement(form, shape, &|_| false);
        let entries = [("if", json!({ "not": { "required": ["rest"] } })), ("then", Value::Object(all))];
        return entries.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
    }
    below(form, shape, &|_| false, &demands)
}

fn property(form: &Form, shape: &Shape, strict: bool) -> Value {
    match shape {
        // Written where their form and rules are known.
        Shape::Head => Value::Null,
        Shape::Rest => json!({ "const": 0, "title": "没有写的格都是 0", "description": "every cell not written is 0" }),
        Shape::Value(key) => form.keys.get(key).map_or(Value::Null, value),
        Shape::Branch(children) => Value::Object(branch(form, children, strict)),
    }
}

/// What must be written in a table.
type Demand<'a> = &'a dyn Fn(&Form, &IndexMap<String, Shape>) -> Map<String, Value>;
/// Whether a value need not be written.
type IsGiven<'a> = &'a dyn Fn(&KeyInfo) -> bool;

fn wanted<'a>(form: &Form, shape: &'a IndexMap<String, Shape>, is_given: IsGiven<'_>) -> Vec<&'a str> {
    let wants = |(_, inner): &(&String, &Shape)| form.keys.wants(inner, &is_given);
    shape.iter().filter(wants).map(|(key, _)| key.as_str()).collect()
}

/// What must be written, all the way down, where a table has no `rest`.
fn requirement(form: &Form, shape: &IndexMap<String, Shape>, is_given: IsGiven<'_>) -> Map<String, Value> {
    below(form, shape, is_given, &|form, children| requirement(form, children, is_given))
}

fn below(form: &Form, shape: &IndexMap<String, Shape>, is_given: IsGiven<'_>, inner: Demand<'_>) -> Map<String, Value> {
    let below: Map<String, Value> = shape
        .iter()
        .filter_map(|(key, shape)| match shape {
            Shape::Branch(children) => Some((key.clone(), Value::Object(inner(form, children)))),
            _ => None,
        })
        .collect();
    let mut schema = Map::new();
    schema.insert("required".to_owned(), json!(wanted(form, shape, is_given)));
    if !below.is_empty() {
        schema.insert("properties".to_owned(), Value::Object(below));
    }
    schema
}

fn value(known: &KeyInfo) -> Value {
    let mut schema = known.kind.schema(&known.options);
    let is_text = known.kind.is_text();
    if known.may_be_blank() && !is_text {
        schema = json!({ "anyOf": [schema, { "const": "" }] });
    }
    if let Value::Object(schema) = &mut schema {
        schema.insert("title".to_owned(), json!(known.label));
        if is_text && known.required {
            schema.insert("minLength".to_owned(), json!(1));
        }
        if !known.guide.is_empty() {
            schema.insert("description".to_owned(), json!(known.guide));
        }
    }
    schema
}

fn consolidates() -> Value {
    json!({
        "type": "object",
        "title": "汇总的机关",
        "description": "the organs of which the figures that are not written here are the sums",
        "properties": {
            "organs": {
                "title": "机关的文件夹、通配式或 nianbao.toml 中的组",
                "description": "folders below reports/, patterns such as 县区/*, or groups of nianbao.toml",
                "type": "array",
                "items": { "type": "string", "minLength": 1 },
                "minItems": 1,
            },
            "without": {
                "title": "不汇总的机关",
                "description": "organs that are left out, each with the reason",
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "organ": { "title": "机关", "type": "string", "minLength": 1 },
                        "reason": { "title": "理由", "type": "string", "minLength": 1 },
                    },
                    "required": ["organ", "reason"],
                    "additionalProperties": false,
                },
            },
        },
        "required": ["organs"],
        "additionalProperties": false,
    })
}

fn accept(form: &Form) -> Value {
    let rules = form.checks.rules.iter().filter(|(_, rule)| rule.severity == Severity::Warning);
    let mut codes: Vec<Value> = rules.map(|(code, rule)| json!({ "const": code, "title": rule.message.zh })).collect();
    let own = [
        (Code::LastYear, "上年的事实文件有错误"),
        (Code::MarkupLeft, "正文里有别的写法的记号"),
        (Code::StrayCharacter, "文字里有看不见或印不出的字符"),
        (Code::CommentedFigure, "写在 # 后面的文字"),
        (Code::DiffersFromOrgans, "与各机关之和不同"),
    ];
    codes.extend(own.iter().map(|(code, title)| json!({ "const": code.as_str(), "title": title })));
    json!({
        "type": "array",
        "title": "接受的警告",
        "items": {
            "type": "object",
            "properties": {
                "check": { "title": "检查", "anyOf": codes },
                "reason": { "title": "理由", "type": "string", "minLength": 1 },
                "key": {
                    "title": "只在这个键中",
                    "description": "the key that the warning points into; without it, every warning of the check is accepted",
                    "type": "string",
                    "minLength": 1,
                },
                "figure": {
                    "title": "只指这个数字或词",
                    "description": "the figure or words that the warning points at",
                    "anyOf": [{ "type": "string", "minLength": 1 }, { "type": "number" }],
                },
            },
            "required": ["check", "reason"],
            "additionalProperties": false,
        },
    })
}
