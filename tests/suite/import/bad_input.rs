//! Files that are no report, are more than one, or are made to do harm: each is refused with exit status 2 and words that say why, in
//! either language; nothing is written, and neither time nor memory runs away.

use std::fs::{self, File};
use std::time::Duration;

use fastrand::Rng;

use super::page::{self, Piece};
use super::report::Report;
use crate::support::{Project, Run};

/// The most that a file may take of a processor, where the program is not optimised.
const LONGEST: Duration = Duration::from_secs(25);

/// What is said of a file: its code, in both languages; and that nothing else came of it.
fn refused(project: &Project, name: &str) -> String {
    let before = project.files();
    let mut codes = Vec::new();
    for (language, error) in [("zh", "错误["), ("en", "error[")] {
        let mut command = project.command();
        // No file of a report needs this much memory, whatever it holds.
        command.args(["import", name, "--trace", "trace.json", "--lang", language]);
        #[cfg(unix)]
        let run = {
            let (run, taken) = Run::timed(&command);
            assert!(taken < LONGEST, "{name} takes {taken:?}");
            run
        };
        #[cfg(not(unix))]
        let run = Run::of(&mut command);
        let said = format!("{name}: {} {}", run.stderr, run.stdout);
        assert_eq!(run.status, 2, "{said}");
        assert!(!said.contains("panicked") && !said.contains("src/") && !said.contains("RUST_BACKTRACE"), "{said}");
        assert_eq!(run.stdout, "", "{said}");
        let first = run.stderr.lines().find(|line| line.starts_with(error)).unwrap_or_else(|| panic!("{said}"));
        let (code, message) = first.trim_start_matches(error).split_once("]: ").expect("a code");
        let words = message.split(' ').filter(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic())).count();
        let characters = message.chars().filter(|c| ('一'..='鿿').contains(c)).count();
        assert!(if language == "zh" { characters >= 4 } else { words >= 4 }, "{said}");
        codes.push(code.to_owned());
    }
    assert_eq!(project.files(), before, "{name}: something was written");
    assert_eq!(codes[0], codes[1]);
    codes.swap_remove(0)
}

/// A file of these bytes is refused with this code.
fn is_refused(name: &str, bytes: &[u8], code: &str) {
    let project = Project::new();
    project.write(name, bytes);
    assert_eq!(refused(&project, name), code, "{name}");
}

fn report(seed: u64) -> Vec<Piece> {
    Report::random(&mut Rng::with_seed(seed)).pieces()
}

#[test]
fn what_holds_nothing_is_refused() {
    is_refused("a.pdf", b"", "import-unreadable");
    is_refused("b.html", b" \r\n\t", "import-unreadable");
    is_refused("c.docx", &[0; 4096], "import-unreadable");
    is_refused("d.html", b"<html><body><table><tr><td></td></tr></table></body></html>", "import-unreadable");
    is_refused("e.docx", &page::docx_of(""), "import-unreadable");
    is_refused("f.pdf", &page::file(&[String::new()]), "import-unreadable");
}

#[test]
fn what_is_damaged_is_refused() {
    is_refused("a.pdf", b"%PDF-1.7\nnothing of the kind", "import-unreadable");
    let docx = page::docx(&report(1));
    is_refused("b.docx", &docx[..docx.len() / 2], "import-unreadable");
    is_refused("c.docx", &page::zipped(&[("word/other.xml", "<a/>")]), "import-unreadable");
    is_refused("d.docx", &page::docx_of("<w:p><w:r><w:t>甲</w:p>"), "import-unreadable");
    is_refused("e.zip", &page::zipped(&[("a.txt", "甲")]), "import-unreadable");
    let mut broken = docx.clone();
    let middle = broken.len() / 2;
    broken[middle..middle + 40].fill(0xAA);
    is_refused("f.docx", &broken, "import-unreadable");
}

