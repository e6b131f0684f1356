//! Prose as offices write it. In: the text of a fact; out: a stream of [`Event`]s, each with the bytes that it was read
//! from, from which pages are written and by which checks look at the text as the page will show it.
//!
//! The marks are few: paragraphs, `**bold**`, lists (`- `, `* ` or `1. `), tables of `|` with a line of dashes under their
//! head, `[words](https://…)`, and a backslash before a punctuation mark that is meant as itself. Everything else is text
//! and comes out as it was typed: an asterisk in 5*8, `#`, `>`, `<!--`, `[注]:`. What Word leaves and nobody sees
//! is left out ([`stray`] says which characters those are), and its own line ends begin paragraphs.

mod blocks;
mod event;
mod inline;
mod line;
mod plain;
pub(crate) mod stray;

pub(crate) use event::{DEEPEST, Event, Placed, Side, Tag, half_width, is_wide};
pub(crate) use plain::plain;

/// Reads prose.
pub(crate) fn events(text: &str) -> Vec<Placed<'_>> {
    blocks::read(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The events in short: blocks as letters in brackets, text as it is.
    fn told(text: &str) -> String {
        let mut out = String::new();
        for Placed { event, at } in events(text) {
            match event {
                Event::Text(words) => {
                    assert_eq!(&text[at], words, "text is a slice of the source");
                    out.push_str(words);
                }
                Event::Space => out.push('␣'),
                Event::Start(tag) => out.push_str(&match tag {
                    Tag::Paragraph => "<p>".to_owned(),
                    Tag::List { numbered } => (if numbered { "<ol>" } else { "<ul>" }).to_owned(),
                    Tag::Item(number) => number.map_or("<li>".to_owned(), |number| format!("<{number}>")),
                    Tag::Table { columns } => format!("<table {columns}>"),
                    Tag::Row { head } => (if head { "<head>" } else { "<row>" }).to_owned(),
                    Tag::Cell(Side::End) => "<cell end>".to_owned(),
                    Tag::Cell(_) => "<cell>".to_owned(),
                    Tag::Bold => "<b>".to_owned(),
                    Tag::Link(address) => format!("<a {address}>"),
                }),
                Event::End(Tag::Paragraph | Tag::Bold | Tag::Link(_) | Tag::List { .. } | Tag::Table { .. }) => {
                    out.push_str("</>");
                }
                Event::End(_) => {}
            }
        }
        out
    }

    #[test]
    fn what_is_no_mark_is_text() {
        for text in [
            "提供5*8小时咨询、7*24小时问答，大屏3*2米。",
            "[注]: 数据不含街道。",
            "![图](x.png)",
            "# 标题",
            "> 引用",
            "<!-- 删？ -->",
            "`代码` ~~删~~ _下划线_ *星*",
            "[^1]: 脚注",
            "5**8小时、7**24小时",
            "张**、李**等",
            "-5度",
            "+ 3",
            "[甲](javascript:alert)",
            "C:\\公开",
            "1)甲",
            "**",
            "** 甲 **",
            "****",
        ] {
            assert_eq!(told(text), format!("<p>{text}</>"), "{text}");
        }
        assert_eq!(told("甲\n===="), "<p>甲====</>");
        assert_eq!(told("***甲***"), "<p>***甲***</>");
    }

    #[test]
    fn bold_stands_beside_any_punctuation() {
        assert_eq!(told("公开**“双公示”**信息，**（一）**内容"), "<p>公开<b>“双公示”</>信息，<b>（一）</>内容</>");
        assert_eq!(told("申请**12**件"), "<p>申请<b>12</>件</>");
        assert_eq!(told("**甲\n乙**"), "<p><b>甲乙</></>");
        assert_eq!(told("**甲\n\n乙**"), "<p>**甲</><p>乙**</>");
        assert_eq!(told("\\**甲\\**"), "<p>**甲**</>");
    }

    #[test]
    fn lines_become_paragraphs_where_a_reader_sees_one() {
        assert_eq!(told("甲\n乙"), "<p>甲乙</>");
        assert_eq!(told("申请\n12件 in\nall"), "<p>申请12件 in␣all</>");
        assert_eq!(told("甲。\n乙"), "<p>甲。</><p>乙</>");
        assert_eq!(told("甲。”\n乙"), "<p>甲。”</><p>乙</>");
        assert_eq!(told("甲，\n　　乙"), "<p>甲，</><p>乙</>");
        assert_eq!(told("甲\u{b}乙\u{2028}丙\u{85}丁\u{2029}戊"), "<p>甲</><p>乙</><p>丙</><p>丁</><p>戊</>");
        assert_eq!(told("甲\r乙\r\n丙"), "<p>甲乙丙</>");
        assert_eq!(told("如下：\n（一）甲\n一、乙\n1、丙"), "<p>如下：</><p>（一）甲</><p>一、乙</><p>1、丙</>");
        assert_eq!(told("  甲\n    乙"), "<p>甲乙</>");
        assert_eq!(told(" \n\u{200b}\n"), "");
    }

    #[test]
    fn lists_keep_the_numbers_that_were_typed() {
        assert_eq!(told("- 甲\n- 乙"), "<ul><li><p>甲</><li><p>乙</></>");
        assert_eq!(told("1. 甲\n3. 乙\n续"), "<ol><1><p>甲</><3><p>乙续</></>");
        assert_eq!(told("1. 甲\n   - 乙\n2. 丙"), "<ol><1><p>甲</><ul><li><p>乙</></><2><p>丙</></>");
        assert_eq!(told("- 甲。\n总之"), "<ul><li><p>甲。</></><p>总之</>");
        assert_eq!(told("01. 甲"), "<p>01. 甲</>");
        assert_eq!(told("如下：\n- 甲"), "<p>如下：</><ul><li><p>甲</></>");
        assert_eq!(told("- 甲\n\n  乙"), "<ul><li><p>甲</><p>乙</></>");
        assert_eq!(told("\u{f0b7} 甲\n\u{f0b7}\t乙"), "<p>甲</><p>乙</>");
    }

    #[test]
    fn tables_keep_every_cell() {
        assert_eq!(
            told("| 月 | 件 |\n|---|---:|\n| 一 | 3 |"),
            "<table 2><head><cell>月<cell end>件<row><cell>一<cell end>3</>"
        );
        assert_eq!(
            told("甲|乙\n-|-\n1|2|3\n4"),
            "<table 3><head><cell>甲<cell>乙<cell><row><cell>1<cell>2<cell>3</><p>4</>"
        );
        assert_eq!(told("甲|乙\n丙|丁"), "<p>甲|乙丙|丁</>");
        assert_eq!(told("|a\\|b|\n|-|\n"), "<table 1><head><cell>a|b</>");
    }

    #[test]
    fn links_lead_to_pages() {
        assert_eq!(told("见[公报](https://a.cn/b(1))。"), "<p>见<a https://a.cn/b(1)>公报</>。</>");
        assert_eq!(told("**[甲](mailto:a@b.cn)**"), "<p><b><a mailto:a@b.cn>甲</></></>");
        assert_eq!(told("[甲](https://a.cn"), "<p>[甲](https://a.cn</>");
        assert_eq!(told("[注](见附件)"), "<p>[注](见附件)</>");
    }

    #[test]
    fn what_nobody_sees_is_left_out() {
        assert_eq!(told("培\u{200b}训、审\u{ad}核"), "<p>培训、审核</>");
        assert_eq!(told("**甲\u{200b}**乙"), "<p><b>甲</>乙</>");
    }

    #[test]
    fn lists_go_only_so_deep() {
        let deep: String = (0..20).map(|level| format!("{}- 甲\n", "  ".repeat(level))).collect();
        assert_eq!(told(&deep).matches("<ul>").count(), DEEPEST + 1);
        assert_eq!(told(&deep).matches('甲').count(), 20);
    }
}
