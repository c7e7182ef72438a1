//! Markdown tables, and the sentences around them.

use crate::client;

/// A table that is built row by row.
#[derive(Debug)]
pub struct Table {
    columns: usize,
    text: String,
}

impl Table {
    /// A table with its head. A column is right-aligned when its head ends in `>`, which is not shown.
    pub fn new(head: &[&str]) -> Self {
        let mut table = Self { columns: head.len(), text: String::new() };
        table.line(head.iter().map(|name| name.trim_end_matches('>').trim().to_owned()));
        table.line(
            head.iter().map(|name| String::from(if name.ends_with('>') { "---:" } else { "---" })),
        );
        table
    }

    fn line(&mut self, cells: impl Iterator<Item = String>) {
        self.text.push('|');
        for cell in cells {
            self.text += &format!(" {} |", cell.replace('|', "\\|"));
        }
        self.text.push('\n');
    }

    /// Adds a row. One that is too short is filled with what stands for no figure.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let missing = std::iter::repeat_with(|| super::figure::MISSING.to_owned());
        let columns = self.columns;
        self.line(cells.into_iter().chain(missing).take(columns));
    }

    /// The Markdown.
    pub fn finish(self) -> String {
        self.text
    }
}

/// `a`, `b` and `c` as a list in words.
pub fn list<T: AsRef<str>>(items: &[T]) -> String {
    items.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}

/// Which of the clients that are compared have no run here; nothing when all have.
pub fn absent(clients: &[&str]) -> String {
    let absent: Vec<&str> = client::all().filter(|name| !clients.contains(name)).collect();
    if absent.is_empty() {
        return String::new();
    }
    format!("Not measured: {}.\n\n", list(&absent))
}

/// What is hidden until it is asked for.
pub fn folded(summary: &str, body: &str) -> String {
    format!("<details><summary>{summary}</summary>\n\n{body}\n</details>\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table() {
        let mut table = Table::new(&["client", "µs>"]);
        table.row(["a|b".to_owned()]);
        assert_eq!(table.finish(), "| client | µs |\n| --- | ---: |\n| a\\|b | – |\n");
    }
}
