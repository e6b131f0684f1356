//! What `edit` does with what its page asks: each edit says what it saw, nothing is lost, nothing else is touched, and nobody else may
//! ask. The page itself is tried in a browser by `tests/browser/edit.mjs`.

use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::pdf::{self, Word};
use crate::support::watch::Watch;
use crate::support::{Project, plain_facts, signal, text};

const REPORT: &str = "reports/机关/2025.toml";

fn edited(project: Project) -> Watch {
    Watch::by(project, "exec nianbao edit --no-open")
}

/// An answer to what the page sends.
fn post(watch: &Watch, path: &str, body: &Value) -> (u16, Value) {
    let origin = format!("http://{}", watch.address);
    let headers = [("Host", watch.address.as_str()), ("Origin", &origin), ("Content-Type", "application/json")];
    let (status, answer) = watch.asks("POST", &format!("{}{path}", watch.root), &headers, &body.to_string());
    (status, serde_json::from_str(&answer).unwrap_or(Value::Null))
}

fn get(watch: &Watch, path: &str) -> Value {
    let (status, answer) = watch.get(path);
    assert_eq!(status, 200, "{path}: {answer}");
    serde_json::from_str(&answer).expect("JSON")
}

fn encoded(name: &str) -> String {
    name.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn report(watch: &Watch, name: &str) -> Value {
    get(watch, &format!("/report?name={}", encoded(name)))
}

/// The edit of a value: what the page saw, and what is to be there.
fn edit(key: &str, was: Option<&str>, now: Option<&str>) -> Value {
    json!({ "key": key, "was": was, "now": now })
}

fn save_to(watch: &Watch, name: &str, values: &[Value]) -> (u16, Value) {
    post(watch, "/save", &json!({ "name": name, "edits": { "values": values } }))
}

fn save(watch: &Watch, values: &[Value]) -> Value {
    let (status, answer) = save_to(watch, REPORT, values);
    assert_eq!(status, 200, "{answer}");
    answer
}

fn facts(watch: &Watch) -> String {
    String::from_utf8(watch.project.read(REPORT)).expect("text")
}

fn value<'a>(report: &'a Value, key: &str) -> &'a Value {
    &report["values"][key]
}

/// One value changes, and no other byte: not the order, the comments, the line ends or the byte order mark.
#[test]
fn an_edit_is_a_small_change_of_the_file() {
    let own = plain_facts().replace("licences = 0", "licences   =  0   # 共 0 件").replace('\n', "\r\n");
    let before = format!("\u{feff}{own}");
    let watch = edited(Project::with(&before));
    assert_eq!(value(&report(&watch, REPORT), "proactive.licences")["written"], "0");
    let saved = save(&watch, &[edit("proactive.licences", Some("0"), Some("１２"))]);
    assert_eq!((&saved["saved"], &saved["changed"]), (&json!(true), &json!(true)));
    assert_eq!(facts(&watch), before.replace("licences   =  0 ", "licences   =  12 "));
    assert_eq!(value(&saved["report"], "proactive.licences")["written"], "12");
    // Sent again, it is done already.
    let again = save(&watch, &[edit("proactive.licences", Some("0"), Some("12"))]);
    assert_eq!((&again["saved"], &again["changed"]), (&json!(true), &json!(false)));
    let kept = get(&watch, &format!("/kept?name={}", encoded(REPORT)));
    let copy = kept["copies"][0]["name"].as_str().expect("a copy from before").to_owned();
    let (status, restored) = post(&watch, "/restore", &json!({ "name": REPORT, "copy": copy }));
    assert_eq!((status, &restored["saved"], facts(&watch)), (200, &json!(true), before));
    assert_eq!(post(&watch, "/restore", &json!({ "name": REPORT, "copy": "../../2025" })).0, 404);
    watch.end();
}

/// What somebody else wrote is neither overwritten nor lost; the rest of the batch may be sent again.
#[test]
fn a_value_that_is_another_by_now_is_a_conflict() {
    let watch = edited(Project::with(&plain_facts()));
    let outside = plain_facts().replace("licences = 0", "licences = 5");
    watch.project.write(REPORT, &outside);
    let edits = [edit("proactive.licences", Some("0"), Some("7")), edit("proactive.penalties", Some("0"), Some("3"))];
    let answer = save(&watch, &edits);
    let conflict = json!([{ "key": "proactive.licences", "was": "0", "found": "5", "now": "7" }]);
    assert_eq!((&answer["saved"], &answer["conflicts"]), (&json!(false), &conflict));
    assert_eq!(facts(&watch), outside, "nothing is written");
    assert_eq!(save(&watch, &edits[1..])["saved"], true);
    assert_eq!(facts(&watch), outside.replace("penalties = 0", "penalties = 3"));
    watch.end();
}

#[test]
fn what_is_no_value_is_told_and_not_written_and_the_rest_is() {
    let watch = edited(Project::with(&plain_facts()));
    let wrong = ["三", "1.5", "-3", "1,2", "12a", "1 2", ""];
    for typed in wrong {
        let edits =
            [edit("proactive.licences", Some("0"), Some(typed)), edit("proactive.penalties", Some("0"), Some("0"))];
        let answer = save(&watch, &edits);
        assert_eq!((&answer["saved"], &answer["changed"]), (&json!(true), &json!(false)), "{typed}");
        assert_eq!(answer["refused"][0]["key"], "proactive.licences", "{typed}");
        assert!(answer["refused"][0]["problem"]["message"]["zh"].is_string(), "{typed}");
        assert_eq!(facts(&watch), plain_facts(), "{typed}");
    }
    for (typed, written) in [("/", "\"/\""), ("1,234", "1234"), ("　８ ", "8"), ("35件", "35")] {
        let was = value(&report(&watch, REPORT), "proactive.licences")["written"].as_str().map(str::to_owned);
        assert_eq!(save(&watch, &[edit("proactive.licences", was.as_deref(), Some(typed))])["refused"], json!([]));
        assert_eq!(facts(&watch), plain_facts().replace("licences = 0", &format!("licences = {written}")), "{typed}");
    }
    watch.end();
}

