//! Words, signs and fields on the walk through a Word file. In: elements within paragraphs; out: characters of the paragraph that
//! has begun.

use super::*;

/// What stands on both sides of words that are struck out, so that nobody takes them for a part of what follows.
const STRUCK: char = '~';

impl Walk<'_> {
    /// Words begin.
    pub(super) fn begin_words(&mut self, element: &Element<'_>) -> Step {
        self.words.clear();
        // Only those of Word say it; formulas and drawings keep their spaces.
        let keeps_ends =
            element.family != Family::Word || element.any_attribute("space").as_deref() == Some("preserve");
        Step::Enter(Frame::Words(keeps_ends))
    }

    /// Adds the words that were collected.
    pub(super) fn say(&mut self) -> Result<(), Unread> {
        let words = std::mem::take(&mut self.words);
        if self.is_seen() {
            let run = self.run;
            let struck = run.is_struck && !words.trim().is_empty();
            if struck {
                self.push(STRUCK)?;
            }
            for character in words.chars() {
                let seen = symbols::seen(run.font, character);
                self.push(if run.is_raised { symbols::raised(seen) } else { seen })?;
            }
            if struck {
                self.push(STRUCK)?;
            }
        }
        self.words = words;
        self.words.clear();
        Ok(())
    }

    /// Adds a character, where characters are seen.
    pub(super) fn say_one(&mut self, character: char) -> Result<Step, Unread> {
        if self.is_seen() {
            self.push(character)?;
        }
        Ok(Step::Skip)
    }

    /// Adds a character to the paragraph that has begun, or to a new one.
    fn push(&mut self, character: char) -> Result<(), Unread> {
        self.characters += 1;
        self.unknown += usize::from(character == UNKNOWN);
        if self.characters > Limit::Pieces.most() {
            return Err(Unread::TooLarge(Limit::Pieces));
        }
        if self.flow.begun.is_none() {
            self.start_paragraph()?;
        }
        self.flow.push(character);
        Ok(())
    }

    /// Ends a line, where lines are seen.
    pub(super) fn break_line(&mut self) -> Result<Step, Unread> {
        if self.is_seen() {
            self.count_block()?;
            self.flow.end_line();
        }
        Ok(Step::Skip)
    }

    /// A sign by its code in a font.
    pub(super) fn sign(&mut self, element: &Element<'_>) -> Result<Step, Unread> {
        let code = element.attribute("char").and_then(|code| u32::from_str_radix(code.trim(), 16).ok());
        let font = element.attribute("font").and_then(|name| SignFont::named(&name));
        let sign = code.and_then(char::from_u32).map_or(UNKNOWN, |sign| symbols::seen(font, sign));
        self.say_one(sign)
    }

    /// The beginning of a field, of its result, or its end.
    pub(super) fn field(&mut self, element: &Element<'_>) -> Result<Step, Unread> {
        match element.attribute("fldCharType").as_deref() {
            // What is within is how it is filled in.
            Some("begin") => {
                if self.fields.len() >= MOST_FIELDS {
                    // So many do not end: what is said of the first no longer matters.
                    self.fields.remove(0);
                }
                self.fields.push(Field::default());
                return Ok(Step::Enter(Frame::Through));
            }
            Some("separate") => {
                if let Some(field) = self.fields.last_mut() {
                    field.has_result = true;
                }
            }
            Some("end") => {
                let shown = self.fields.pop().filter(|field| !field.has_result);
                if let Some(shown) = shown.and_then(|field| symbols::equation(&field.instruction)) {
                    self.words = shown;
                    self.say()?;
                }
            }
            _ => {}
        }
        Ok(Step::Skip)
    }

    /// What is said of a list of entries, of which one is seen.
    pub(super) fn entry(&mut self, element: &Element<'_>) -> Result<(), Unread> {
        let Some(Frame::Entries(left)) = self.frames.last_mut() else { return Ok(()) };
        let value = element.attribute("val");
        match (element.name(), *left) {
            ("default" | "result", _) => *left = value.and_then(|value| value.trim().parse().ok()),
            ("listEntry", Some(0)) => {
                *left = None;
                self.words = value.unwrap_or_default();
                self.say()?;
            }
            ("listEntry", Some(before)) => *left = Some(before - 1),
            _ => {}
        }
        Ok(())
    }

    /// What words say of how they are set.
    pub(super) fn run_property(&mut self, element: &Element<'_>) {
        if element.family != Family::Word {
            return;
        }
        let value = element.attribute("val");
        match element.name() {
            "vanish" => self.run.is_hidden = value.is_none_or(|value| is_on(&value)),
            "rStyle" => self.run.is_hidden |= value.is_some_and(|style| self.styles.is_hidden(&style)),
            "strike" | "dstrike" => self.run.is_struck = value.is_none_or(|value| is_on(&value)),
            "vertAlign" => self.run.is_raised = matches!(value.as_deref(), Some("superscript" | "subscript")),
            "rFonts" => {
                let named = |name: &str| element.attribute(name).and_then(|font| SignFont::named(&font));
                self.run.font = named("ascii").or_else(|| named("hAnsi"));
            }
            _ => {}
        }
    }

    /// A reference to a note, whose mark is no part of the text.
    pub(super) fn note(&mut self, element: &Element<'_>, at_end: bool) -> Step {
        if self.is_seen()
            && let Some(id) = number(element)
        {
            self.notes.insert((at_end, id));
        }
        Step::Skip
    }

    /// Whether a note is referred to; those that only draw a line are not.
    pub(super) fn is_wanted(&self, element: &Element<'_>, at_end: bool) -> bool {
        number(element).is_some_and(|id| self.notes.contains(&(at_end, id)))
    }

    /// Counts a picture, or what is no more readable than one.
    pub(super) fn picture(&mut self) -> Step {
        self.pictures += usize::from(self.is_seen());
        Step::Skip
    }
}

/// The number that a note goes by.
fn number(element: &Element<'_>) -> Option<i64> {
    element.attribute("id")?.trim().parse().ok()
}
