//! A Word file. In: a page that templates wrote as Flat OPC, Word's own form of a file as one XML document with an element for each
//! part; out: the file (ECMA-376, part 2): the parts as they were written and the list of what they are, in a ZIP archive. The
//! same page gives the same bytes, and a page that Word would call damaged is an error at the template's line.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;
use roxmltree::{Document, Node};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::diag::{Code, Diagnostic, Text, text};
use crate::render::Markup;

mod wrong;

/// The namespace of Flat OPC.
const FLAT_OPC: &str = "http://schemas.microsoft.com/office/2006/xmlPackage";
/// The namespace of relationships (ECMA-376, part 2, annex E).
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
/// The part that says which part is the document.
const FIRST: &str = "/_rels/.rels";
/// How many columns a table of Word has at most.
const MOST_COLUMNS: usize = 63;
/// How deep elements may stand in elements; a table in a table in a text box stands some thirty deep.
const DEEPEST: usize = 200;
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// What is wrong with a page, and the bytes of it that are.
type Fault = (Range<usize>, Text);

/// Makes the file of a page.
///
/// # Errors
/// XML that is not well-formed, or parts that make no file, at the template's line that wrote them.
pub fn file(page: &Markup) -> Result<Vec<u8>, Diagnostic> {
    let told = |(at, said): Fault| problem(page, at, &said);
    is_shallow(&page.text).map_err(told)?;
    let document = Document::parse(&page.text).map_err(|error| told(wrong::fault(&page.text, &error)))?;
    let parts = parts(&document).map_err(told)?;
    packed(&page.text, &parts).map_err(|error| told((0..0, Text::verbatim(error.to_string()))))
}

fn problem(page: &Markup, at: Range<usize>, said: &Text) -> Diagnostic {
    let (zh, en) = (&said.zh, &said.en);
    let message = text!("模板写出的 Word 文件有误：{zh}", "the Word file that the template writes is wrong: {en}");
    let help = text!(
        "Word 打不开这样的文件，所以没有生成；按所指的一行修改模板",
        "Word could not open such a file, so none was made; mend the line of the template that is shown"
    );
    let problem = Diagnostic::error(Code::TemplateError, message).help(help);
    match page.lines.locate(at.start).cloned() {
        Some(place) => problem.at(place),
        None => problem,
    }
}

/// The reader of trees goes into elements by calling itself, so that a page of elements in elements without end would end the
/// process.
fn is_shallow(page: &str) -> Result<(), Fault> {
    let mut reader = Reader::from_str(page);
    let mut depth = 0_usize;
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            // What is wrong is told by the reader of trees, which says what and where.
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
        if depth > DEEPEST {
            let at = usize::try_from(reader.buffer_position()).unwrap_or(page.len()).min(page.len());
            return Err((
                at..at,
                text!("元素套得太深，超过 {DEEPEST} 层", "elements stand in elements more than {DEEPEST} deep"),
            ));
        }
    }
}

/// A part of the file.
struct Part<'a> {
    /// Its name, which begins with a slash.
    name: &'a str,
    content_type: &'a str,
    /// Its one element.
    root: Node<'a, 'a>,
}

/// The parts in the order in which they are written, none of which anything refers to in vain.
fn parts<'a>(document: &'a Document<'a>) -> Result<Vec<Part<'a>>, Fault> {
    let root = document.root_element();
    if !root.has_tag_name((FLAT_OPC, "package")) {
        return Err((
            start(root),
            text!("最外层不是 pkg:package（Flat OPC）", "the outermost element is not pkg:package (Flat OPC)"),
        ));
    }
    declares_nothing(root)?;
    let parts = root.children().filter(Node::is_element).map(part).collect::<Result<Vec<_>, _>>()?;
    let mut names = BTreeMap::new();
    for part in &parts {
        // Names that differ in case are one (ECMA-376, part 2, clause 6.2.2.3).
        if names.insert(part.name.to_ascii_lowercase(), part.root).is_some() {
            let name = part.name;
            return Err((start(part.root), text!("部件“{name}”写了两次", "the part `{name}` is there twice")));
        }
    }
    if !names.contains_key(FIRST) {
        return Err((start(root), text!("缺少部件“{FIRST}”", "there is no part `{FIRST}`")));
    }
    for part in &parts {
        part.root.descendants().try_for_each(is_for_word)?;
        if part.name.ends_with(".rels") {
            leads_somewhere(part, &names)?;
        }
    }
    Ok(parts)
}