/// A PDF that was cut short gives what is whole, or nothing; it never ends in anything but an exit status.
#[test]
fn a_file_that_was_cut_short_does_no_harm() {
    let project = Project::new();
    for (kind, bytes) in
        [("pdf", page::pdf(&report(2))), ("html", page::html(&report(2))), ("docx", page::docx(&report(2)))]
    {
        for part in 1..5 {
            let name = format!("{part}.{kind}");
            project.write(&name, &bytes[..bytes.len() * part / 5]);
            let run = project.run(["import", &name, "--dry-run"]);
            assert!((0..=2).contains(&run.status) && !run.stderr.contains("panicked"), "{name}: {}", run.stderr);
            assert!(run.status > 0 && run.stderr.contains("错误["), "{name} is not whole: {}", run.stderr);
        }
    }
}

#[test]
fn what_no_reader_knows_is_refused() {
    is_refused("a.bin", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0", "import-unreadable");
    let mut noise = [0; 2000];
    Rng::with_seed(1).fill(&mut noise);
    is_refused("b.dat", &noise, "import-unreadable");
    let ofd = page::zipped(&[("OFD.xml", "<ofd:OFD xmlns:ofd=\"http://www.ofdspec.org/2016\"/>")]);
    is_refused("c.ofd", &ofd, "import-unreadable");
}

#[test]
fn pictures_are_refused_and_not_guessed_at() {
    let mut picture = Vec::new();
    let mut encoder = png::Encoder::new(&mut picture, 8, 8);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&[255; 64])).expect("a picture");
    is_refused("a.png", &picture, "import-pictures-only");
    is_refused("b.pdf", &scan("q 600 0 0 800 0 0 cm /I Do Q"), "import-pictures-only");
    is_refused("c.html", b"<html><body><img src=a.png><img src=b.png></body></html>", "import-pictures-only");
}

/// A PDF that draws a picture.
fn scan(drawn: &str) -> Vec<u8> {
    page::raw_pdf(&[
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</I 5 0 R>>>>/Contents 4 0 R>>".to_owned(),
        format!("<</Length {}>>\nstream\n{drawn}\nendstream", drawn.len()),
        "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>\nstream\nx\nendstream".to_owned(),
    ])
}

#[test]
fn what_asks_for_a_password_is_refused() {
    let pdf = String::from_utf8(page::pdf(&report(3))).expect("text");
    let key = "00".repeat(32);
    let locked = format!("/Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{key}>/U<{key}>>>/ID[<00><00>]");
    is_refused("a.pdf", pdf.replace("/Root 1 0 R", &locked).as_bytes(), "import-encrypted");
}

/// A font of drawings that says of none which character it is.
#[test]
fn characters_that_only_the_font_knows_are_not_guessed() {
    let drawn = "BT /F1 12 Tf 100 500 Td (aaaaaaaa) Tj ET";
    let shape = "1000 0 0 0 750 750 d1 0 0 750 750 re f";
    let pdf = page::raw_pdf(&[
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>".to_owned(),
        format!("<</Length {}>>\nstream\n{drawn}\nendstream", drawn.len()),
        "<</Type/Font/Subtype/Type3/FontBBox[0 0 750 750]/FontMatrix[0.001 0 0 0.001 0 0]/CharProcs<</a 6 0 R>>/Encoding<</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[1000]>>".to_owned(),
        format!("<</Length {}>>\nstream\n{shape}\nendstream", shape.len()),
    ]);
    is_refused("a.pdf", &pdf, "import-text-unreadable");
}

#[test]
fn a_file_over_the_limit_is_refused_unread() {
    let project = Project::new();
    let file = File::create(project.path("a.pdf")).expect("a file");
    file.set_len((64 << 20) + 1).expect("a sparse file");
    let code = refused(&project, "a.pdf");
    assert!(["import-too-large", "unreadable"].contains(&code.as_str()), "{code}");
    assert!(project.run(["import", "a.pdf"]).stderr.contains("64 MiB"));
}

#[test]
fn a_file_of_too_many_pages_is_refused() {
    let many: Vec<String> = (0..301).map(|_| String::new()).collect();
    is_refused("b.pdf", &page::file(&many), "import-too-large");
}

