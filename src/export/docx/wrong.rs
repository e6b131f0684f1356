//! What the reader of XML has against a page. In: its error; out: the same in words, and where.

use std::ops::Range;

use roxmltree::Error;

use crate::diag::{Text, text};
use crate::source::Source;

/// Where the page is wrong, and what is.
pub(super) fn fault(page: &str, error: &Error) -> (Range<usize>, Text) {
    let at = match error {
        Error::UnclosedRootNode | Error::NoRootNode => page.trim_end().len().saturating_sub(1),
        _ => {
            let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
            let at = error.pos();
            Source::new("", page).offset(number(at.row), number(at.col)).unwrap_or(page.len())
        }
    };
    (at..at, said(error))
}

fn said(error: &Error) -> Text {
    match error {
        Error::UnexpectedCloseTag(expected, found, _) => text!(
            "元素“{expected}”没有结束，就有“{found}”的结束标签",
            "the element `{expected}` is not ended before the end tag of `{found}`"
        ),
        Error::UnclosedRootNode => text!("有元素到末尾还没有结束", "an element is not ended at the end"),
        Error::NoRootNode => text!("没有元素", "there is no element"),
        Error::DuplicatedAttribute(name, _) => {
            text!("属性“{name}”写了两次", "the attribute `{name}` is written twice")
        }
        Error::UnknownNamespace(name, _) => {
            text!("前缀“{name}”没有声明命名空间", "the prefix `{name}` has no namespace declared")
        }
        Error::UnknownEntityReference(name, _) => text!("没有实体“{name}”", "there is no entity `{name}`"),
        Error::MalformedEntityReference(_) => {
            text!("“&”后面不是实体；应写 &amp;", "what follows `&` is no entity; write &amp;")
        }
        Error::DtdDetected => text!("不能有 DOCTYPE", "a DOCTYPE may not stand there"),
        Error::NonXmlChar(c, _) => {
            let number = u32::from(*c);
            text!("XML 不能有字符 U+{number:04X}", "XML has no character U+{number:04X}")
        }
        other => text!("不是格式正确的 XML（{other}）", "it is not well-formed XML: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str) -> (usize, Text) {
        let (at, said) = fault(page, &roxmltree::Document::parse(page).expect_err("wrong"));
        (at.start, said)
    }

    #[test]
    fn what_is_wrong_is_told_where_it_is() {
        let page = "<a>\n<b>甲乙<c></b>\n</a>";
        assert_eq!(page[found(page).0..].chars().next(), Some('<'));
        assert!(page[found(page).0..].starts_with("</b>"), "{:?}", found(page));
        assert!(found("<a>\n甲 & 乙</a>").1.zh.contains("&amp;"));
        assert!(found("<a>\n甲 &nbsp; 乙</a>").1.en.contains("`nbsp`"));
        assert!(found("<a x=\"1\" x=\"2\"/>").1.en.contains("`x` is written twice"));
        assert!(found("<w:a/>").1.en.contains("prefix `w`"));
        assert!(found("<!DOCTYPE a><a/>").1.en.contains("DOCTYPE"));
        assert!(found("<a>\u{1}</a>").1.en.contains("U+0001"));
        assert!(found("<a><b></b>").1.en.contains("not ended"));
    }
}
