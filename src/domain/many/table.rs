//! Lines as a table: with a header that names the columns, else each line is one identifier.

use csv::{ReaderBuilder, Trim};

/// The columns a header may name, in any order; without the first it is no header.
pub const COLUMNS: [&str; 7] = ["identifier", "kind", "service", "category", "from", "to", "words"];
const DELIMITERS: [u8; 3] = [b'\t', b';', b','];

/// How the lines are to be read.
pub(super) struct Table {
    /// The line of the header, counted from 1, the delimiter, and the columns in their order.
    header: Option<(usize, u8, Vec<String>)>,
}

/// What stands on a line, each cell where it is not empty.
#[derive(Default)]
pub(super) struct Cells {
    pub(super) identifier: String,
    pub(super) kind: Option<String>,
    pub(super) service: Option<String>,
    pub(super) category: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) words: Option<String>,
}

impl Table {
    /// Looks for a header on the first line that is not blank.
    pub(super) fn find(lines: &[&str]) -> Table {
        let first = lines.iter().enumerate().find(|(_, line)| !line.trim().is_empty());
        let header = first.and_then(|(at, line)| {
            let names = |delimiter| {
                let cells: Vec<String> = split(line, delimiter).iter().map(|cell| cell.to_lowercase()).collect();
                let is_header = cells.iter().any(|cell| cell == "identifier");
                is_header.then(|| (at.saturating_add(1), delimiter, cells))
            };
            DELIMITERS.into_iter().find_map(names)
        });
        Table { header }
    }

    pub(super) fn is_header(&self, number: usize) -> bool {
        self.header.as_ref().is_some_and(|(at, ..)| *at == number)
    }

    /// What is wrong with the header, if anything is.
    pub(super) fn wrong(&self) -> Option<String> {
        let (_, _, names) = self.header.as_ref()?;
        let unknown = names.iter().find(|name| !COLUMNS.contains(&name.as_str()));
        if let Some(name) = unknown {
            return Some(format!("There is no column “{name}”; the columns are {}.", COLUMNS.join(", ")));
        }
        let twice = names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|earlier| earlier == *name));
        twice.map(|(_, name)| format!("The column “{name}” stands there twice."))
    }

    /// The cells of a line.
    ///
    /// # Errors
    /// When the line does not fit the header, or there is none and it looks as if there should be.
    pub(super) fn cells(&self, line: &str) -> Result<Cells, String> {
        let Some((at, delimiter, names)) = &self.header else { return without_header(line) };
        if self.wrong().is_some() {
            return Err(format!("It can't be read before the header on line {at} is mended."));
        }
        let values = split(line, *delimiter);
        if values.len() > names.len() {
            return Err(format!(
                "It has {} columns and the header {}: put \"quotes\" around a text that holds the sign between columns.",
                values.len(),
                names.len()
            ));
        }
        let mut cells = Cells::default();
        for (name, value) in names.iter().zip(values).filter(|(_, value)| !value.is_empty()) {
            let place = match name.as_str() {
                "kind" => &mut cells.kind,
                "service" => &mut cells.service,
                "category" => &mut cells.category,
                "from" => &mut cells.from,
                "to" => &mut cells.to,
                "words" => &mut cells.words,
                _ => {
                    cells.identifier = value;
                    continue;
                }
            };
            *place = Some(value);
        }
        if cells.identifier.is_empty() { Err("The identifier is missing.".to_owned()) } else { Ok(cells) }
    }
}

fn without_header(line: &str) -> Result<Cells, String> {
    if line.trim().contains('\t') {
        return Err(format!("A table needs a first line that names its columns: {}.", COLUMNS.join(", ")));
    }
    Ok(Cells { identifier: line.trim().to_owned(), ..Cells::default() })
}

/// The cells of one line. A quotation mark that is never closed ends with the line.
fn split(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader = ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true).delimiter(delimiter).trim(Trim::All);
    let first = reader.from_reader(line.as_bytes()).into_records().next();
    let cells = first.and_then(Result::ok).unwrap_or_default();
    let mut cells: Vec<String> = cells.iter().map(str::to_owned).collect();
    // Spreadsheets end lines with empty columns.
    while cells.len() > 1 && cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    cells
}
