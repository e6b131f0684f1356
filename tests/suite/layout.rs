//! The measures of GB/T 9704-2012, read back from the PDF of a shipped report. `docs/layout.md` has the figures.

use std::collections::BTreeSet;

use crate::support;
use crate::support::pdf::{Word, fonts, words};
use crate::support::{Project, text};

/// Millimetres in points.
const MM: f64 = 72.0 / 25.4;
/// What the standard allows the margins to be off.
const MARGIN: f64 = 1.0 * MM;

fn report() -> (Project, Vec<Word>) {
    let project = Project::new();
    project.write("reports/湛河区应急管理局/2023.toml", text("reports/湛河区应急管理局/2023.toml"));
    project.build(&["--engine", support::ENGINE, "--format", "pdf"]);
    let words = words(&project.path("build/湛河区应急管理局/2023.pdf"));
    (project, words)
}

fn near(measured: f64, wanted: f64, within: f64, what: &str) {
    assert!((measured - wanted).abs() <= within, "{what}: {measured:.2} pt, wanted {wanted:.2} pt");
}

/// Lines of Chinese text that fill the type area, by page and height.
fn full_lines(words: &[Word]) -> Vec<&Word> {
    let is_full = |word: &&Word| word.text.chars().count() >= 25 && word.edges[2] - word.edges[0] > 150.0 * MM;
    words.iter().filter(is_full).collect()
}

#[test]
fn the_type_area_is_where_the_standard_says() {
    let (_project, words) = report();
    let lines = full_lines(&words);
    assert!(lines.len() > 8, "{}", lines.len());
    for line in &lines {
        // So does an opening mark's.
        let hangs = if line.text.starts_with(['〔', '（', '《', '“']) { 8.5 } else { MARGIN };
        near(line.edges[0], 28.0 * MM, hangs, "the left margin");
    }
    let right = lines.iter().map(|line| line.edges[2]).fold(0.0, f64::max);
    // A closing mark's blank half hangs out.
    near(right, 184.0 * MM, 8.5, "the right edge");
    let first = words.iter().filter(|word| word.page == 2).map(|word| word.edges[1]).fold(f64::MAX, f64::min);
    near(first, 37.0 * MM, MARGIN + 3.0, "the top margin");
}

#[test]
fn lines_are_the_22nd_part_of_the_type_area_apart_and_characters_its_28th() {
    let (_project, words) = report();
    let lines = full_lines(&words);
    let mut pitches = Vec::new();
    for pair in lines.windows(2) {
        let step = pair[1].edges[1] - pair[0].edges[1];
        if pair[0].page == pair[1].page && step < 40.0 {
            pitches.push(step);
        }
    }
    assert!(pitches.len() > 3, "{pitches:?}");
    for pitch in pitches {
        near(pitch, 225.0 * MM / 22.0, 0.1, "the line pitch");
    }
    let indented = words.iter().find(|word| word.text.starts_with("规范性文件方面")).expect("a paragraph's first line");
    near(indented.edges[0] - 28.0 * MM, 2.0 * 15.75, 0.5, "the indent");
    let heading = words.iter().find(|word| word.text == "一、总体情况").expect("a heading");
    near((heading.edges[2] - heading.edges[0]) / 6.0, 15.75, 0.2, "a character of a heading");
    let title = words.iter().find(|word| word.text == "湛河区应急管理局").expect("the title");
    near((title.edges[2] - title.edges[0]) / 8.0, 22.0, 0.2, "a character of the title");
    near(f64::midpoint(title.edges[0], title.edges[2]), 106.0 * MM, 1.0, "the middle of the title");
}

#[test]
fn page_numbers_stand_outside_one_character_in() {
    let (_project, words) = report();
    let pages = words.iter().map(|word| word.page).max().expect("pages");
    assert_eq!(pages, 5);
    for page in 1..=pages {
        let foot: Vec<&Word> = words.iter().filter(|word| word.page == page && word.edges[1] > 262.0 * MM).collect();
        let said: String = foot.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(said, format!("—{page}—"));
        let (left, right) = (foot[0].edges[0], foot[foot.len() - 1].edges[2]);
        if page % 2 == 1 {
            near(right, 184.0 * MM - 14.0, 3.0, "the right edge of an odd page's number");
        } else {
            near(left, 28.0 * MM + 14.0, 3.0, "the left edge of an even page's number");
        }
    }
}

/// Latin letters and digits have a face of their own, in which a digit is half as wide as a character; quotation marks are those
/// of the Chinese face, as wide as one.
#[test]
fn digits_are_those_of_the_latin_face_and_quotation_marks_of_the_chinese_one() {
    let facts = support::plain_facts().replacen("proactive = \"", "proactive = \"字“字”字\\n\\n字2025字\\n\\n", 1);
    let project = Project::with(&facts);
    project.build_in_spite_of_warnings(&["--engine", support::ENGINE, "--format", "pdf"]);
    let pdf = project.path("build/机关/2025.pdf");
    assert!(
        fonts(&pdf).iter().any(|name| name.contains("LiberationSerif") || name.contains("TimesNewRoman")),
        "{:?}",
        fonts(&pdf)
    );
    let words = words(&pdf);
    for (text, wide) in [("字“字”字", 5.0), ("字2025字", 4.0)] {
        let word = words.iter().find(|word| word.text == text).unwrap_or_else(|| panic!("{text}: {words:?}"));
        near((word.edges[2] - word.edges[0]) / 15.75, wide, 0.05, text);
    }
}

