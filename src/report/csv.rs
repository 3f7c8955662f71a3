//! Comma-separated values that stay text wherever they are opened.

/// One line, ended as RFC 4180 says. A cell that a spreadsheet would take for a formula gets an apostrophe in
/// front, and a cell with a comma, quote or line break stands in quotes.
pub fn line<'t>(cells: impl IntoIterator<Item = &'t str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    format!("{}\r\n", cells.join(","))
}

fn cell(text: &str) -> String {
    // Spreadsheets skip blanks in front, and take the full-width signs for the plain ones.
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || text.starts_with(['\t', '\r', '\n']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n', ';', '\t']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_cell_is_quoted_where_it_must_be_and_never_a_formula() {
        let cells = ["plain", "a,b", "say \"no\"", "=1+1", "+1", "-1", "@sum", " =1", "\t=1", "two\nlines", ""];
        let expected = "plain,\"a,b\",\"say \"\"no\"\"\",'=1+1,'+1,'-1,'@sum,' =1,\"'\t=1\",\"two\nlines\",\r\n";
        assert_eq!(line(cells), expected);
    }
}
