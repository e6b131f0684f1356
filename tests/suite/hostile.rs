//! Text that could mean something to Markdown, Typst, HTML or Tera comes out as the text that went in.

use crate::support::{self, Project, pdf, plain_facts, squeezed, web};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// Pieces that mean something to some language on the way.
#[rustfmt::skip]
const MEANING: &[&str] = &[
    "#", "#read(\"/etc/passwd\")", "#let x = 1;", "$x^2$", "*", "**", "_", "__", "`", "```", "\\", "\\u{41}", "@a",
    "<b>", "</p>", "<script>", "&lt;", "&", "//", "/*", "*/", "--", "---", "...", "~", "'", "\"", "= ", "- ", "+ ",
    "1. ", "/ a: b", "[", "]", "[a](b)", "![a](b)", "(", ")", "{{", "}}", "{{ x", "{%", "%}", "{#", "#}", "{", "}",
    "http://a.cn", "|", "^", "%", ";", ":", "\u{202e}", "\u{2067}", "\u{2069}", "\u{200b}", "\u{feff}", "!", "?",
    ">", "<!--", "]]>", "\t", "  ",
];

/// Pieces that mean something somewhere, between pieces that mean nothing.
fn text() -> impl Strategy<Value = String> {
    let meaning = prop::sample::select(MEANING);
    let plain = prop::sample::select(vec![
        "甲",
        "乙，",
        "丙。",
        "“丁”",
        "（戊）",
        "a",
        "Z",
        "0",
        "12",
        "硚",
        "埇",
        "浉",
        "　",
        "·",
    ]);
    prop::collection::vec(prop_oneof![meaning, plain], 1..40).prop_map(|pieces| pieces.concat())
}

/// The Markdown that means just this text.
fn as_markdown(text: &str) -> String {
    text.chars().flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c])).collect()
}

