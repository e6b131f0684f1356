//! Paragraphs, tables and boxes on the walk through a Word file. In: the elements that they begin and end with, and what those say
//! of them; out: blocks.

use super::*;

impl Walk<'_> {
    /// A paragraph begins in the file.
    pub(super) fn begin_paragraph(&mut self) -> Result<Step, Unread> {
        if !self.flow.goes_on() {
            self.end_paragraph();
        }
        self.start_paragraph()?;
        Ok(Step::Enter(Frame::Paragraph))
    }

    /// Begins a paragraph, or goes on with one whose end is none.
    pub(super) fn start_paragraph(&mut self) -> Result<(), Unread> {
        self.count_block()?;
        let place = match &self.flow.place {
            Some(place) => place.clone(),
            None => {
                self.paragraphs += usize::from(!self.flow.goes_on());
                Place::Paragraph(self.paragraphs)
            }
        };
        self.flow.begin(place);
        Ok(())
    }

    /// Counts one more paragraph, line or cell.
    pub(super) fn count_block(&mut self) -> Result<(), Unread> {
        self.blocks += 1;
        if self.blocks > MOST_BLOCKS { Err(Unread::TooLarge(Limit::Pieces)) } else { Ok(()) }
    }

    /// Ends the paragraph that has begun. Numbers that Word sets before headings are not given: they are part of what is seen,
    /// but how they are written is nowhere in the text.
    pub(super) fn end_paragraph(&mut self) {
        let Some(begun) = &self.flow.begun else { return };
        let said = begun.properties.clone();
        let style = said.style.as_deref();
        let by_level = said.outline.map(|level| level < 9);
        let is_heading = by_level.unwrap_or_else(|| self.styles.is_heading(style));
        let of_style = self.styles.list(style);
        let list = ListPlace { list: said.list.list.or(of_style.list), level: said.list.level.or(of_style.level) };
        let item = self.lists.count(list);
        self.flow.end(is_heading, item.filter(|_| !is_heading));
    }

    /// What a paragraph says of itself.
    pub(super) fn paragraph_property(&mut self, element: &Element<'_>) -> Step {
        match element.name() {
            "numPr" => return Step::Enter(Frame::NumberProperties),
            "rPr" => return Step::Enter(Frame::MarkProperties),
            _ => {}
        }
        let value = element.attribute("val");
        if let Some(begun) = self.flow.begun.as_mut() {
            match element.name() {
                "pStyle" => begun.properties.style = value,
                "outlineLvl" => begun.properties.outline = value.and_then(|level| level.trim().parse().ok()),
                _ => {}
            }
        }
        Step::Skip
    }

    /// What a paragraph says of the list that it stands in.
    pub(super) fn number_property(&mut self, element: &Element<'_>) {
        let value = element.attribute("val");
        let value = value.as_deref().map(str::trim);
        let Some(begun) = self.flow.begun.as_mut() else { return };
        match element.name() {
            "numId" => begun.properties.list.list = value.and_then(|list| list.parse().ok()),
            "ilvl" => begun.properties.list.level = value.and_then(|level| level.parse().ok()),
            _ => {}
        }
    }

    /// A table begins, wherever it stands.
    pub(super) fn begin_table(&mut self) -> Result<Step, Unread> {
        self.end_paragraph();
        self.count_block()?;
        self.tables_begun += 1;
        let level = self.outer.len();
        self.tables.push(Table::new(self.tables_begun, level));
        Ok(Step::Enter(Frame::Table))
    }

    /// A table ends.
    pub(super) fn end_table(&mut self) -> Result<(), Unread> {
        let Some(table) = self.tables.pop() else { return Ok(()) };
        self.squares += table.squares();
        if self.squares > Limit::Pieces.most() {
            return Err(Unread::TooLarge(Limit::Pieces));
        }
        self.end_paragraph();
        self.flow.blocks.extend(table.end());
        Ok(())
    }

    /// A row begins.
    pub(super) fn begin_row(&mut self) -> Step {
        if let Some(table) = self.tables.last_mut() {
            table.row = Some(Row::default());
        }
        Step::Enter(Frame::Row)
    }

    /// A cell begins.
    pub(super) fn begin_cell(&mut self) -> Result<Step, Unread> {
        self.count_block()?;
        let place = self.tables.last().map(Table::place);
        Ok(Step::Enter(Frame::Cell(self.begin_flow(place))))
    }

    /// A text begins that hangs on the paragraph it stands in.
    pub(super) fn begin_box(&mut self) -> Step {
        let place = self.flow.place.clone();
        Step::Enter(Frame::Box(self.begin_flow(place)))
    }

    /// Begins a text within the one that is being read; gives what goes on after it.
    fn begin_flow(&mut self, place: Option<Place>) -> Outside {
        self.outer.push(std::mem::replace(&mut self.flow, Flow::at(place)));
        Outside { run: std::mem::take(&mut self.run), fields: self.fields.len() }
    }

    /// Ends a text within another; gives its blocks.
    pub(super) fn end_flow(&mut self, outside: Outside) -> Vec<Block> {
        self.end_paragraph();
        self.run = outside.run;
        // A field that begins in a cell and does not end there hides nothing outside of it.
        self.fields.truncate(outside.fields);
        let outer = self.outer.pop().unwrap_or_default();
        std::mem::replace(&mut self.flow, outer).blocks
    }

    /// What a cell says of itself.
    pub(super) fn cell_property(&mut self, element: &Element<'_>) {
        let Some(table) = self.tables.last_mut().filter(|_| element.family == Family::Word) else { return };
        let value = element.attribute("val");
        let merge = |value: Option<&str>| match value.map(str::trim) {
            Some("restart" | "rest") => Merge::Begins,
            _ => Merge::GoesOn,
        };
        match element.name() {
            "gridSpan" => table.cell.span = columns(value.as_deref()).unwrap_or(1),
            "vMerge" => table.cell.down = Some(merge(value.as_deref())),
            "hMerge" => table.cell.across = Some(merge(value.as_deref())),
            "cellMerge" => table.cell.down = element.attribute("vMerge").map(|value| merge(Some(&value))),
            "cellDel" => table.cell.is_deleted = true,
            _ => {}
        }
    }

    /// What a row says of itself.
    pub(super) fn row_property(&mut self, element: &Element<'_>) {
        let Some(table) = self.tables.last_mut().filter(|_| element.family == Family::Word) else { return };
        let value = element.attribute("val");
        match (element.name(), table.row.as_mut()) {
            ("gridBefore", _) => table.leave_free(columns(value.as_deref()).unwrap_or(0)),
            ("del", Some(row)) => row.is_left_out = true,
            ("hidden", Some(row)) => row.is_left_out |= value.is_none_or(|value| is_on(&value)),
            _ => {}
        }
    }
}
