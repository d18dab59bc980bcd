//! What is printed: tables in Markdown, and whether a line held.

/// A table under construction.
pub(crate) struct Table {
    text: String,
}

impl Table {
    /// With the names of its columns.
    pub(crate) fn new(columns: &[&str]) -> Self {
        let mut table = Self { text: String::new() };
        table.row(columns);
        table.row(&vec!["---"; columns.len()]);
        table
    }

    /// One more row.
    pub(crate) fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        for cell in cells {
            self.text.push_str("| ");
            self.text.push_str(cell.as_ref());
            self.text.push(' ');
        }
        self.text.push_str("|\n");
    }
}

/// A section of the page: a title, what the figures are, the tables.
pub(crate) fn section(title: &str, introduction: &str, tables: &[Table]) -> String {
    let tables: Vec<&str> = tables.iter().map(|table| table.text.as_str()).collect();
    format!("\n## {title}\n\n{}\n\n{}", introduction.trim(), tables.join("\n"))
}

/// How a line is told.
pub(crate) fn verdict(held: bool) -> &'static str {
    if held { "HELD" } else { "**FELL SHORT**" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_markdown() {
        let mut table = Table::new(&["a", "b"]);
        table.row(&["1", verdict(false)]);
        assert_eq!(
            section("T", " words\n", &[table]),
            "\n## T\n\nwords\n\n| a | b |\n| --- | --- |\n| 1 | **FELL SHORT** |\n"
        );
    }
}