/// What a reader can see of a text: no white space, and none of the characters that are never drawn.
fn visible(text: &str) -> String {
    squeezed(text).chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{ad}')).collect()
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn with(prose: &str, line: &str) -> String {
    plain_facts()
        .replace("management = \"信息发布前逐件审核。\"", &format!("management = {}", quoted(prose)))
        .replace("[overview]", &format!("address = {}\n\n[overview]", quoted(line)))
}

#[test]
fn whatever_is_written_is_read() {
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 32,
        failure_persistence: None,
        max_shrink_iters: 20,
        ..ProptestConfig::default()
    });
    let texts =
        (text(), text()).prop_filter("something to see", |(a, b)| !visible(a).is_empty() && !visible(b).is_empty());
    let outcome = runner.run(&texts, |(prose, line)| {
        // A line may not turn the writing direction; that is an error of its own.
        let line: String = line.chars().filter(|c| !matches!(c, '\t' | '\u{202e}' | '\u{2067}' | '\u{2069}')).collect();
        prop_assume!(!visible(&line).is_empty());
        let project = Project::with(&with(&as_markdown(&prose), &line));
        project.build_in_spite_of_warnings(&["--engine", support::ENGINE]);
        // The page's whole text: Poppler's structure reader leaves out pieces whose text is given beside the glyphs.
        let read = visible(&pdf::plain(&project.path("build/机关/2025.pdf")));
        prop_assert!(read.contains(&visible(&prose)), "prose {prose:?}\n{read}");
        prop_assert!(read.contains(&visible(&format!("地址：{line}"))), "line {line:?}\n{read}");
        let page = web::page(&project, "build/机关/2025.html");
        let read: Vec<String> = web::texts(&page, "p").iter().map(|text| squeezed(text)).collect();
        prop_assert!(read.contains(&visible(&prose)), "prose {prose:?}\n{read:#?}");
        prop_assert_eq!(squeezed(&web::texts(&page, "dd")[0]), visible(&line));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

#[test]
fn the_hostile_case_reads_as_it_was_written() {
    let facts = support::text("tests/cases/accept/hostile/facts.toml");
    let project = Project::with(&facts);
    project.build_with_notes(&["--engine", support::ENGINE]);
    let table: toml::Table = facts.parse().expect("TOML");
    let document = pdf::read(&project.path("build/机关/2025.pdf"));
    let read: Vec<String> = document.paragraphs.iter().map(|text| visible(text)).collect();
    let page = web::page(&project, "build/机关/2025.html");
    let shown: Vec<String> = web::texts(&page, "p").iter().map(|text| squeezed(text)).collect();
    for key in ["management", "platform"] {
        let prose = table["overview"][key].as_str().expect("prose");
        // A backslash before a punctuation mark means the mark itself.
        let unescaped = |text: &str| {
            let mut before = None;
            let kept = text.chars().zip(text.chars().skip(1).map(Some).chain([None])).filter(|(c, next)| {
                let escapes =
                    *c == '\\' && before != Some('\\') && next.is_some_and(|next| next.is_ascii_punctuation());
                before = if escapes { Some('\\') } else { None };
                !escapes
            });
            kept.map(|(c, _)| c).collect::<String>()
        };
        for paragraph in prose.trim().split("\n\n").map(unescaped) {
            assert!(read.contains(&visible(&paragraph)), "not in the PDF: {paragraph}\n{read:#?}");
            assert!(shown.contains(&visible(&paragraph)), "not on the page: {paragraph}");
        }
    }
    let address = table["organ"]["address"].as_str().expect("a line");
    assert!(read.contains(&visible(&format!("地址：{address}"))), "{read:#?}");
    assert_eq!(squeezed(&web::texts(&page, "dd")[0]), squeezed(address));
}

#[test]
fn places_with_rare_names_find_a_face() {
    for place in ["硚口区", "浉河区", "埇桥区", "瀍河区", "鄠邑区"] {
        let project = Project::with(&plain_facts().replace("示例区水务局", &format!("{place}水务局")));
        project.build(&["--engine", support::ENGINE, "--format", "pdf"]);
        let read = squeezed(&pdf::plain(&project.path("build/机关/2025.pdf")));
        assert!(read.starts_with(&format!("{place}水务局")), "{read}");
    }
}

/// Prose of the length of a book, and a line without a place to break it.
#[test]
fn long_prose_comes_out_whole() {
    let paragraphs: Vec<String> = (1..=400).map(|n| format!("第{n}段，{}。", "内容".repeat(n % 60 + 1))).collect();
    let line = "甲".repeat(2000);
    let project = Project::with(&with(&paragraphs.join("\n\n"), &line));
    // Such prose repeats itself, and the program says so; the page is made all the same.
    project.build_in_spite_of_warnings(&["--engine", support::ENGINE]);
    let (read, count) = pdf::running_text(&project.path("build/机关/2025.pdf"));
    assert!(read.contains(&paragraphs.concat()), "{read}");
    assert!(read.contains(&format!("地址：{line}")));
    let page = web::page(&project, "build/机关/2025.html");
    // The title, and the lines of contact, which are a list on the web page.
    let others = 1 + web::texts(&page, "dd").len();
    assert_eq!(count, web::texts(&page, "p").len() + others);
}

/// Collections (`.ttc`) serve as well as single faces: here Noto CJK, which Debian ships as collections, serves alone.
#[test]
fn collections_serve() {
    let form = support::text("templates/zfxxgk/form.toml");
    let start = form.find("[fonts.title]").expect("the first role");
    let end = form.find("# 表格以外的各项").expect("what follows the roles");
    let role = |name: &str, family: &str| format!("[fonts.{name}]\nfamilies = [\"{family}\"]\n\n");
    let serif = ["title", "body", "subheading", "table"].map(|name| role(name, "Noto Serif CJK SC")).concat();
    let project = Project::with(&plain_facts());
    let roles = serif + &role("heading", "Noto Sans CJK SC");
    project.write("templates/zfxxgk/form.toml", format!("{}{roles}{}", &form[..start], &form[end..]));
    project.build(&["--engine", support::ENGINE, "--format", "pdf"]);
    let path = project.path("build/机关/2025.pdf");
    let fonts = pdf::fonts(&path);
    assert!(fonts.iter().any(|name| name.contains("NotoSerifCJK")), "{fonts:?}");
    assert!(fonts.iter().all(|name| name.contains("CJK")), "{fonts:?}");
    assert_eq!(pdf::read(&path).headings.len(), 11);
}