/// What Word does not open though it is well-formed: a name whose prefix is declared around the part and lost with that, and tables
/// that are too wide.
fn is_for_word(node: Node<'_, '_>) -> Result<(), Fault> {
    let is_lost = |uri: Option<&str>| uri == Some(FLAT_OPC);
    if is_lost(node.tag_name().namespace()) || node.attributes().any(|attribute| is_lost(attribute.namespace())) {
        return Err((start(node), text!("部件里不能有 pkg: 的元素", "nothing of `pkg:` can stand within a part")));
    }
    let columns =
        if node.tag_name().name() == "tblGrid" { node.children().filter(Node::is_element).count() } else { 0 };
    if columns > MOST_COLUMNS {
        return Err((
            start(node),
            text!(
                "表格有 {columns} 列，Word 的表格最多 {MOST_COLUMNS} 列",
                "a table has {columns} columns, and those of Word have {MOST_COLUMNS} at most"
            ),
        ));
    }
    Ok(())
}

/// The beginning of an element, for it to be shown.
fn start(node: Node<'_, '_>) -> Range<usize> {
    let start = node.range().start;
    start..start
}

/// What is declared on an element around a part would be lost with it.
fn declares_nothing(node: Node<'_, '_>) -> Result<(), Fault> {
    let own = |uri: &str| uri == FLAT_OPC || uri == roxmltree::NS_XML_URI;
    match node.namespaces().find(|namespace| !own(namespace.uri())) {
        None => Ok(()),
        Some(namespace) => {
            let name = namespace.name().unwrap_or_default();
            Err((
                start(node),
                text!(
                    "命名空间“{name}”要在用它的部件里声明",
                    "the namespace `{name}` must be declared in the part that uses it"
                ),
            ))
        }
    }
}

fn part<'a>(node: Node<'a, 'a>) -> Result<Part<'a>, Fault> {
    declares_nothing(node)?;
    let attribute = |name| node.attribute((FLAT_OPC, name)).unwrap_or_default();
    let (name, content_type) = (attribute("name"), attribute("contentType"));
    let is_part = node.has_tag_name((FLAT_OPC, "part")) && is_name(name) && is_type(content_type);
    if !is_part {
        return Err((
            start(node),
            text!(
                "部件须写作 pkg:part，有名称（如 /word/document.xml）和类型",
                "a part is a pkg:part with a name such as /word/document.xml and a content type"
            ),
        ));
    }
    let data = node.children().filter(Node::is_element).collect::<Vec<_>>();
    let roots = |data: Node<'a, 'a>| data.children().filter(Node::is_element).collect::<Vec<_>>();
    let root = match data.as_slice() {
        [data] if data.has_tag_name((FLAT_OPC, "xmlData")) => {
            declares_nothing(*data)?;
            roots(*data)
        }
        _ => Vec::new(),
    };
    match root.as_slice() {
        [root] => Ok(Part { name, content_type, root: *root }),
        _ => Err((
            start(node),
            text!(
                "部件“{name}”须有一个 pkg:xmlData，里面有一个元素",
                "the part `{name}` must have one pkg:xmlData with one element in it"
            ),
        )),
    }
}

