//! Reports at the limits of the page, read back from their PDFs: long names, rare characters, many pages, long figures.

use crate::support::{self, Project, pdf, squeezed, text, web};

fn built(name: &str) -> Project {
    let project = Project::with(&text(format!("tests/cases/accept/{name}/facts.toml")));
    project.build(&["--engine", support::ENGINE, "--format", "pdf"]);
    project
}

const PDF: &str = "build/机关/2025.pdf";

/// Words at each height of each page, from left to right.
fn lines(words: &[pdf::Word]) -> Vec<Vec<&pdf::Word>> {
    let mut lines: Vec<Vec<&pdf::Word>> = Vec::new();
    for word in words {
        match lines.iter_mut().find(|line| line[0].page == word.page && (line[0].middle() - word.middle()).abs() < 1.0)
        {
            Some(line) => line.push(word),
            None => lines.push(vec![word]),
        }
    }
    lines.iter_mut().for_each(|line| line.sort_by(|a, b| a.edges[0].total_cmp(&b.edges[0])));
    lines
}

/// Every figure of nine and ten digits stands whole in its own cell, apart from its neighbours, within the type area.
#[test]
fn figures_of_ten_digits_fit_every_column_at_once() {
    let project = built("eight-digits");
    let words = pdf::words(&project.path(PDF));
    let is_figure = |word: &&&pdf::Word| word.text.len() >= 8 && word.text.chars().all(|c| c.is_ascii_digit());
    let rows: Vec<Vec<&pdf::Word>> =
        lines(&words).iter().map(|line| line.iter().filter(is_figure).copied().collect()).collect();
    let of = |length: usize| rows.iter().filter(|row| row.len() == length).collect::<Vec<_>>();
    assert_eq!((of(7).len(), of(15).len(), of(3).len()), (25, 1, 2));
    for row in &rows {
        for pair in row.windows(2) {
            assert!(pair[0].edges[2] + 1.0 < pair[1].edges[0], "{} runs into {}", pair[0].text, pair[1].text);
        }
        for word in row {
            assert!(word.edges[0] > 28.0 * 72.0 / 25.4 && word.edges[2] < 184.0 * 72.0 / 25.4, "{word:?}");
        }
    }
    assert!(words.iter().any(|word| word.text == "11398889.123456"));
    assert_eq!(of(15)[0].iter().filter(|word| word.text == "22398889").count(), 3);
}

#[test]
fn a_name_of_forty_characters_stands_whole_over_the_title() {
    let project = built("long-name");
    let name = "新疆维吾尔自治区伊犁哈萨克自治州察布查尔锡伯自治县住房和城乡建设局城市管理行政执法大队一";
    let name: String = name.chars().take(40).collect();
    let document = pdf::read(&project.path(PDF));
    assert_eq!(squeezed(&document.paragraphs[0]), format!("{name}2025年政府信息公开工作年度报告"));
    let words = pdf::words(&project.path(PDF));
    // The blank half of a bracket at a line's end hangs out of it.
    let hangs = |word: &pdf::Word| {
        if word.text.ends_with(['〕', '）', '》', '。', '，', '；', '、']) { 8.0 } else { 0.5 }
    };
    for word in &words {
        assert!(word.edges[2] <= 184.0 * 72.0 / 25.4 + hangs(word), "{word:?} leaves the type area");
    }
}

#[test]
fn rare_characters_are_drawn() {
    let project = built("rare-characters");
    let read = squeezed(&pdf::plain(&project.path(PDF)));
    for c in ['硚', '浉', '埇', '𬭚', '㼆', '䶮'] {
        assert!(read.contains(c), "{c} is not in the PDF");
    }
}