/// While somebody types, nothing is written, and totals and problems are those of what is typed.
#[test]
fn totals_and_problems_follow_what_is_typed() {
    let watch = edited(Project::with(&plain_facts()));
    let values = [edit("requests.received.natural", None, Some("4")), edit("requests.received.legal", None, Some("2"))];
    let (status, tried) = post(&watch, "/try", &json!({ "name": REPORT, "edits": { "values": values } }));
    assert_eq!(status, 200);
    assert_eq!(value(&tried, "requests.received.total")["value"], "6");
    assert_eq!(value(&tried, "requests.received.total")["state"], "computed");
    let problem = &tried["problems"][0];
    assert_eq!((&problem["code"], &problem["severity"]), (&json!("requests-balance"), &json!("error")));
    assert!(problem["keys"].as_array().expect("keys").contains(&json!("requests.received.natural")), "{problem}");
    assert_eq!(facts(&watch), plain_facts());
    watch.end();
}

/// A block from another program is placed by its labels, and said to be unfit where it runs over the edge; nothing is written.
#[test]
fn a_pasted_block_is_planned() {
    let watch = edited(Project::with(&plain_facts()));
    let plan = |rows: Value, text: &str| {
        let request = json!({ "form": "zfxxgk", "key": "proactive.fees", "rows": rows, "text": text });
        let (status, plan) = post(&watch, "/paste", &request);
        assert_eq!(status, 200, "{plan}");
        plan
    };
    let cell = |text: &str, colspan: u8, rowspan: u8| json!({ "text": text, "colspan": colspan, "rowspan": rowspan });
    let heads = json!([cell("信息内容", 1, 2), cell("第二十条第（一）项", 3, 1)]);
    let columns = json!([cell("本年 制发件数", 1, 1), cell("本年废止件数", 1, 1), cell("现行有效件数", 1, 1)]);
    let figures = json!([cell("规　章", 1, 1), cell("１", 1, 1), cell("无", 1, 1), cell("", 1, 1)]);
    let change = |key: &str, now: &str| json!([{ "key": key, "now": now }]);
    assert_eq!(
        plan(json!([heads, columns, figures]), "x"),
        json!({
            "changes": change("proactive.regulations.issued", "１"),
            "foreign": change("proactive.regulations.repealed", "无"),
            "unplaced": [],
            "by_labels": true,
        })
    );
    let one = json!({ "changes": change("proactive.fees", "3"), "foreign": [], "unplaced": [], "by_labels": false });
    assert_eq!((plan(Value::Null, "3\r\n"), plan(Value::Null, "1\r\n2\r\n")), (one, Value::Null));
    assert_eq!(facts(&watch), plain_facts());
    watch.end();
}

#[test]
fn cells_are_emptied_totals_stated_and_blanks_made_zero() {
    let watch = edited(Project::with(&plain_facts()));
    let state = |key: &str| value(&report(&watch, REPORT), key)["state"].as_str().expect("a state").to_owned();
    assert_eq!(state("requests.received.natural"), "rest");
    let rests = |was: Option<&str>, now: Option<&str>| {
        let answer = save(&watch, &[edit("requests.rest", was, now)]);
        assert_eq!((&answer["saved"], &answer["refused"]), (&json!(true), &json!([])), "{answer}");
        ["requests.rest", "disputes.rest"].map(|key| value(&answer["report"], key)["written"].clone())
    };
    assert_eq!(rests(Some("0"), None), [Value::Null, json!("0")]);
    assert_eq!(state("requests.received.natural"), "missing");
    let without = report(&watch, REPORT);
    assert!(without["done"]["filled"].as_u64() < without["done"]["cells"].as_u64(), "{}", without["done"]);
    assert_eq!(rests(None, Some("0")), ["0", "0"]);
    assert_eq!(facts(&watch).matches("rest = 0").count(), plain_facts().matches("rest = 0").count());
    let total = save(&watch, &[edit("requests.received.total", None, Some("3"))]);
    let total = value(&total["report"], "requests.received.total");
    assert_eq!((&total["written"], &total["computed"]), (&json!("3"), &json!("0")));
    let code = report(&watch, REPORT)["problems"][0]["code"].clone();
    assert_eq!(code, "wrong-total");
    save(&watch, &[edit("requests.received.total", Some("3"), None)]);
    assert_eq!(
        (state("requests.received.total"), report(&watch, REPORT)["problems"].clone()),
        ("computed".to_owned(), json!([]))
    );
    watch.end();
}

/// A file that is no TOML is left as it is, and said to be; once it is mended, it is written again.
#[test]
fn a_file_that_cannot_be_read_suspends_writing() {
    let watch = edited(Project::with(&plain_facts()));
    let broken =
        plain_facts().replace("licences = 0", "<<<<<<< HEAD\nlicences = 1\n=======\nlicences = 2\n>>>>>>> other");
    watch.project.write(REPORT, &broken);
    let edits = [edit("proactive.licences", Some("0"), Some("7"))];
    let (status, answer) = save_to(&watch, REPORT, &edits);
    assert_eq!(status, 422, "{answer}");
    assert!(answer["problems"][0]["message"]["zh"].is_string(), "{answer}");
    assert_eq!(facts(&watch), broken);
    let state = report(&watch, REPORT);
    assert!(!state["unreadable"].as_array().expect("a list").is_empty() && state["form"].is_null(), "{state}");
    watch.project.write(REPORT, plain_facts());
    assert_eq!(save(&watch, &edits)["saved"], true);
    watch.end();
}

/// Facts whose prose draws a warning.
fn doubtful_facts() -> String {
    plain_facts().replacen("on_request = \"", "on_request = \"全年新收政府信息公开申请９件。", 1)
}