/// A line has no more characters than have room, each with its whole width: no mark is squeezed to let in another. A mark at an end
/// of a line, and one that another follows, have half of theirs. Numbers with units are never parted, which some lines pay for.
#[test]
fn marks_keep_their_width() {
    let (_project, words) = report();
    let is_mark = |c: char| "，。、；：《》（）〔〕“”".contains(c);
    let mut told = 0;
    for line in full_lines(&words).iter().filter(|line| !line.text.contains(|c: char| c.is_ascii_digit())) {
        let characters: Vec<char> = line.text.chars().collect();
        let halves = characters.windows(2).filter(|two| two.iter().all(|c| is_mark(*c))).count()
            + [characters.first(), characters.last()].into_iter().flatten().filter(|c| is_mark(**c)).count();
        let indent = ((line.edges[0] - 28.0 * MM) / 15.75).round();
        let wide = indent + characters.len() as f64 - halves as f64 / 2.0;
        assert!(wide <= 28.5, "{wide}: {}", line.text);
        told += 1;
    }
    assert!(told > 5, "{told}");
}

/// Each table has text of 五号 and stands as far below its heading as the others do, also where heading and table begin a page.
#[test]
fn tables_have_text_of_one_size_and_stand_as_far_below_their_headings() {
    let project = Project::new();
    for report in ["湛河区应急管理局/2023", "淮安市人民政府/2024"] {
        let path = format!("reports/{report}.toml");
        project.write(&path, text(&path));
    }
    project.build(&["--engine", support::ENGINE, "--format", "pdf"]);
    let mut below = Vec::new();
    for report in ["湛河区应急管理局/2023", "淮安市人民政府/2024"] {
        let words = words(&project.path(&format!("build/{report}.pdf")));
        // Characters stand below the upper edge of their cell by its inset.
        for (heading, head, characters, inset) in [
            ("二、主动公开政府信息情况", "第二十条第（一）项", 9.0, 4.0),
            ("三、收到和处理政府信息公开申请情况", "申请人情况", 5.0, 3.0),
            ("四、政府信息公开行政复议、行政诉讼情况", "行政复议", 4.0, 3.0),
        ] {
            let at = words.iter().position(|word| word.text == heading).expect("a heading");
            let head = words[at..].iter().find(|word| word.text == head).expect("the first head of its table");
            assert_eq!(head.page, words[at].page, "{heading}");
            near((head.edges[2] - head.edges[0]) / characters, 10.5, 0.1, "a character of a table");
            below.push(head.edges[1] - words[at].edges[3] - inset);
        }
    }
    for distance in &below {
        near(*distance, below[0], 0.3, "from a heading to its table");
    }
    assert!(below[0] > 7.0, "{below:?}");
}

/// However long the text is, the lines of contact stand together, on a page with the last lines of the text.
#[test]
fn the_lines_of_contact_stay_with_the_text() {
    let project = Project::new();
    let facts = text("templates/zfxxgk/example.toml");
    assert_eq!(facts.matches("existing = \"").count(), 1);
    for paragraphs in 0..24 {
        let more = "这一段只有一行。\\n\\n".repeat(paragraphs);
        let name = facts.replace("示例市示例区水务局", &format!("示例市第{paragraphs}区水务局"));
        let facts = name.replace("existing = \"", &format!("existing = \"{more}"));
        project.write(&format!("reports/{paragraphs}/2025.toml"), facts);
    }
    project.build_in_spite_of_warnings(&["--engine", support::ENGINE, "--format", "pdf"]);
    let mut last_pages = BTreeSet::new();
    for paragraphs in 0..24 {
        let words = words(&project.path(&format!("build/{paragraphs}/2025.pdf")));
        let find =
            |start: &str| words.iter().rfind(|word| word.text.starts_with(start)).unwrap_or_else(|| panic!("{start}"));
        let (end, address, phone) = (find("告的事项。"), find("地址："), find("电话："));
        assert_eq!((end.page, address.page), (phone.page, phone.page), "{paragraphs}");
        near(address.edges[1] - end.edges[1], 2.0 * 225.0 * MM / 22.0, 0.1, "a line is left free");
        near(phone.edges[0], 28.0 * MM + 31.5, 0.5, "the indent of a line of contact");
        last_pages.insert(phone.page);
    }
    assert!(last_pages.len() > 1, "the text ran over the end of a page: {last_pages:?}");
}

/// A date or a number with its unit stands on one line.
#[test]
fn dates_and_numbers_stay_whole() {
    let (_project, words) = report();
    let whole: Vec<&Word> = words.iter().filter(|word| word.text.contains("2023年1月1日至2023年12月31日")).collect();
    assert_eq!(whole.len(), 1, "{:?}", words.iter().filter(|word| word.text.contains("2023年")).collect::<Vec<_>>());
}
