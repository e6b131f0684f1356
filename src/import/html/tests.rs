use super::*;
use crate::import::blocks::{Block, Grid, Item, Place, Remark};
use proptest::prelude::*;

fn page(body: &str) -> Document {
    read(format!("<!doctype html><meta charset=utf-8><body>{body}").as_bytes()).unwrap()
}

/// Each paragraph's words, and for a grid its size.
fn shown(document: &Document) -> Vec<String> {
    let blocks = document.blocks.iter();
    blocks
        .map(|block| match block {
            Block::Paragraph(paragraph) => paragraph.text(),
            Block::Grid(grid) => format!("[{}x{}]", grid.rows, grid.columns),
        })
        .collect()
}

fn of(body: &str) -> Vec<String> {
    shown(&page(body))
}

fn grid(body: &str) -> Grid {
    let grids =
        page(body).blocks.into_iter().filter_map(|block| if let Block::Grid(grid) = block { Some(grid) } else { None });
    let mut grids: Vec<Grid> = grids.collect();
    assert_eq!(grids.len(), 1, "{grids:?}");
    grids.remove(0)
}

/// Each cell as `row,column rows x columns words`.
fn cells(body: &str) -> Vec<String> {
    let of = |cell: &crate::import::blocks::Cell| {
        format!("{},{} {}x{} {}", cell.row, cell.column, cell.rowspan, cell.colspan, cell.text)
    };
    grid(body).cells.iter().map(of).collect()
}

fn headings(body: &str) -> Vec<(String, bool, Option<Item>)> {
    let blocks = page(body).blocks.into_iter();
    blocks
        .map(|block| match block {
            Block::Paragraph(paragraph) => (paragraph.text(), paragraph.is_heading, paragraph.item),
            Block::Grid(_) => (String::new(), false, None),
        })
        .collect()
}

fn items(body: &str) -> Vec<(Option<u64>, usize)> {
    headings(body).into_iter().filter_map(|(_, _, item)| item.map(|item| (item.number, item.depth))).collect()
}

#[test]
fn blocks_and_breaks_part_paragraphs_and_spans_do_not() {
    assert_eq!(
        of("<p>一、<b>基</b><span>本</span>\n<span>情况</span></p>正文<br>　　又一段<div>甲<p>乙</div>丙<hr>丁"),
        ["一、基本情况", "正文", "又一段", "甲", "乙", "丙", "丁"]
    );
    assert_eq!(of("<span style='display:block'>甲</span><span>乙</span>"), ["甲", "乙"]);
    assert_eq!(of("<p>2<span>0</span>2<i>3</i> 年"), ["2023 年"]);
}

#[test]
fn labels_stand_with_what_they_label() {
    assert_eq!(
        of("<dl><dt>电话：</dt>\n<dd>010</dd><dt>E-mail:<dd>a@b<dt>名称<dd>甲：<dt>乙</dl>丙：<p>丁"),
        ["电话：010", "E-mail: a@b", "名称", "甲：", "乙", "丙：", "丁"]
    );
}

#[test]
fn what_is_not_shown_is_left_out_and_what_is_struck_is_not() {
    let body = "<script>a</script><style>b</style><noscript>c</noscript><p hidden>d</p><div style='display: none'><p>e</div>\
                <select><option>f</select><textarea>g</textarea><svg><text>h</text></svg><template><p>i</template>\
                <ruby>漢<rp>(</rp><rt>han</rt></ruby>字<del>旧</del><s>8</s><p aria-hidden=true>见</p><iframe>j</iframe>\
                <input value=12><input type=hidden value=k><input type=checkbox value=l><!-- m -->";
    assert_eq!(of(body), ["漢字~旧~~8~", "见", "12"]);
}

#[test]
fn lines_are_kept_where_a_page_says_so() {
    assert_eq!(
        of("<pre>甲 乙\n丙</pre><p style='white-space: pre-wrap'>丁\n戊</p><p>己\n庚"),
        ["甲 乙", "丙", "丁", "戊", "己庚"]
    );
}