#[test]
fn a_warning_is_accepted_with_a_reason_and_mended_by_its_edits() {
    let own = doubtful_facts();
    let watch = edited(Project::with(&own));
    let warning = |report: &Value| {
        report["problems"].as_array().expect("a list").iter().find(|one| one["severity"] == "warning").cloned()
    };
    let found = warning(&report(&watch, REPORT)).expect("a warning");
    let accepted = json!({ "check": found["code"], "key": found["keys"][0], "reason": "口径不同" });
    let send = |edits: Value| post(&watch, "/save", &json!({ "name": REPORT, "edits": edits })).1["report"].clone();
    let after = send(json!({ "accept": [accepted] }));
    assert_eq!((warning(&after), &after["accepted"][0]["reason"]), (None, &json!("口径不同")));
    assert!(facts(&watch).starts_with(&own.trim_end()[..own.len() / 2]) && facts(&watch).contains("[[accept]]"));
    let back = send(json!({ "unaccept": [accepted] }));
    assert_eq!((warning(&back).map(|one| one["code"].clone()), facts(&watch)), (Some(found["code"].clone()), own));
    watch.end();
}

/// Nobody else may ask, nothing is named by a path, and what is no request is none.
#[test]
fn only_the_page_may_ask_and_only_for_what_is_in_its_list() {
    let watch = edited(Project::with(&plain_facts()));
    watch.project.write("secret.toml", plain_facts());
    let body = json!({ "name": REPORT, "edits": { "values": [edit("proactive.licences", Some("0"), Some("9"))] } });
    let (host, origin) = (watch.address.clone(), format!("http://{}", watch.address));
    let path = format!("{}/save", watch.root);
    let refused: &[&[(&str, &str)]] = &[
        &[("Host", &host), ("Content-Type", "application/json")],
        &[("Host", &host), ("Origin", "http://evil.example"), ("Content-Type", "application/json")],
        &[("Host", &host), ("Origin", &origin), ("Content-Type", "text/plain")],
        &[("Host", &host), ("Origin", &origin), ("Content-Type", "application/x-www-form-urlencoded")],
        &[("Host", "evil.example"), ("Origin", "http://evil.example"), ("Content-Type", "application/json")],
        &[("Host", &host), ("Origin", &origin), ("Content-Type", "application/json"), ("Sec-Fetch-Site", "cross-site")],
    ];
    for headers in refused {
        assert_eq!(watch.asks("POST", &path, headers, &body.to_string()).0, 403, "{headers:?}");
    }
    let right = [("Host", host.as_str()), ("Origin", origin.as_str()), ("Content-Type", "application/json")];
    for wrong in
        ["/save".to_owned(), format!("/{}/save", "0".repeat(32)), format!("{}/save", watch.root.to_uppercase())]
    {
        assert_eq!(watch.asks("POST", &wrong, &right, &body.to_string()).0, 403, "{wrong}");
    }
    assert_eq!(watch.asks("POST", &path, &right, &" ".repeat((1 << 20) + 1)).0, 413);
    for name in ["secret.toml", "reports/机关/../../secret.toml", "/etc/passwd", "", "reports/机关/2025"] {
        assert_eq!(post(&watch, "/save", &json!({ "name": name, "edits": {} })).0, 404, "{name}");
        assert_eq!(watch.get(&format!("/report?name={}", encoded(name))).0, 404, "{name}");
    }
    for body in [
        "",
        "[]",
        "{}",
        "{\"name\":\"x\"}",
        "{\"name\":1,\"edits\":{}}",
        "{\"name\":\"x\",\"edits\":{},\"path\":\"/\"}",
    ] {
        assert_eq!(watch.asks("POST", &path, &right, body).0, 400, "{body}");
    }
    let toml = "0\nevil = 1";
    for typed in [toml, "\"0\" # ", "0, evil = 1"] {
        let answer = save(&watch, &[edit("proactive.licences", Some("0"), Some(typed))]);
        assert_eq!(answer["refused"][0]["key"], "proactive.licences", "{typed}");
    }
    let unknown = save_to(&watch, REPORT, &[edit("proactive.evil", None, Some("1"))]);
    assert_eq!(unknown.1["refused"][0]["key"], "proactive.evil", "{unknown:?}");
    for organ in ["../evil", "a/b", ".hidden", "", "con"] {
        let (status, answer) = post(&watch, "/new", &json!({ "organ": organ, "form": "zfxxgk", "year": 2025 }));
        assert_eq!(status, 422, "{organ}: {answer}");
    }
    assert_eq!(facts(&watch), plain_facts());
    assert_eq!(watch.project.files().iter().filter(|name| name.contains("evil")).count(), 0);
    let (_, page) = watch.get("/");
    assert!(!page.contains("http://") && !page.contains("https://"), "nothing from elsewhere");
    watch.end();
}

