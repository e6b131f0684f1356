//! Web pages in archives. In: the bytes of a message of several parts, the page and what belongs to it; out: the page.

use encoding_rs::Encoding;

use super::super::decode;

/// A page out of an archive.
pub(super) struct Page {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The encoding that the archive declares for it.
    pub encoding: Option<&'static Encoding>,
}

/// The first page of an archive, which is the one that the others belong to.
pub(super) fn page(bytes: &[u8]) -> Option<Page> {
    let (head, body) = Head::split(bytes);
    let boundary = format!("--{}", head.parameter("boundary")?);
    parts(body, boundary.as_bytes()).find_map(|part| {
        let (head, body) = Head::split(part);
        if !head.value("content-type")?.to_ascii_lowercase().starts_with("text/html") {
            return None;
        }
        let bytes =
            match head.value("content-transfer-encoding").unwrap_or_default().trim().to_ascii_lowercase().as_str() {
                "quoted-printable" => quoted_printable(body),
                "base64" => base64(body),
                _ => body.to_vec(),
            };
        let kind = head.value("content-type")?.to_ascii_lowercase();
        Some(Page { bytes, encoding: decode::label(&kind, "charset") })
    })
}

/// The parts between the lines of a boundary.
fn parts<'a>(body: &'a [u8], boundary: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut lines = body.split_inclusive(|byte| *byte == b'\n');
    let (mut at, mut start) = (0, None);
    std::iter::from_fn(move || {
        for line in lines.by_ref() {
            let end = at;
            at += line.len();
            if line.starts_with(boundary)
                && let Some(start) = start.replace(at)
            {
                return body.get(start..end);
            }
        }
        start.take().and_then(|start| body.get(start..))
    })
}

/// What is said before a message or part under the names that matter here.
#[derive(Default)]
struct Head {
    /// Under each of [`NAMES`].
    values: [Option<String>; 2],
}

/// The names: what kind of content it is, and how it is written.
const NAMES: [&str; 2] = ["content-type", "content-transfer-encoding"];

/// How many bytes of what is said are looked at.
const SAID: usize = 4096;

impl Head {
    /// Parts the head from what follows it after a blank line.
    fn split(bytes: &[u8]) -> (Self, &[u8]) {
        let mut head = Self::default();
        let mut open = None;
        let mut at = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            at += line.len();
            if line.trim_ascii().is_empty() {
                break;
            }
            let text = String::from_utf8_lossy(line.get(..SAID).unwrap_or(line));
            if text.starts_with([' ', '\t']) {
                head.go_on(open, text.trim_end());
            } else {
                open = head.begin(&text);
            }
        }
        (head, bytes.get(at..).unwrap_or_default())
    }

    /// Takes in a line, and says under which name, if it is the first under one that matters.
    fn begin(&mut self, line: &str) -> Option<usize> {
        let (name, value) = line.split_once(':')?;
        let at = NAMES.iter().position(|other| other.eq_ignore_ascii_case(name.trim()))?;
        let place = self.values.get_mut(at).filter(|place| place.is_none())?;
        *place = Some(value.trim().to_owned());
        Some(at)
    }

    /// Takes in a line that goes on with the one before it.
    fn go_on(&mut self, open: Option<usize>, line: &str) {
        if let Some(value) = open.and_then(|at| self.values.get_mut(at)?.as_mut()).filter(|value| value.len() < SAID) {
            value.push_str(line);
        }
    }

    /// What is said under a name.
    fn value(&self, name: &str) -> Option<&str> {
        NAMES.iter().zip(&self.values).find(|(other, _)| **other == name)?.1.as_deref()
    }

    /// A parameter of what kind of content it is.
    fn parameter(&self, name: &str) -> Option<&str> {
        let said = self.value("content-type")?.split(';').skip(1);
        let (_, value) =
            said.filter_map(|said| said.split_once('=')).find(|(other, _)| other.trim().eq_ignore_ascii_case(name))?;
        Some(value.trim().trim_matches('"')).filter(|value| !value.is_empty())
    }
}

/// Bytes of which some are written as `=` and two digits, and lines that end in `=` go on.
fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'=' {
            decoded.push(*byte);
            continue;
        }
        let line = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n"));
        let digits = after.get(..2).and_then(|two| Some(digit(*two.first()?)? * 16 + digit(*two.last()?)?));
        match (line, digits) {
            (Some(line), _) => rest = line,
            (_, Some(byte)) => {
                decoded.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => decoded.push(b'='),
        }
    }
    decoded
}

/// A digit to the base of sixteen.
fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Bytes written as four letters for three of them; other letters and what follows the end do not count.
fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bytes.iter().take_while(|byte| **byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6 | u32::from(value)) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.extend((bits >> count).to_le_bytes().first());
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(head: &str, body: &str) -> String {
        format!(
            "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\t\
             boundary=\"--x--\"\r\n\r\n\r\n----x--\r\nContent-Type: image/png\r\n\r\nno\r\n----x--\r\n{head}\r\n\r\n{body}\r\n----x----\r\n"
        )
    }

    #[test]
    fn the_page_is_found_and_decoded() {
        let quoted = "Content-Type: text/html; charset=\"gb2312\"\r\nContent-Transfer-Encoding: quoted-printable";
        let found = page(archive(quoted, "<p class=3D'a'>=C4=EA=\r\n=B1=A8 = </p>").as_bytes()).unwrap();
        assert_eq!(found.encoding, Some(encoding_rs::GBK));
        assert_eq!(encoding_rs::GBK.decode(&found.bytes).0, "<p class='a'>年报 = </p>\r\n");
        let base = "content-type: TEXT/HTML\r\ncontent-transfer-encoding: BASE64";
        let found = page(archive(base, "PHA+5bm0\r\n5oqlPC9wPg==").as_bytes()).unwrap();
        assert_eq!(String::from_utf8(found.bytes).unwrap(), "<p>年报</p>");
        let plain = page(archive("Content-Type: text/html", "<p>年报").as_bytes()).unwrap();
        assert_eq!(String::from_utf8(plain.bytes).unwrap(), "<p>年报\r\n");
    }

    #[test]
    fn only_the_first_line_of_a_name_counts_and_lines_that_go_on_with_it() {
        let said = |text: &str| Head::split(text.as_bytes()).0.value("content-type").map(str::to_owned);
        assert_eq!(said("A: b\n c\nContent-Type: d;\n\te\ncontent-type: f\n g\n\nh").as_deref(), Some("d;\te"));
        assert_eq!(said("A: b\n\nContent-Type: d"), None);
        assert!(said(&format!("Content-Type: d\n{}", " e\n".repeat(9000))).unwrap().len() < SAID + 3);
    }

    #[test]
    fn an_archive_without_a_page_or_boundary_has_none() {
        assert!(page(archive("Content-Type: text/css", "p {}").as_bytes()).is_none());
        assert!(page(b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n--\n").is_none());
        assert!(page(b"").is_none());
    }
}
