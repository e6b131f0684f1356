use super::*;
use proptest::prelude::*;

/// Each paragraph with its line, `#` for a heading; each grid's cells by rows.
fn of(text: &str) -> Vec<String> {
    let blocks = read(text.as_bytes()).unwrap().blocks.into_iter();
    blocks
        .map(|block| match block {
            Block::Paragraph(paragraph) => {
                format!(
                    "{}{} {}",
                    if paragraph.is_heading { "#" } else { "" },
                    paragraph.lines[0].place,
                    paragraph.text()
                )
            }
            Block::Grid(grid) => {
                let cells: Vec<String> = grid
                    .cells
                    .iter()
                    .map(|cell| format!("{},{}={}@{}", cell.row, cell.column, cell.text, cell.place))
                    .collect();
                format!("{}x{} {}", grid.rows, grid.columns, cells.join(" "))
            }
        })
        .collect()
}

#[test]
fn each_line_is_a_paragraph() {
    assert_eq!(
        of("\u{c}年报\r\n\r\n　　一、基本情况  \n1  2 3\n"),
        ["line 1 年报", "line 3 一、基本情况", "line 4 1  2 3"]
    );
    assert_eq!(of("甲\r乙"), ["line 1 甲", "line 2 乙"]);
    assert_eq!(read(b"\n \n").err(), Some(Unread::Empty));
}

#[test]
fn headings_of_markdown_are_headings() {
    assert_eq!(
        of("# 年报\n## 一、\n####### 七\n#号"),
        ["#line 1 年报", "#line 2 一、", "line 3 ####### 七", "line 4 #号"]
    );
}

#[test]
fn rows_with_as_many_bars_are_a_table() {
    assert_eq!(
        of("表\n| a | b |\n|---|:-:|\n| 1 | - |\n| - | - |\n|c|\n后"),
        [
            "line 1 表",
            "3x2 0,0=a@line 2 0,1=b@line 2 1,0=1@line 4 1,1=-@line 4 2,0=-@line 5 2,1=-@line 5",
            "line 6 |c|",
            "line 7 后"
        ]
    );
    assert_eq!(of("| a\\|b | 商业<br>企业 |\n|  | x"), ["line 1 | a\\|b | 商业<br>企业 |", "line 2 |  | x"]);
    assert_eq!(
        of("| a\\|b | 商业<br>企业 |\n|  | x |"),
        ["2x2 0,0=a|b@line 1 0,1=商业\n企业@line 1 1,0=@line 2 1,1=x@line 2"]
    );
}

#[test]
fn lines_with_tabs_are_a_table() {
    assert_eq!(
        of("规章\t0\t 1\n\t\t2\n完\t1"),
        ["2x3 0,0=规章@line 1 0,1=0@line 1 0,2=1@line 1 1,0=@line 2 1,1=@line 2 1,2=2@line 2", "line 3 完\t1"]
    );
    assert_eq!(of("\t\t缩进\n\t\t缩进"), ["line 1 缩进", "line 2 缩进"]);
    assert_eq!(of("a\tb\tc"), ["line 1 a\tb\tc"]);
}

#[test]
fn tables_in_html_stand_where_they_stood() {
    let text = "# 年报\n\n<html><body><table><tr><td rowspan=2>a</td><td>1</td></tr>\n<tr><td>2</td></tr></table></body></html>\n\n后\
                <table><tr><td>b<td>3</table>\n完";
    assert_eq!(
        of(text),
        [
            "#line 1 年报",
            "2x2 0,0=a@table 1 r1 c1 0,1=1@table 1 r1 c2 1,1=2@table 1 r2 c2",
            "line 6 后",
            "1x2 0,0=b@table 2 r1 c1 0,1=3@table 2 r1 c2",
            "line 7 完"
        ]
    );
    assert_eq!(of("<table><tr><td>一句</table>\n<table></table>"), ["line 1 一句"]);
}

#[test]
fn characters_that_nobody_knows_are_told() {
    assert_eq!(read("年 \u{fffd}".as_bytes()).unwrap().remarks, [Remark::Unreadable { unknown: 1, of: 2 }]);
}

#[test]
fn old_encodings_are_guessed() {
    let text = "湛河区应急管理局年度报告";
    let bytes = encoding_rs::GBK.encode(text).0;
    assert!(matches!(read(&bytes).unwrap().blocks.as_slice(), [Block::Paragraph(only)] if only.text() == text));
}

#[test]
fn texts_that_are_too_large_are_refused() {
    let of = |text: String| read(text.as_bytes()).err();
    assert_eq!(of("a".repeat(2_000_001)), Some(Unread::TooLarge(Limit::Pieces)));
    assert_eq!(of("a\n".repeat(500_001)), Some(Unread::TooLarge(Limit::Pieces)));
    assert_eq!(of("|a|b|\n".repeat(100_001)), Some(Unread::TooLarge(Limit::Pieces)));
    assert_eq!(of("a\n".repeat(1000)), None);
}

proptest! {
    #[test]
    fn no_text_is_too_much(text in "([字a1 |\t\n\r\u{c}#:-]|<br>|<table>|</table>|<tr>|<td>|<p>){0,80}") {
        let _ = read(text.as_bytes());
    }

    #[test]
    fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }
}
