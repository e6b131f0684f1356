//! Tables as grids.

/// Rows of texts; a cell that spans stands in each place that it covers.
pub type Grid = Vec<Vec<String>>;

/// A cell as written.
#[derive(Default)]
pub struct Spanning {
    /// What stands in it.
    pub text: String,
    /// How many columns it takes.
    pub columns: usize,
    /// How many rows it takes.
    pub rows: usize,
    /// For a head: `Column` or `Row`, whichever it speaks for.
    pub scope: String,
}

/// Lays cells out; two cells at one place, or a place without a cell, fail the test.
pub fn grid(rows: Vec<Vec<Spanning>>) -> Grid {
    let mut places: Vec<Vec<Option<String>>> = vec![Vec::new(); rows.len()];
    for (y, row) in rows.into_iter().enumerate() {
        let mut x = 0;
        for cell in row {
            while places[y].get(x).is_some_and(Option::is_some) {
                x += 1;
            }
            for line in places.iter_mut().skip(y).take(cell.rows) {
                if line.len() < x + cell.columns {
                    line.resize(x + cell.columns, None);
                }
                for place in &mut line[x..x + cell.columns] {
                    assert!(place.is_none(), "two cells at one place: {place:?} and {}", cell.text);
                    *place = Some(cell.text.clone());
                }
            }
            x += cell.columns;
        }
    }
    let whole = |row: Vec<Option<String>>| row.into_iter().map(|cell| cell.expect("a table without holes")).collect();
    places.into_iter().map(whole).collect()
}