/// What the first page is for.
#[test]
fn reports_are_begun_from_nothing_and_from_last_year() {
    let watch = edited(Project::with(&plain_facts()));
    let status = get(&watch, "/status");
    let forms = status["forms"].as_array().expect("forms");
    assert!(forms[0]["name"] == "zfxxgk" && forms.iter().any(|form| form["name"] == "foia"), "{forms:?}");
    assert_eq!(status["organs"][0]["next"], json!({ "from": REPORT, "year": 2026 }));
    assert_eq!((&status["organs"][0]["facts"], &status["sums"]["owed"]), (&json!(REPORT), &json!(1)));
    let form = get(&watch, "/form?name=zfxxgk");
    let guide = form["known"]["overview.on_request"]["guide"].as_str().expect("a guide");
    assert!(guide.contains("数字用“") && !guide.contains("{{"), "{guide}");
    let (code, new) = post(&watch, "/new", &json!({ "organ": "乙局", "form": "zfxxgk", "year": 2025 }));
    assert_eq!((code, &new["name"]), (200, &json!("reports/乙局/2025.toml")), "{new}");
    assert_eq!(
        post(&watch, "/new", &json!({ "organ": "乙局", "form": "zfxxgk", "year": 2025 })).0,
        422,
        "not overwritten"
    );
    let (code, next) = post(&watch, "/roll", &json!({ "name": REPORT }));
    assert_eq!((code, &next["name"]), (200, &json!("reports/机关/2026.toml")), "{next}");
    // New reports come to the list of themselves.
    let is_listed = |name: &str| watch.comes(|watch| watch.get(&format!("/report?name={}", encoded(name))).0 == 200);
    assert!(is_listed("reports/乙局/2025.toml") && is_listed("reports/机关/2026.toml"));
    let owed = |year: &str| {
        let status = get(&watch, &format!("/status{year}"));
        let organs = status["organs"].as_array().expect("rows").iter();
        let facts: Vec<Value> = organs.map(|row| row["facts"].clone()).collect();
        (status["all_years"].clone(), facts)
    };
    let years = json!([2025, 2026]);
    assert_eq!(owed("?year=2025"), (years.clone(), vec![json!("reports/乙局/2025.toml"), json!(REPORT)]));
    assert_eq!(owed(""), (years, vec![Value::Null, json!("reports/机关/2026.toml")]));
    let missing = report(&watch, "reports/乙局/2025.toml");
    assert!(missing["done"]["errors"].as_u64() > Some(0), "{}", missing["done"]);
    watch.end();
}

/// A file comes in parts, and where each value was read in it can be looked up afterwards.
#[test]
fn what_was_published_is_read_into_facts() {
    let watch = edited(Project::with(&plain_facts()));
    watch.project.build(&["--format", "html", "reports/机关/2025.toml", "--out", "page"]);
    let page = watch.project.read("page/机关/2025.html");
    let (head, tail) = page.split_at(page.len() / 2);
    let base64 = |bytes: &[u8]| {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for part in bytes.chunks(3) {
            let number =
                part.iter().enumerate().fold(0_usize, |sum, (at, byte)| sum | usize::from(*byte) << (16 - 8 * at));
            for at in 0..4 {
                let letter = if at <= part.len() { char::from(LETTERS[number >> (18 - 6 * at) & 63]) } else { '=' };
                out.push(letter);
            }
        }
        out
    };
    assert_eq!(post(&watch, "/upload", &json!({ "is_first": true, "base64": base64(head) })).0, 200);
    let request = json!({ "file": "上年.html", "base64": base64(tail), "organ": "丙局", "year": 2024 });
    let (code, imported) = post(&watch, "/import", &request);
    assert_eq!((code, &imported["name"]), (200, &json!("reports/丙局/2024.toml")), "{imported}");
    assert_eq!(imported["count"]["read"], 200, "{imported}");
    let name = format!("/report?name={}", encoded("reports/丙局/2024.toml"));
    assert!(watch.comes(|watch| watch.get(&name).0 == 200));
    let sources = get(&watch, &format!("/sources?name={}", encoded("reports/丙局/2024.toml")));
    let licences = &sources["values"]["proactive.licences"];
    assert_eq!(
        (&sources["file"], &licences["raw"], &licences["sure"]),
        (&json!("上年.html"), &json!("0"), &json!(true))
    );
    assert_eq!(licences["place"]["zh"], "第2个表格第3行第2列", "{licences}");
    let own = String::from_utf8(watch.project.read("reports/丙局/2024.toml")).expect("text");
    watch.project.write(
        "reports/丙局/2024.toml",
        own.lines().filter(|line| !line.contains("blake3")).collect::<Vec<_>>().join("\n"),
    );
    let of_another = get(&watch, &format!("/sources?name={}", encoded("reports/丙局/2024.toml")));
    assert_eq!(of_another, Value::Null, "facts of another file have other sources");
    assert_eq!(
        get(&watch, &format!("/sources?name={}", encoded(REPORT))),
        Value::Null,
        "what was not imported has none"
    );
    assert_eq!(post(&watch, "/import", &json!({ "file": "x.pdf", "base64": "!" })).0, 422);
    watch.end();
}