/// Archives that unpack to far more than they are.
#[test]
fn a_bomb_is_refused() {
    let paragraphs = "<w:p><w:r><w:t>甲</w:t></w:r></w:p>".repeat(2_100_000);
    is_refused("a.docx", &page::docx_of(&paragraphs), "import-too-large");
    let space = format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", " ".repeat(280 << 20));
    is_refused("b.docx", &page::docx_of(&space), "import-too-large");
}

#[test]
fn entities_that_expand_are_refused() {
    let mut types = String::from("<!DOCTYPE a [<!ENTITY a0 \"甲甲甲甲甲甲甲甲甲甲\">");
    for level in 1..10 {
        let before = format!("&a{};", level - 1).repeat(10);
        types.push_str(&format!("<!ENTITY a{level} \"{before}\">"));
    }
    let document =
        format!("{types}]>{}<w:body><w:p><w:r><w:t>&a9;</w:t></w:r></w:p></w:body></w:document>", page::HEAD);
    is_refused("a.docx", &page::docx_part(&document), "import-unreadable");
}

/// A million spans, in whatever way they are asked for.
#[test]
fn spans_without_end_are_bounded() {
    let project = Project::new();
    let wide = "<table><tr><td colspan=1000000 rowspan=1000000>甲<td>1</tr></table>".repeat(50);
    let many = format!("<table><tr>{}</tr></table>", "<td rowspan=65534 colspan=1000>1</td>".repeat(20_000));
    let nested = format!("<p>{}", "<span>甲".repeat(1_000_000));
    let grid = format!("<w:tbl>{}</w:tbl>", "<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"1000000\"/></w:tcPr><w:p/></w:tc><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr>".repeat(1000));
    let files = [
        ("a.html", wide.into_bytes()),
        ("b.html", many.into_bytes()),
        ("c.html", nested.into_bytes()),
        ("d.docx", page::docx_of(&grid)),
    ];
    for (name, bytes) in files {
        project.write(name, bytes);
        let code = refused(&project, name);
        assert!(
            ["import-too-large", "import-table-missing", "import-unreadable"].contains(&code.as_str()),
            "{name}: {code}"
        );
    }
}

