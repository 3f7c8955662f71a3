//! The file that is read, and the one that rejected rows are written to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::cli::{place, read_text};
use crate::domain::past_case::{Reading, Sheet, SheetRow};

/// Reads a file of values with a header. Rows of another length are kept, and are told of later.
pub fn read_sheet(path: &Path, delimiter: Option<char>) -> anyhow::Result<Sheet> {
    let text = read_text(path).context("it must be a file in UTF-8")?;
    let text = text.trim_start_matches('\u{feff}');
    let delimiter = delimiter.unwrap_or_else(|| likely_delimiter(text));
    let delimiter = u8::try_from(delimiter).context("the delimiter must be one plain character")?;
    let mut lines = csv::ReaderBuilder::new();
    let mut lines = lines.delimiter(delimiter).flexible(true).has_headers(true).from_reader(text.as_bytes());
    let header: Vec<String> = lines.headers().context("the header can't be read")?.iter().map(trimmed).collect();
    if header.iter().all(String::is_empty) {
        bail!("{} is empty: its first line must name the columns", path.display());
    }
    let (mut rows, mut counted) = (Vec::new(), Counted { text, at: 0, line: 1 });
    for record in lines.records() {
        let record = record.with_context(|| format!("{} can't be read", path.display()))?;
        let line = counted.line_at(record.position().map_or(0, |position| position.byte()));
        rows.push(SheetRow { line, cells: record.iter().map(str::to_owned).collect() });
    }
    Ok(Sheet { header, rows })
}

/// Counts lines as an editor does. The reader's own count is one short where lines end with two characters.
struct Counted<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl Counted<'_> {
    /// The line of the first character at or after a place that is no line end. Places come in rising order.
    fn line_at(&mut self, byte: u64) -> u64 {
        let from = usize::try_from(byte).unwrap_or(usize::MAX);
        let bytes = self.text.as_bytes();
        let ends = bytes.get(from..).unwrap_or_default().iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let to = from.saturating_add(ends);
        let passed = bytes.get(self.at..to).unwrap_or_default().iter().filter(|b| **b == b'\n').count();
        self.line = self.line.saturating_add(u64::try_from(passed).unwrap_or(0));
        self.at = to;
        self.line
    }
}

fn trimmed(cell: &str) -> String {
    cell.trim().to_owned()
}

/// The mark that stands most often in the first line.
fn likely_delimiter(text: &str) -> char {
    let header = text.lines().next().unwrap_or_default();
    let count = |mark: char| header.matches(mark).count();
    [';', '\t'].into_iter().fold(',', |best, mark| if count(mark) > count(best) { mark } else { best })
}

/// `FILE.rejected.csv` beside `FILE.csv`.
pub fn beside(file: &Path) -> PathBuf {
    file.with_extension("rejected.csv")
}

/// Writes the rows that could not be entered, as they are in the file, with line and reasons after them. Only its
/// owner may read it: rows of an old register name people.
pub fn write_rejected(path: &Path, sheet: &Sheet, reading: &Reading) -> anyhow::Result<()> {
    let mut why: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for problem in &reading.problems {
        let reason = match problem.column.as_str() {
            "" => problem.reason.clone(),
            column => format!("{column}: {}", problem.reason),
        };
        why.entry(problem.line).or_default().push(reason);
    }
    let mut lines = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    lines.write_record(sheet.header.iter().map(String::as_str).chain(["line", "why"]))?;
    for row in &sheet.rows {
        let Some(reasons) = why.get(&row.line) else { continue };
        let (line, reasons) = (row.line.to_string(), reasons.join(" "));
        lines.write_record(row.cells.iter().map(String::as_str).chain([line.as_str(), reasons.as_str()]))?;
    }
    let text = String::from_utf8(lines.into_inner()?)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let name = path.file_name().context("the file for rejected rows needs a name")?.to_string_lossy().into_owned();
    place::write_file(&place::open_folder(folder, false)?, &name, &text, 0o600)
}