/// What the page is told of a figure that is added up.
#[test]
fn a_figure_of_organs_shows_its_parts() {
    let project = Project::with(&plain_facts().replace("licences = 0", "licences = 4"));
    project.write("reports/乙局/2025.toml", plain_facts().replace("licences = 0", "licences = 5"));
    let government = plain_facts().replace("licences = 0\n", "");
    let name = "reports/县政府/2025.toml";
    project
        .write(name, government.replacen("\n[organ]", "\n[consolidates]\norgans = [\"机关\", \"乙局\"]\n\n[organ]", 1));
    let watch = edited(project);
    let held = value(&report(&watch, name), "proactive.licences").clone();
    assert_eq!((&held["written"], &held["value"], &held["state"]), (&Value::Null, &json!("9"), &json!("organs")));
    let parts = |watch: &Watch| get(watch, &format!("/parts?name={}&key=proactive.licences", encoded(name)));
    let of = |parts: &Value| {
        parts["parts"].as_array().expect("parts").iter().map(|part| part["figure"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of(&parts(&watch)), ["4", "5"]);
    let (code, _) = save_to(&watch, REPORT, &[edit("proactive.licences", Some("4"), Some("6"))]);
    assert_eq!((code, of(&parts(&watch))), (200, vec![json!("6"), json!("5")]));
    assert_eq!(value(&report(&watch, name), "proactive.licences")["value"], "11");
    watch.end();
}

/// Every form is filled in from empty to what its example says, value by value.
#[test]
fn every_form_is_filled_in_by_typing() {
    for form in ["zfxxgk", "wznb", "foia"] {
        let example = text(format!("templates/{form}/example.toml"));
        let project = Project::new();
        project.write("reports/例/2025.toml", &example);
        let run = project.run(["new", "新局", "--form", form, "--year", "2025"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let watch = edited(project);
        let (from, to) = ("reports/例/2025.toml", "reports/新局/2025.toml");
        let source = report(&watch, from);
        let values = source["values"].as_object().expect("values");
        for (key, held) in values.iter().filter(|(_, held)| held["written"].is_string()) {
            let was = value(&report(&watch, to), key)["written"].as_str().map(str::to_owned);
            let (code, answer) = save_to(&watch, to, &[edit(key, was.as_deref(), held["written"].as_str())]);
            assert_eq!((code, &answer["refused"]), (200, &json!([])), "{form} {key}: {answer}");
        }
        let filled = report(&watch, to);
        let written = |report: &Value| -> BTreeMap<String, Value> {
            let values = report["values"].as_object().expect("values").iter();
            values.map(|(key, held)| (key.clone(), held["value"].clone())).collect()
        };
        assert_eq!(written(&filled), written(&source), "{form}");
        assert_eq!(
            (&filled["done"]["errors"], &filled["done"]["filled"]),
            (&json!(0), &filled["done"]["cells"]),
            "{form}"
        );
        watch.end();
    }
}

/// Edits of two pages and of another program in any order: none is lost, and none is written over one that was not seen.
#[test]
fn no_edit_is_lost_in_a_thousand_interleavings() {
    const KEYS: [&str; 4] = ["proactive.licences", "proactive.penalties", "proactive.coercions", "proactive.fees"];
    let watch = edited(Project::with(&plain_facts()));
    let mut rng = Rng::with_seed(7);
    let mut truth: BTreeMap<&str, String> = KEYS.iter().map(|key| (*key, "0".to_owned())).collect();
    let mut seen = [truth.clone(), truth.clone()];
    let (mut conflicts, mut saves) = (0, 0);
    for step in 1..=1000 {
        let (key, now) = (KEYS[rng.usize(..KEYS.len())], step.to_string());
        match rng.usize(..3) {
            2 => {
                let own = key.rsplit('.').next().expect("a name");
                let (before, was) = (facts(&watch), &truth[key]);
                let line = before.lines().find(|line| line.starts_with(own)).expect("the line").to_owned();
                assert_eq!(line, format!("{own} = {was}"));
                watch.project.write(REPORT, before.replacen(&line, &format!("{own} = {now}"), 1));
                truth.insert(key, now);
            }
            page => {
                let answer = save(&watch, &[edit(key, Some(&seen[page][key]), Some(&now))]);
                if answer["saved"] == true {
                    assert_eq!(
                        seen[page][key], truth[key],
                        "{key} was written over {}, which was not seen",
                        truth[key]
                    );
                    saves += 1;
                    truth.insert(key, now.clone());
                    seen[page].insert(key, now);
                } else {
                    conflicts += 1;
                    assert_eq!(answer["conflicts"][0]["found"], truth[key].as_str());
                    seen[page].insert(key, truth[key].clone());
                }
            }
        }
    }
    let end = report(&watch, REPORT);
    for key in KEYS {
        assert_eq!(value(&end, key)["written"], truth[key].as_str(), "{key}");
    }
    assert!(saves > 100 && conflicts > 100, "{saves} saves, {conflicts} conflicts");
    watch.end();
}

/// The program is killed while it saves: the file is whole, and at most the last edit is not there.
#[test]
fn a_killed_program_leaves_a_whole_file_and_at_most_loses_the_last_edit() {
    let mut number = 0;
    let mut project = Project::with(&plain_facts());
    for round in 0..10 {
        let watch = edited(project);
        let process = watch.id();
        let killer = thread::spawn(move || {
            thread::sleep(Duration::from_millis(400 + round * 37));
            signal(process, "-KILL");
        });
        let mut saved = number;
        while let Ok(stream) = std::net::TcpStream::connect(&watch.address) {
            drop(stream);
            let next = number + 1;
            let asks = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                save_to(
                    &watch,
                    REPORT,
                    &[edit("proactive.licences", Some(&number.to_string()), Some(&next.to_string()))],
                )
            }));
            match asks {
                Ok((200, answer)) if answer["saved"] == true => (number, saved) = (next, next),
                _ => break,
            }
        }
        killer.join().expect("killed");
        let after = facts(&watch);
        let found = after.lines().find_map(|line| line.strip_prefix("licences = ")).expect("the line").to_owned();
        assert!([saved, saved + 1].map(|number| number.to_string()).contains(&found), "{found} after {saved}");
        assert_eq!(after, plain_facts().replace("licences = 0", &format!("licences = {found}")));
        number = found.parse().expect("a number");
        project = watch.leave();
    }
    assert!(number > 20, "{number} saves");
    let left = project.files().into_iter().filter(|name| name.starts_with("reports/") && name != REPORT);
    assert!(left.count() <= 1, "what is half written is cleared away by the next start");
    let _ = fs::metadata(project.path(REPORT)).expect("the file");
}

/// The state of a report, once its sheets are drawn and it is known where its values stand.
fn placed(watch: &Watch, name: &str) -> Value {
    let mut version = 0;
    for _ in 0..50 {
        let state = get(watch, &format!("/state?after={version}&report={}", encoded(name)));
        let whole = get(watch, &format!("/state?after=0&report={}", encoded(name)));
        if whole["areas"].is_object() && whole["what"] == "now" {
            return whole;
        }
        version = state["version"].as_u64().expect("a version");
    }
    panic!("nothing was placed");
}

/// The words of a PDF within an area of a sheet.
fn words_within(words: &[Word], size: (f64, f64), area: &Value) -> String {
    let edge = |at: usize| area[at].as_f64().expect("an edge") / 10_000.0;
    let sheet = area[0].as_u64().expect("a sheet");
    let within = |word: &&Word| {
        let (x, y) = (f64::midpoint(word.edges[0], word.edges[2]) / size.0, word.middle() / size.1);
        word.page as u64 == sheet + 1 && (edge(1)..=edge(3)).contains(&x) && (edge(2)..=edge(4)).contains(&y)
    };
    words.iter().filter(within).map(|word| word.text.as_str()).collect()
}

/// A project with a report of a form that has templates of its own, whose page is changed.
fn with_census(change: impl Fn(&str) -> String) -> Project {
    let project = Project::new();
    for file in ["form.toml", "report.html.tera", "report.typ.tera"] {
        let own = text(format!("tests/second_form/templates/census/{file}"));
        project.write(&format!("templates/census/{file}"), if file == "report.typ.tera" { change(&own) } else { own });
    }
    project.write("reports/例/1881.toml", text("tests/second_form/facts.toml"));
    project
}

fn edited_with_sheets(project: Project) -> Watch {
    Watch::with(project, "[build]\nengine = \"embedded\"\n", "exec nianbao edit --no-open")
}

/// Where the page says that a value stands on the sheets, another reader finds that value in the PDF, of forms of the program and of
/// one with templates of its own.
#[test]
fn every_figure_is_where_the_page_says() {
    for form in ["zfxxgk", "wznb", "foia", "census"] {
        let (is_own, year) = if form == "census" { (true, 1881) } else { (false, 2025) };
        let project = if is_own { with_census(str::to_owned) } else { Project::new() };
        let name = format!("reports/例/{year}.toml");
        if !is_own {
            project.write(&name, text(format!("templates/{form}/example.toml")));
        }
        let watch = edited_with_sheets(project);
        let state = placed(&watch, &name);
        let (report, shape) = (report(&watch, &name), get(&watch, &format!("/form?name={form}")));
        let built = watch.project.path(&format!("build/例/{year}.pdf"));
        assert!(watch.comes(|_| built.is_file()), "{}", watch.log());
        let (words, size) = pdf::words_and_size(&built);
        let mut figures = 0;
        for (key, known) in shape["known"].as_object().expect("keys") {
            let value = &report["values"][key]["value"];
            let is_figure = ["count", "amount"].iter().any(|kind| known["kind"] == *kind);
            let Some(value) = value.as_str().filter(|value| is_figure && !value.is_empty()) else { continue };
            let areas = state["areas"][key].as_array().unwrap_or_else(|| panic!("{form} {key} is nowhere"));
            assert_eq!(areas.len(), 1, "{form} {key}");
            let found = words_within(&words, size, &areas[0]).replace(',', "");
            // A form may print more decimals than the facts have.
            let is_same = found.parse::<Decimal>().is_ok_and(|found| Ok(found) == value.parse());
            assert!(is_same || found == value, "{form} {key}: {found} for {value}");
            figures += 1;
        }
        let least = if is_own { 8 } else { 20 };
        assert!(figures >= least, "{form}: {figures}");
        watch.end();
    }
}

/// What is written while sheets are looked at is what `build` writes, its markup too.
#[test]
fn files_are_those_of_build_though_sheets_are_traced() {
    let project = Project::new();
    project.write("reports/例/2025.toml", text("templates/zfxxgk/example.toml"));
    let settings = "[build]\nengine = \"embedded\"\nformats = [\"pdf\", \"typ\"]\n";
    let watch = Watch::with(project, settings, "exec nianbao edit --no-open");
    let name = "reports/例/2025.toml";
    placed(&watch, name);
    // What is written after this was drawn before.
    let was = value(&report(&watch, name), "proactive.licences")["written"].as_str().map(str::to_owned);
    assert_eq!(save_to(&watch, name, &[edit("proactive.licences", was.as_deref(), Some("77"))]).1["saved"], true);
    let facts = String::from_utf8(watch.project.read(name)).expect("text");
    assert!(watch.comes(|watch| watch.is_built("例", &facts)), "{}", watch.log());
    let run = watch.project.run(["build", "--format", "pdf,typ", "--out", "again"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    for kind in ["pdf", "typ"] {
        let of = |folder: &str| watch.project.read(&format!("{folder}/例/2025.{kind}"));
        assert!(of("build") == of("again"), "{kind}");
    }
    watch.end();
}

/// A template that does something else with a value than to print it has its page, and nothing is said of places on it.
#[test]
fn no_place_is_guessed() {
    let three = "{% for section in sections %}{% for block in section.blocks %}{% if block.kind == \"table\" %}\
                 {% for part in block.blocks %}{% for row in part.body %}{% for cell in row.cells %}\
                 {% if cell.text == \"3\" %}three {% endif %}{% endfor %}{% endfor %}{% endfor %}{% endif %}{% endfor %}{% endfor %}";
    let title = "#title[{{ full_title }}]";
    let watch = edited_with_sheets(with_census(|page| page.replace(title, &format!("{title} {three}"))));
    let name = "reports/例/1881.toml";
    let state = watch.shows(name, "now");
    let built = watch.project.path("build/例/1881.pdf");
    assert!(watch.comes(|_| built.is_file()), "{}", watch.log());
    assert!(pdf::words(&built).iter().any(|word| word.text == "three"));
    assert_eq!((&state["areas"], &watch.state(name)["areas"]), (&Value::Null, &Value::Null));
    watch.end();
}

fn errors(report: &Value) -> Vec<&Value> {
    report["problems"].as_array().expect("problems").iter().filter(|one| one["severity"] == "error").collect()
}

/// What each field shows.
fn shown(report: &Value) -> BTreeMap<&str, &Value> {
    report["values"].as_object().expect("values").iter().map(|(key, held)| (key.as_str(), &held["value"])).collect()
}

/// The keys of what is written otherwise in the one report than in the other.
fn written_otherwise<'a>(one: &'a Value, other: &Value) -> Vec<&'a str> {
    let values = one["values"].as_object().expect("values").iter();
    let others = values.filter(|(key, held)| held["written"] != value(other, key)["written"]);
    others.map(|(key, _)| key.as_str()).collect()
}

/// The edits that one click makes at a problem: its fix, or at a total that is not the sum of its parts, the sum.
fn clicks(report: &Value, problem: &Value) -> Vec<Value> {
    let fix = problem["fix_edits"].as_array().cloned().into_iter();
    let total = problem["keys"][0].as_str().filter(|_| problem["code"] == "wrong-total").map(|key| {
        let held = value(report, key);
        vec![edit(key, held["written"].as_str(), held["computed"].as_str())]
    });
    fix.chain(total).filter(|edits| edits.len() == 1).map(|mut edits| edits.remove(0)).collect()
}

/// The figures of a report with what is written there, and one more than that.
fn faults(report: &Value, shape: &Value) -> Vec<(String, Option<String>, String)> {
    let known = shape["known"].as_object().expect("keys").iter();
    let figures = known.filter(|(_, known)| known["kind"] == "count");
    let fault = |(key, _): (&String, &Value)| {
        let held = value(report, key);
        let (written, shown) = (held["written"].as_str(), held["value"].as_str());
        let number: u64 = written.or(shown)?.parse().ok()?;
        Some((key.clone(), written.map(str::to_owned), (number + 1).to_string()))
    };
    figures.filter_map(fault).collect()
}

/// A figure that is off by one, which a check sees, is among the cells of the problem, whether or not these are written in the file.
#[test]
fn a_fault_is_shown_at_its_cells() {
    for (form, least) in [("zfxxgk", 170), ("foia", 18), ("wznb", 4)] {
        let project = Project::new();
        project.write(REPORT, text(format!("templates/{form}/example.toml")));
        let watch = edited(project);
        let (whole, shape) = (report(&watch, REPORT), get(&watch, &format!("/form?name={form}")));
        let mut seen = 0;
        for (key, was, now) in faults(&whole, &shape) {
            let edits = json!({ "values": [edit(&key, was.as_deref(), Some(&now))] });
            let (_, tried) = post(&watch, "/try", &json!({ "name": REPORT, "edits": edits }));
            let keys: Vec<&Value> =
                errors(&tried).iter().flat_map(|one| one["keys"].as_array().expect("keys")).collect();
            assert!(keys.is_empty() || keys.contains(&&json!(key)), "{form} {key}: {tried}");
            seen += usize::from(!keys.is_empty());
        }
        assert!(seen >= least, "{form}: {seen}");
        watch.end();
    }
}

/// Where all totals are written, one click mends a figure that is off by one, by a change of one value: where two sums cross, the figure
/// itself; where only one says that something is wrong, its total.
#[test]
fn a_fault_is_mended_by_one_click() {
    let project = Project::new();
    let before = text("tests/cases/accept/full/facts.toml");
    project.write(REPORT, &before);
    let watch = edited(project);
    let (whole, shape) = (report(&watch, REPORT), get(&watch, "/form?name=zfxxgk"));
    assert_eq!(errors(&whole).len(), 0);
    let (mut itself, mut its_total) = (0, 0);
    for (key, was, now) in faults(&whole, &shape) {
        let wrong = save(&watch, &[edit(&key, was.as_deref(), Some(&now))])["report"].clone();
        let found = errors(&wrong);
        if !found.is_empty() {
            let clicks: Vec<Value> = found.iter().flat_map(|problem| clicks(&wrong, problem)).collect();
            let click = clicks.iter().find(|one| one["key"] == key.as_str()).or(clicks.first());
            let click = click.unwrap_or_else(|| panic!("nothing to click for {key}"));
            let mended = save(&watch, std::slice::from_ref(click))["report"].clone();
            assert_eq!(errors(&mended).len(), 0, "{key} by {click}");
            assert_eq!(written_otherwise(&wrong, &mended), [&click["key"]], "{key}");
            if click["key"] == key.as_str() {
                assert_eq!(shown(&mended), shown(&whole), "{key}");
                itself += 1;
            } else {
                its_total += 1;
            }
        }
        watch.project.write(REPORT, &before);
    }
    assert_eq!((itself, its_total), (178, 12));
    watch.end();
}

/// A block of text put in at a field, as the page asks for a plan of it: the keys with what would be written, and what was not placed.
fn paste_plan(watch: &Watch, key: &str, text: &str) -> (Value, Vec<String>, Value) {
    let (status, plan) = post(watch, "/paste", &json!({ "form": "zfxxgk", "key": key, "rows": null, "text": text }));
    assert_eq!(status, 200, "{plan}");
    let changes = plan["changes"].as_array().cloned().unwrap_or_default();
    let said = changes
        .iter()
        .map(|one| format!("{}={}", one["key"].as_str().expect("a key"), one["now"].as_str().expect("a text")));
    (plan["by_labels"].clone(), said.collect(), plan["unplaced"].clone())
}

/// Heads that several groups of columns have lead nowhere: the figures go where somebody clicked, not to the first group.
#[test]
fn heads_that_could_be_of_several_columns_place_nothing() {
    let watch = edited(Project::with(&plain_facts()));
    let heads = "结果维持\t结果纠正\t其他结果\t尚未审结\t总计\n";
    let (by_labels, said, _) =
        paste_plan(&watch, "disputes.litigation.direct.upheld", &format!("{heads}1\t2\t3\t4\t10\n"));
    let direct = ["upheld=1", "corrected=2", "other=3", "pending=4", "total=10"];
    assert_eq!(
        (by_labels, said),
        (json!(false), direct.map(|one| format!("disputes.litigation.direct.{one}")).to_vec())
    );
    let named = format!("行政复议\t\t\t\t\n{heads}5\t6\t7\t8\t26\n");
    let (_, said, _) = paste_plan(&watch, "disputes.litigation.direct.upheld", &named);
    assert!(!said.iter().any(|one| one.contains("after_review")), "{said:?}");
    watch.end();
}

/// A number that no label leads to a field is told: left out in silence it would be lost.
#[test]
fn numbers_that_meet_no_label_are_told() {
    let watch = edited(Project::with(&plain_facts()));
    let rows = "一、本年新收政府信息公开申请数量\t1\t2\t3\t4\t5\t6\t21\n二、上年结转申请数\t1\t0\t0\t0\t0\t0\t1\n";
    let (by_labels, said, unplaced) = paste_plan(&watch, "requests.received.natural", rows);
    assert_eq!((by_labels, said.len()), (json!(true), 7));
    assert_eq!(unplaced, json!(["1", "0", "0", "0", "0", "0", "1"]));
    watch.end();
}

/// Where the file as it was cannot be kept, nothing is written, neither then nor later; and what was refused is said of acceptances too.
#[test]
fn nothing_is_written_before_the_file_as_it_was_is_kept() {
    let project = Project::with(&plain_facts());
    project.write("build/kept", "no folder");
    let watch = edited(project);
    for typed in ["7", "8"] {
        let saved = save(&watch, &[edit("proactive.licences", Some("0"), Some(typed))]);
        assert_eq!(saved["refused"][0]["key"], "proactive.licences", "{saved}");
        assert_eq!(facts(&watch), plain_facts());
    }
    let accept = json!({ "accept": [{ "check": "unchanged", "reason": "已核对" }] });
    let (_, saved) = post(&watch, "/save", &json!({ "name": REPORT, "edits": accept }));
    assert_eq!(
        (saved["refused"].as_array().map(Vec::len), &saved["refused"][0]["key"]),
        (Some(1), &Value::Null),
        "{saved}"
    );
    fs::remove_file(watch.project.path("build/kept")).expect("gone");
    save(&watch, &[edit("proactive.licences", Some("0"), Some("9"))]);
    let kept = get(&watch, &format!("/kept?name={}", encoded(REPORT)));
    assert_eq!((kept["copies"].as_array().map(Vec::len), facts(&watch).contains("licences = 9")), (Some(1), true));
    watch.end();
}

/// A copy from before comes back also in the place of what is no text; and spaces around the words of an acceptance change nothing.
#[test]
fn earlier_states_and_acceptances_are_found_again() {
    let own = doubtful_facts();
    let watch = edited(Project::with(&own));
    let found = report(&watch, REPORT)["problems"].as_array().expect("a list")[0].clone();
    let code = found["code"].as_str().expect("a code");
    let accepted = format!("{own}\n[[accept]]\ncheck = \"{code}\"\nreason = \" 口径不同 \"\n");
    watch.project.write(REPORT, &accepted);
    let listed = report(&watch, REPORT)["accepted"][0].clone();
    assert_eq!(listed["reason"], "口径不同");
    let (_, saved) = post(&watch, "/save", &json!({ "name": REPORT, "edits": { "unaccept": [listed] } }));
    assert_eq!((&saved["refused"], facts(&watch).contains("[[accept]]")), (&json!([]), false), "{saved}");
    let kept = get(&watch, &format!("/kept?name={}", encoded(REPORT)));
    watch.project.write(REPORT, [0xff, 0xfe, 0xb2]);
    let copy = json!({ "name": REPORT, "copy": kept["copies"][0]["name"] });
    let (status, restored) = post(&watch, "/restore", &copy);
    assert_eq!((status, &restored["saved"], facts(&watch)), (200, &json!(true), accepted));
    watch.end();
}

/// What is drawn while it is written is shown once it stands there, and not where it cannot be written.
#[test]
fn what_could_not_be_written_is_not_shown() {
    let short = plain_facts().replacen("licences = 0\n", "", 1);
    let project = Project::with(&short);
    project.write("build/kept", "no folder");
    let watch = edited(project);
    let drawn = watch.shows(REPORT, "draft");
    for typed in ["7", "8", "9"] {
        let saved = save(&watch, &[edit("proactive.licences", None, Some(typed))]);
        assert_eq!(saved["refused"][0]["key"], "proactive.licences", "{saved}");
        for _ in 0..20 {
            let state = watch.state(REPORT);
            assert_eq!((&state["what"], &state["web"]), (&drawn["what"], &drawn["web"]), "what stands there is shown");
            thread::sleep(Duration::from_millis(20));
        }
    }
    fs::remove_file(watch.project.path("build/kept")).expect("gone");
    save(&watch, &[edit("proactive.licences", None, Some("9"))]);
    let state = watch.shows(REPORT, "now");
    assert!(watch.web(&state).contains(">9<"), "{}", watch.web(&state));
    watch.end();
}

/// The PDF that is asked for is of the facts as they are now, also right after they were saved.
#[test]
fn no_pdf_is_of_the_facts_from_before() {
    let watch = edited(Project::with(&plain_facts()));
    watch.shows(REPORT, "now");
    let pdf = format!("/pdf?name={}", encoded(REPORT));
    for (was, now) in [("0", "4711"), ("4711", "4712"), ("4712", "4713")] {
        save(&watch, &[edit("proactive.licences", Some(was), Some(now))]);
        assert_eq!(watch.get(&pdf).0, 200);
        assert!(watch.is_built("机关", &facts(&watch)), "{now}");
    }
    watch.project.write(REPORT, plain_facts().replacen("licences = 0\n", "", 1));
    let asked = Instant::now();
    assert_eq!(watch.get(&pdf).0, 404, "there is none of facts with errors");
    assert!(asked.elapsed() < Duration::from_secs(5), "which need not be waited for");
    watch.end();
}

/// Facts never grow beyond what can be read again.
#[test]
fn a_file_that_could_not_be_read_again_is_not_written() {
    let watch = edited(Project::with(&plain_facts()));
    let keys = [
        "overview.proactive",
        "overview.on_request",
        "overview.management",
        "overview.platform",
        "overview.supervision",
    ];
    let long = "字".repeat(90_000);
    let mut refused = Vec::new();
    for key in keys {
        let was = value(&report(&watch, REPORT), key)["written"].as_str().map(str::to_owned);
        let saved = save(&watch, &[edit(key, was.as_deref(), Some(&long))]);
        refused.extend(saved["refused"].as_array().expect("a list").iter().map(|one| one["problem"]["code"].clone()));
    }
    assert_eq!(refused, [json!("too-large"), json!("too-large")]);
    assert_eq!(report(&watch, REPORT)["unreadable"], json!([]));
    watch.end();
}