fn is_name(name: &str) -> bool {
    let is_segment = |segment: &str| {
        !segment.is_empty()
            && !segment.ends_with('.')
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    name.strip_prefix('/').is_some_and(|path| path.split('/').all(is_segment))
}

fn is_type(name: &str) -> bool {
    name.contains('/') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/.+-".contains(&byte))
}

/// Whether all that a part of relationships names is there.
fn leads_somewhere(part: &Part<'_>, names: &BTreeMap<String, Node<'_, '_>>) -> Result<(), Fault> {
    // /word/_rels/document.xml.rels speaks for /word/document.xml, from whose folder targets are named.
    let folder = part.name.rsplit_once("/_rels/").map_or("", |(folder, _)| folder);
    let inner = part.root.children().filter(|node| node.has_tag_name((RELATIONSHIPS, "Relationship")));
    for node in inner.filter(|node| node.attribute("TargetMode") != Some("External")) {
        let target = node.attribute("Target").unwrap_or_default();
        let name = if target.starts_with('/') { target.to_owned() } else { format!("{folder}/{target}") };
        if !names.contains_key(&name.to_ascii_lowercase()) {
            return Err((
                start(node),
                text!("没有关系所指的部件“{name}”", "there is no part `{name}`, which a relationship names"),
            ));
        }
    }
    Ok(())
}

fn packed(page: &str, parts: &[Part<'_>]) -> ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("[Content_Types].xml", options)?;
    zip.write_all(content_types(parts).as_bytes())?;
    for part in parts {
        zip.start_file(part.name.trim_start_matches('/'), options)?;
        zip.write_all(DECLARATION.as_bytes())?;
        zip.write_all(page[part.root.range()].as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The list of what the parts are (ECMA-376, part 2, clause 7.2.3).
fn content_types(parts: &[Part<'_>]) -> String {
    let mut list = format!(
        "{DECLARATION}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    );
    for Part { name, content_type, .. } in parts.iter().filter(|part| !part.name.ends_with(".rels")) {
        list.push_str(&format!("<Override PartName=\"{name}\" ContentType=\"{content_type}\"/>"));
    }
    list.push_str("</Types>");
    list
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::render::LineMap;

    const HEAD: &str = "<pkg:package xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\">";

    fn part(name: &str, root: &str) -> String {
        format!(
            "<pkg:part pkg:name=\"{name}\" pkg:contentType=\"application/x+xml\"><pkg:xmlData>{root}</pkg:xmlData></pkg:part>\n"
        )
    }

    fn links(target: &str) -> String {
        let root = format!(
            "<Relationships xmlns=\"{RELATIONSHIPS}\"><Relationship Id=\"a\" Type=\"t\" Target=\"{target}\"/></Relationships>"
        );
        part(FIRST, &root)
    }

    fn made(parts: &str) -> Result<Vec<u8>, String> {
        let page = Markup { text: format!("{HEAD}{parts}</pkg:package>"), lines: LineMap::default() };
        file(&page).map_err(|problem| problem.message.en.clone())
    }

    #[test]
    fn parts_are_packed_as_they_were_written() {
        let body = "<w:a xmlns:w=\"x\" b=\"&amp;\">甲 <w:c/></w:a>";
        let parts = links("word/document.xml") + &part("/word/document.xml", body);
        let bytes = made(&parts).expect("a file");
        assert_eq!(made(&parts).expect("a file"), bytes);
        let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).expect("an archive");
        let names: Vec<_> = zip.file_names().map(|name| name.expect("a name").into_owned()).collect();
        assert_eq!(names, ["[Content_Types].xml", "_rels/.rels", "word/document.xml"]);
        let mut read = |name: &str| {
            let mut text = String::new();
            zip.by_name(name).expect("a part").read_to_string(&mut text).expect("UTF-8");
            text
        };
        assert_eq!(read("word/document.xml"), format!("{DECLARATION}{body}"));
        let types = read("[Content_Types].xml");
        assert!(
            types.contains("<Override PartName=\"/word/document.xml\" ContentType=\"application/x+xml\"/>"),
            "{types}"
        );
        assert!(!types.contains("/_rels"), "{types}");
    }

    #[test]
    fn what_makes_no_file_is_told() {
        let first = links("a.xml");
        let wrong = |parts: &str| made(parts).expect_err("wrong");
        assert!(wrong(&part("/a.xml", "<a/>")).contains("no part `/_rels/.rels`"));
        assert!(wrong(&first).contains("no part `/a.xml`, which a relationship names"));
        assert!(
            wrong(&(first.clone() + &part("/a.xml", "<a/>") + &part("/A.xml", "<a/>")))
                .contains("`/A.xml` is there twice")
        );
        assert!(wrong(&(first.clone() + &part("/a.xml", "<a/><b/>"))).contains("one element"));
        assert!(wrong(&(first.clone() + &part("/a.xml", "<a>"))).contains("not ended"));
        for name in ["a.xml", "/", "/../a.xml", "/a//b", "/a.", "/甲.xml", "/[Content_Types].xml", "/a\" b=\"c"] {
            assert!(!is_name(name), "{name}");
        }
        assert!(wrong("<b/>").contains("pkg:part"));
        let lost = "<pkg:part xmlns:w=\"x\" pkg:name=\"/a.xml\" pkg:contentType=\"a/b\"><pkg:xmlData><w:a/></pkg:xmlData></pkg:part>";
        assert!(wrong(&(first + lost)).contains("namespace `w`"));
        assert!(wrong(&(links("a.xml") + &part("/a.xml", "<a><pkg:b/></a>"))).contains("`pkg:`"));
        let wide = format!("<a><tblGrid>{}</tblGrid></a>", "<gridCol/>".repeat(64));
        assert!(wrong(&(links("a.xml") + &part("/a.xml", &wide))).contains("64 columns"));
        let page = Markup { text: "<a/>".to_owned(), lines: LineMap::default() };
        assert!(file(&page).expect_err("wrong").message.en.contains("outermost"));
    }

    #[test]
    fn an_archive_tells_nothing_of_the_clock() {
        let bytes = made(&(links("a.xml") + &part("/a.xml", "<a/>"))).expect("a file");
        // 1980-01-01 00:00 in the first local header.
        assert_eq!(bytes[10..14], [0, 0, 0x21, 0]);
    }

    #[test]
    fn elements_in_elements_without_end_take_no_stack() {
        let deep = format!("{}{}", "<a>".repeat(300_000), "</a>".repeat(300_000));
        let page = Markup { text: deep, lines: LineMap::default() };
        let told = file(&page).expect_err("wrong").message.en.clone();
        assert!(told.contains("more than 200 deep"), "{told}");
        let most = format!("{}{}", "<a>".repeat(DEEPEST), "</a>".repeat(DEEPEST));
        let page = Markup { text: most, lines: LineMap::default() };
        let told = std::thread::Builder::new().stack_size(1 << 20).spawn(move || file(&page).expect_err("wrong"));
        assert!(told.expect("a thread").join().expect("no overflow").message.en.contains("outermost"));
    }
}