#[test]
fn what_goes_round_in_circles_or_into_the_deep_ends() {
    let project = Project::new();
    let cycle = page::raw_pdf(&[
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[2 0 R 2 0 R 3 0 R]/Count 1000000>>".to_owned(),
        "<</Type/Pages/Parent 2 0 R/Kids[2 0 R 3 0 R]/Count 1000000>>".to_owned(),
    ]);
    let arrays = page::raw_pdf(&[
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Kids {} {}/Count 1>>", "[".repeat(200_000), "]".repeat(200_000)),
    ]);
    let operators = page::file(&[format!("{} 1 0 0 1 0 0 cm", "q ".repeat(2_000_000))]);
    let deep = |open: &str, close: &str, depth: usize| format!("{}甲{}", open.repeat(depth), close.repeat(depth));
    let table = deep("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 2000)
        .replace('甲', "<w:p><w:r><w:t>甲</w:t></w:r></w:p>");
    let files = [
        ("a.pdf", cycle),
        ("b.pdf", arrays),
        ("c.pdf", operators),
        ("d.html", deep("<div>", "</div>", 200_000).into_bytes()),
        ("e.html", deep("<table><tr><td>", "</td></tr></table>", 20_000).into_bytes()),
        ("f.docx", page::docx_of(&table)),
        ("g.html", deep("<b><i>", "", 100_000).into_bytes()),
    ];
    for (name, bytes) in files {
        project.write(name, bytes);
        let code = refused(&project, name);
        assert!(
            ["import-too-large", "import-table-missing", "import-unreadable"].contains(&code.as_str()),
            "{name}: {code}"
        );
    }
}

/// None of this needs more than some hundred MiB: the program has no more here.
#[cfg(unix)]
#[test]
fn memory_is_bounded() {
    let project = Project::new();
    project
        .write("a.html", format!("<table><tr>{}</tr></table>", "<td rowspan=65534 colspan=1000>1</td>".repeat(50_000)));
    project.write("b.html", "<p><span>甲".repeat(1_000_000));
    project.write("c.docx", page::docx_of(&"<w:p><w:r><w:t>甲</w:t></w:r></w:p>".repeat(1_500_000)));
    for name in ["a.html", "b.html", "c.docx"] {
        let run = Run::of(&mut project.shell(&format!("ulimit -v 3000000; nianbao import {name} --dry-run")));
        assert_eq!(run.status, 2, "{name}: {}", run.stderr);
        assert!(run.stderr.contains("[import-"), "{name}: {}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_folder_is_no_file() {
    let project = Project::new();
    assert_eq!(Run::of(&mut project.shell("mkfifo pipe")).status, 0);
    fs::create_dir(project.path("folder")).expect("a folder");
    for name in ["pipe", "folder", "nowhere.pdf", "/dev/zero"] {
        let mut command = project.command();
        command.args(["import", name]);
        let (run, _) = Run::timed(&command);
        assert_eq!(run.status, 2, "{name}: {}", run.stderr);
        assert!(run.stderr.starts_with("错误[") && run.stderr.contains(name), "{name}: {}", run.stderr);
    }
    assert_eq!(
        project.files(),
        ["nianbao.toml", "pipe"]
            .iter()
            .filter(|name| **name != "pipe")
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    );
}

#[test]
fn another_report_altogether_is_told_to_be_one() {
    let mut table = page::Table::default();
    for (row, cells) in [["姓名", "职务", "电话"], ["张三", "科长", "123"], ["李四", "主任", "456"]].iter().enumerate()
    {
        for (column, cell) in cells.iter().enumerate() {
            table.put((row, column), (1, 1), cell);
        }
    }
    let pieces = [Piece::Words("某市水务局2024年通讯录".to_owned()), Piece::Table(table)];
    is_refused("a.html", &page::html(&pieces), "import-table-missing");
    is_refused("b.docx", &page::docx(&pieces), "import-table-missing");
    is_refused("c.pdf", &page::pdf(&pieces), "import-table-missing");
    is_refused("d.txt", "今天天气很好，没有什么要报告的。\n".as_bytes(), "import-table-missing");
    let budget = "<h1>2024年部门预算公开</h1><table><tr><td>科目</td><td>金额</td></tr><tr><td>一般公共服务支出</td><td>120</td></tr></table>";
    is_refused("e.html", budget.as_bytes(), "import-table-missing");
}

#[test]
fn two_reports_in_one_file_are_refused() {
    let mut both = report(4);
    both.extend(report(5));
    is_refused("a.html", &page::html(&both), "import-table-twice");
    is_refused("b.docx", &page::docx(&both), "import-table-twice");
    is_refused("c.pdf", &page::pdf(&both), "import-table-twice");
}

/// The edition of 2019 asked for other figures under heads that are much alike.
#[test]
fn a_report_of_the_edition_of_2019_is_refused() {
    let mut report = Report::random(&mut Rng::with_seed(6));
    let heads = ["本年新制作数量", "本年新公开数量", "对外公开总数量"];
    for (column, head) in report.tables[0].blocks[0].columns.iter_mut().zip(heads) {
        column.path = vec![head.to_owned()];
    }
    for block in 1..3 {
        let block = &mut report.tables[0].blocks[block];
        let mut more = block.columns[0].clone();
        block.columns[0].path = vec!["上一年项目数量".to_owned()];
        block.columns[0].span = 1;
        more.path = vec!["本年增/减".to_owned()];
        more.span = 2;
        block.columns.push(more);
        block.rows.iter_mut().for_each(|row| row.values.push("3".to_owned()));
    }
    is_refused("a.html", &page::html(&report.pieces()), "import-old-edition");
    is_refused("b.docx", &page::docx(&report.pieces()), "import-old-edition");
}