#[test]
fn thirty_pages_are_numbered_and_whole() {
    let project = built("thirty-pages");
    let words = pdf::words(&project.path(PDF));
    let pages = words.iter().map(|word| word.page).max().expect("pages");
    assert!(pages >= 30, "{pages}");
    for page in 1..=pages {
        let numbered = lines(&words).into_iter().any(|line| {
            line[0].page == page
                && line.iter().map(|word| word.text.as_str()).collect::<String>() == format!("—{page}—")
        });
        assert!(numbered, "page {page} has no number");
    }
    let facts: toml::Table = text("tests/cases/accept/thirty-pages/facts.toml").parse().expect("TOML");
    let prose = facts["overview"]["proactive"].as_str().expect("prose");
    let (read, count) = pdf::running_text(&project.path(PDF));
    assert!(read.contains(&squeezed(prose)), "{read}");
    project.build(&["--format", "html"]);
    let page = web::page(&project, "build/机关/2025.html");
    assert_eq!(count, web::texts(&page, "p").len() + 1, "the title is no paragraph of the web page");
}

#[test]
fn what_does_not_apply_is_not_zero_and_not_blank() {
    let project = built("not-applicable");
    let tables = pdf::read(&project.path(PDF)).tables;
    assert_eq!(tables[0].last().map(|row| row[1..].to_vec()), Some(vec!["0".to_owned(); 3]));
    assert_eq!(tables[0][2][1..], ["/", "/", "/"]);
    assert!(tables[2].iter().any(|row| row[0] == "行政强制" && row[1] == "/"), "{:?}", tables[2]);
}

#[test]
fn lists_tables_bold_and_links_come_out_of_prose() {
    let project = built("rich-prose");
    let document = pdf::read(&project.path(PDF));
    let table = document.tables.iter().find(|table| table[0][0] == "月份").expect("the table of the prose");
    assert_eq!(table[1..], [["一月", "3"].map(str::to_owned), ["二月", "12"].map(str::to_owned)]);
    let read = squeezed(&pdf::plain(&project.path(PDF)));
    for words in ["制度：修订*两项*办法。", "培训两次；", "考核一次。", "平台：见网站。"] {
        assert!(read.contains(words), "{words}");
    }
}

/// Charts are drawn where they are asked for, with their figures in words for readers who cannot see them; the years
/// before come from the files beside.
#[test]
fn charts_are_drawn_when_asked_for_and_say_their_figures() {
    let facts = text("tests/cases/accept/full/facts.toml");
    let project = Project::with(&facts);
    let last = facts
        .replace("year = 2025", "year = 2024")
        .replace("carried_out = { natural = 103, total = 103 }", "carried_out = { natural = 34, total = 34 }")
        .replace("received = { natural = 3001", "received = { natural = 2932")
        .replace("other = 4, total = 3119 }", "other = 4, total = 3050 }");
    project.write("reports/机关/2024.toml", last);
    let page = |args: &[&str]| {
        let run = project.run(["build", "2025", "--engine", support::ENGINE].iter().chain(args));
        assert_eq!(run.status, 0, "{}", run.stderr);
        let html = String::from_utf8(project.read("build/机关/2025.html")).expect("UTF-8");
        (html, pdf::plain(&project.path(PDF)), project.read(PDF))
    };
    let (html, words, _) = page(&[]);
    assert!(!html.contains("<figure") && !words.contains("三年来的申请"));
    let (html, words, bytes) = page(&["--charts"]);
    assert_eq!(html.matches("<figure class=\"chart\">").count(), 3);
    assert!(html.contains("<th scope=\"row\">无法提供</th>") && html.contains("</span> 781</td>"));
    let words = squeezed(&words);
    for said in ["三年来的申请（件）", "新收2024", "新收2025", "自然人"] {
        assert!(words.contains(said), "{said}");
    }
    // The alternative text of the figures, as UTF-16 in the structure tree.
    let structure = pdf::structure(&project.path(PDF));
    assert_eq!(structure.matches("Figure").count(), 3, "{structure}");
    assert!(!bytes.is_empty());
    project.write("nianbao.toml", "[build]\ncharts = true\n");
    assert!(page(&[]).0.contains("<figure class=\"chart\">"));
}