#[test]
fn headings_and_places_are_said() {
    let said = headings("<h2>二、<span>主动公开</span></h2><p>正文</p><div role=heading>三、</div>");
    assert_eq!(said.iter().map(|(_, is_heading, _)| *is_heading).collect::<Vec<_>>(), [true, false, true]);
    let Some(Block::Paragraph(second)) = page("<p>甲<p>乙").blocks.into_iter().nth(1) else { panic!("no paragraph") };
    assert_eq!(second.lines[0].place, Place::Paragraph(2));
}

#[test]
fn items_have_their_numbers() {
    assert_eq!(items("<ol><li>a<li>b<ul><li>c</ul><li>d</ol>"), [(Some(1), 1), (Some(2), 1), (None, 2), (Some(3), 1)]);
    assert_eq!(items("<ol start=5><li>a<li value=9>b<li>c</ol>"), [(Some(5), 1), (Some(9), 1), (Some(10), 1)]);
    assert_eq!(
        items("<ol reversed><li>a<li>b</ol><ol reversed start=2><li>c"),
        [(Some(2), 1), (Some(1), 1), (Some(2), 1)]
    );
    assert_eq!(items("<ol style='list-style:none'><li>a</ol>"), []);
    let said = headings("<ol><li><p>首段</p><p>次段</p><li></ol><p>其后");
    assert_eq!(said.iter().map(|(_, _, item)| item.is_some()).collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn cells_stand_where_the_rules_of_tables_put_them() {
    assert_eq!(
        cells("<table><tr><td rowspan=2>a<td colspan=2>b<tr><td>c<td>d</table>"),
        ["0,0 2x1 a", "0,1 1x2 b", "1,1 1x1 c", "1,2 1x1 d"]
    );
    // A row of fewer cells leaves squares that nothing covers.
    let short = grid("<table><tr><td>a<td>b<td>c<tr><td>d</table>");
    assert_eq!((short.rows, short.columns, short.cells.len()), (2, 3, 4));
}

#[test]
fn spans_end_with_their_part_of_the_table_and_give_way_to_each_other() {
    let body = "<table><tbody><tr><td rowspan=0>a<td>b<tr><td>c<tbody><tr><td rowspan=9>d<td>e</table>";
    assert_eq!(cells(body), ["0,0 2x1 a", "0,1 1x1 b", "1,1 1x1 c", "2,0 1x1 d", "2,1 1x1 e"]);
    let body = "<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c<td>d</table>";
    assert_eq!(cells(body), ["0,0 1x1 a", "0,1 2x1 b", "1,0 1x1 c", "1,2 1x1 d"]);
    let body = "<table><tr><td>a<td rowspan=3>b<tr><td colspan=2>c<tr><td>d<td>e</table>";
    assert_eq!(cells(body), ["0,0 1x1 a", "0,1 3x1 b", "1,0 1x1 c", "2,0 1x1 d", "2,2 1x1 e"]);
}

#[test]
fn columns_in_which_no_cell_begins_are_cut_off() {
    let wide = grid("<table><tr><td colspan=1000>题<tr><td>a<td>b</table>");
    assert_eq!((wide.columns, wide.cells[0].colspan), (2, 2));
}

#[test]
fn heads_come_first_and_feet_last() {
    let body = "<table><tfoot><tr><td>foot<td>2<tbody><tr><td>body<td>1<thead><tr><td>head<td>0</table>";
    assert_eq!(cells(body).iter().step_by(2).map(|cell| &cell[..1]).collect::<Vec<_>>(), ["0", "1", "2"]);
    assert_eq!(
        grid(body).cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>(),
        ["head", "0", "body", "1", "foot", "2"]
    );
}

#[test]
fn hidden_rows_and_cells_take_no_place() {
    let body = "<table><tr hidden><td>x<tr><td style='display:none'>x<td>a<td>b</table>";
    assert_eq!(cells(body), ["0,0 1x1 a", "0,1 1x1 b"]);
}

#[test]
fn words_of_cells_keep_their_paragraphs_and_numbers() {
    let body = "<table><tr><td><p>商业<br>企业</p>\n<p> 　12 </p><td><ol start=3><li>甲<li>乙</ol><td>&nbsp;</table>";
    assert_eq!(cells(body), ["0,0 1x1 商业\n企业\n12", "0,1 1x1 3. 甲\n4. 乙", "0,2 1x1 "]);
    assert_eq!(grid(body).cells[1].place, Place::Table { table: 1, row: 1, column: 2 });
}

#[test]
fn captions_stand_before_their_tables() {
    assert_eq!(
        of("甲<table><caption>表一<p>单位：件</caption><tr><td>a<td>b</table>乙"),
        ["甲", "表一", "单位：件", "[1x2]", "乙"]
    );
}

#[test]
fn tables_without_words_are_no_tables() {
    assert_eq!(of("甲<table><tr><td><td></table><table><tr><td>a<td>b</table>"), ["甲", "[1x2]"]);
    assert_eq!(
        grid("<table><tr><td><td></table><table><tr><td>a<td>b</table>").cells[0].place,
        Place::Table { table: 1, row: 1, column: 1 }
    );
}

#[test]
fn frames_are_read_as_text_and_the_tables_in_them_as_tables() {
    let inner = "<table><tr><td>规章<td>0</table>";
    assert_eq!(
        of(&format!("<table><tr><td>首页<td>导航<tr><td colspan=2>年报{inner}尾</table>")),
        ["首页", "导航", "年报", "[1x2]", "尾"]
    );
    let long = "正文".repeat(40);
    assert_eq!(
        of(&format!("<table><tr><td>栏目<td><p>{long}<p>{long}</table>")),
        ["栏目".to_owned(), long.clone(), long.clone()]
    );
    assert_eq!(of(&format!("<table><tr><td>栏目<td><h1>年报</h1>{long}</table>")).len(), 3);
    assert_eq!(of("<table><tr><td>一个格</table>"), ["一个格"]);
}

#[test]
fn tables_of_figures_with_running_text_in_a_cell_are_tables() {
    let long = "正文".repeat(40);
    let rows = "<tr><td>规章<td>1<td>2<td>3".repeat(3);
    assert_eq!(of(&format!("<table>{rows}<tr><td>工作<td colspan=3><p>{long}<p>{long}</table>")), ["[4x4]"]);
    assert_eq!(of(&format!("<table><tr><td>工作<td>{long}</table>")), ["[1x2]"]);
}

#[test]
fn a_table_of_figures_that_holds_a_small_table_is_a_table() {
    let small = "<table><tr><td>其中<td>2</table>";
    let rows = "<tr><td>a<td>b<td>c<td>d<td>e".repeat(5);
    assert_eq!(of(&format!("<table>{rows}<tr><td>甲{small}</table>")), ["[6x5]"]);
    assert_eq!(cells(&format!("<table>{rows}<tr><td>甲{small}</table>"))[25], "5,0 1x1 甲\n其中\n2");
    // The menu of an old page has as many cells, and the page has more.
    let page = format!("<table>{}</table>", rows.repeat(2));
    assert_eq!(of(&format!("<table>{rows}<tr><td>甲{page}</table>")).last().map(String::as_str), Some("[10x5]"));
}

#[test]
fn a_table_of_one_cell_in_another_is_as_if_it_were_not_there() {
    assert_eq!(cells("<table><tr><td>a<td><table><tr><td>b<p>c</table></table>"), ["0,0 1x1 a", "0,1 1x1 b\nc"]);
}

#[test]
fn pages_that_are_broken_are_mended_as_browsers_do() {
    assert_eq!(of("<table><p>外</p><tr><td>a</p><td>b<b>c</table>d</b><p>e"), ["外", "[1x2]", "d", "e"]);
    assert_eq!(of("<div><p>甲</div>乙</p>丙"), ["甲", "乙", "丙"]);
}

#[test]
fn pictures_without_words_are_told() {
    let picture = "<p><img src=1.jpg></p>";
    assert_eq!(read(picture.repeat(3).as_bytes()).err(), Some(Unread::PicturesOnly { pages: 3 }));
    let menu = format!("<a href=x>{}</a>", "栏目".repeat(200));
    assert_eq!(read(format!("{menu}{picture}").as_bytes()).err(), Some(Unread::PicturesOnly { pages: 1 }));
    let text = "正文".repeat(120);
    assert_eq!(page(&format!("{text}{picture}")).remarks, [Remark::Pictures(1)]);
    assert_eq!(page(&format!("{text}<p><a><img></a></p><p><img width=16></p><p>图<img></p>")).remarks, []);
    assert_eq!(page("<table><tr><td>a<td><img></table>").remarks, [Remark::Pictures(1)]);
}

#[test]
fn characters_that_nobody_knows_are_told() {
    assert_eq!(page("<p>年\u{fffd}报").remarks, [Remark::Unreadable { unknown: 1, of: 3 }]);
}

#[test]
fn titles_are_not_text() {
    let document = page("<p>正文");
    assert_eq!(document.title, None);
    let document = read("<title>\n某县2023年\n年报 </title><p>正文<svg><title>图</title></svg>".as_bytes()).unwrap();
    assert_eq!((document.title.as_deref(), shown(&document).concat()), (Some("某县2023年年报"), "正文".into()));
}

#[test]
fn pages_without_words_are_empty() {
    for nothing in
        ["", "<html></html>", "<p><title>x</title>", "<p>&nbsp;</p><script>x</script>", "<!-- x", "<title>x</title>"]
    {
        assert_eq!(read(nothing.as_bytes()).err(), Some(Unread::Empty), "{nothing}");
    }
}

#[test]
fn old_encodings_are_read_as_declared_or_guessed() {
    let text = "湛河区应急管理局机关工作年度总结";
    for head in [
        "<meta charset=gb2312>",
        "<meta http-equiv=Content-Type content='text/html; charset=gbk'>",
        "<meta charset=utf-8>",
        "",
    ] {
        let bytes = encoding_rs::GBK.encode(&format!("{head}<p>{text}")).0.into_owned();
        assert_eq!(shown(&read(&bytes).unwrap()), [text], "{head}");
    }
    assert_eq!(shown(&read(format!("<meta charset=gb2312><p>{text}").as_bytes()).unwrap()), [text]);
}

#[test]
fn pages_in_xml_close_their_elements_themselves() {
    let xml = "<?xml version=\"1.0\"?><html><head><title/><script src='x'/></head><body><p/><div>甲<span class='a'/>乙</div>\
               <table><tr><td/><td>1</td><td>2</td></tr></table><p>a<br/>b</p></body></html>";
    let document = read(xml.as_bytes()).unwrap();
    assert_eq!(shown(&document), ["甲乙", "[1x3]", "a", "b"]);
    // To the rules of HTML a script that closes itself does not.
    assert_eq!(read("<p>甲<script/><p>乙".as_bytes()).map(|document| shown(&document)), Ok(vec!["甲".to_owned()]));
}

#[test]
fn what_is_long_and_not_shown_costs_nothing() {
    let long = "x".repeat(9 << 20);
    for body in [
        format!("甲<img src=\"{long}\">乙"),
        format!("甲<!--{long}--!>乙"),
        format!("甲<script>{long}</scripty></SCRIPT >乙"),
        format!("甲<style>{long}</style>乙<!--{long}"),
        format!("甲<!--><b title='{long}'>乙"),
        format!("甲<!---><b title='{long}'>乙<b title='{long}"),
    ] {
        assert_eq!(of(&body).concat(), "甲乙", "{}", &body[..20]);
    }
    let shown = "字".repeat(5000);
    assert_eq!(of(&format!("<xmp>{shown}</xmp><plaintext>\"{shown}<p x=\"{shown}\"")).concat().chars().count(), 15_008);
    assert_eq!(read(format!("<p title={long}>甲").as_bytes()).err(), Some(Unread::TooLarge(Limit::Pieces)));
}

#[test]
fn words_in_quotes_and_tags_in_scripts_are_no_tags() {
    assert_eq!(
        of("<p title='a>b' x=\"</p>\">甲</p><script>if(a<b)c=\"</p>\"</script>乙<textarea><p title=\"</textarea>丙"),
        ["甲", "乙丙"]
    );
}

#[test]
fn pages_made_to_cost_are_given_up() {
    let many = |what: &str, times: usize| read(what.repeat(times).as_bytes()).err();
    assert_eq!(many("<div>", 100_000), Some(Unread::TooLarge(Limit::Nesting)));
    assert_eq!(many("<span>字</span>", 520_000), Some(Unread::TooLarge(Limit::Pieces)));
    let numbered = |from: usize, what: &str, to: usize| (from..to).map(|n| format!("{what}{n}")).collect::<String>();
    let fonts = numbered(0, "><font size=", 100_000);
    assert_eq!(read(format!("<p{fonts}>").as_bytes()).err(), Some(Unread::TooLarge(Limit::Nesting)));
    let attributes = numbered(0, " a", 20_000);
    assert_eq!(read(format!("<p{attributes}>").as_bytes()).err(), Some(Unread::TooLarge(Limit::Pieces)));
    assert_eq!(many("<table><tr><td colspan=1000>1</table>", 1), None);
    let wide = format!("<table>{}", "<tr><td colspan=1000>1".repeat(2001));
    assert_eq!(read(wide.as_bytes()).err(), Some(Unread::TooLarge(Limit::Pieces)));
    let closed = format!("<?xml version='1.0'?>{}", "<a/>".repeat(4_000_000));
    assert_eq!(read(closed.as_bytes()).err(), Some(Unread::TooLarge(Limit::Pieces)));
    assert_eq!(many("字", 2_000_001), Some(Unread::TooLarge(Limit::Pieces)));
    let spans = "<tr>".to_owned() + &"<td rowspan=1000 colspan=1000>1".repeat(100);
    assert_eq!(read(format!("<table>{}", spans.repeat(100)).as_bytes()).err(), Some(Unread::TooLarge(Limit::Pieces)));
}

#[test]
fn deep_pages_that_cost_nothing_are_read() {
    assert_eq!(of(&("<span>".repeat(100_000) + "甲")), ["甲"]);
    assert_eq!(of(&("<div>".repeat(2000) + "甲")), ["甲"]);
}

#[test]
fn archives_are_read() {
    let archive = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html; charset=big5\n\
                   Content-Transfer-Encoding: quoted-printable\n\n<p>=A6~=\n=B3=F8</p>\n--x--\n";
    assert_eq!(read_archive(archive.as_bytes()).map(|document| shown(&document)), Ok(vec!["年報".to_owned()]));
    assert!(matches!(read_archive(b"MIME-Version: 1.0\n\n"), Err(Unread::Damaged(_))));
}

/// Tags that matter to the readers, so that random pages are about something.
const TAGS: &str = "table tr td th thead tbody tfoot caption colgroup p div b a font span ol li h1 br img script style title select \
                    option template svg math mi form pre textarea frameset body html head ruby rt input noscript plaintext";

/// Attributes that matter.
const ATTRIBUTES: [&str; 9] =
    ["", " rowspan=0", " rowspan=3", " colspan=2", " colspan=1000", " hidden", " start=-4", " value=7 reversed", "/"];

/// A piece of a page.
fn piece() -> impl Strategy<Value = String> {
    let tags: Vec<&str> = TAGS.split(' ').filter(|tag| !tag.is_empty()).collect();
    let tag = proptest::sample::select(tags);
    prop_oneof![
        (tag.clone(), proptest::sample::select(&ATTRIBUTES[..]))
            .prop_map(|(tag, attribute)| format!("<{tag}{attribute}>")),
        tag.prop_map(|tag| format!("</{tag}>")),
        "[字a1 \n\u{3000}&<>\"'=/!-]{0,6}",
        proptest::sample::select(&["<!--", "-->", "<?xml version='1'?>"][..]).prop_map(str::to_owned),
    ]
}

/// Whether no two cells cover the same square, and none stands outside.
fn is_sound(grid: &Grid) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    grid.cells.iter().all(|cell| {
        let rows = cell.row..cell.row + cell.rowspan;
        let columns = cell.column..cell.column + cell.colspan;
        let inside = rows.end <= grid.rows && columns.end <= grid.columns && !rows.is_empty() && !columns.is_empty();
        inside && rows.into_iter().all(|row| columns.clone().all(|column| seen.insert((row, column))))
    })
}

proptest! {
    #[test]
    fn no_page_is_too_much(pieces in proptest::collection::vec(piece(), 0..60)) {
        let page = pieces.concat();
        for block in read(page.as_bytes()).map(|document| document.blocks).unwrap_or_default() {
            match block {
                Block::Grid(grid) => prop_assert!(is_sound(&grid), "{page}"),
                Block::Paragraph(paragraph) => prop_assert!(!paragraph.text().is_empty(), "{page}"),
            }
        }
    }

    #[test]
    fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let _ = read_archive(&[b"Content-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n", &bytes[..]].concat());
    }
}
