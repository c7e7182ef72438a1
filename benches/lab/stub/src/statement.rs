//! What a statement asks for, by its text. Only the shapes that clients and the laboratory send are known;
//! all else is [`Statement::Other`].

use crate::tokens::{Token, tokens};

/// A statement, with names as they stand in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// `SELECT`.
    Select {
        /// The table.
        table: Name,
        /// What is selected, nothing for `*`.
        selected: Vec<Selected>,
        /// The conditions that are joined by AND.
        filters: Vec<Filter>,
    },
    /// `INSERT`.
    Insert {
        /// The table.
        table: Name,
        /// The columns, and their values.
        columns: Vec<(String, Operand)>,
    },
    /// `USE`.
    Use(String),
    /// `CREATE`, `ALTER` or `DROP`.
    SchemaChange {
        /// `CREATED`, `UPDATED` or `DROPPED`.
        change: &'static str,
        /// `KEYSPACE`, `TABLE` or `TYPE`.
        target: &'static str,
        /// What was changed; the keyspace alone where that is it.
        name: Name,
    },
    /// What is answered with VOID.
    Other,
}

/// The name of a table: its keyspace, where that is said, and its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The keyspace.
    pub keyspace: Option<String>,
    /// The table, or whatever else it is.
    pub name: String,
}

/// What is selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// The column.
    pub column: String,
    /// Its value is wanted as JSON.
    pub as_json: bool,
    /// What it is called in the answer.
    pub called: String,
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// What it has to equal, or to be in.
    pub operand: Operand,
}

/// A value in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Comes with the request, at this place.
    Marker(usize),
    /// A list that comes with the request, at this place.
    ListMarker(usize),
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// Not understood.
    Unknown,
}

/// Reads a statement.
pub fn parse(text: &str) -> Statement {
    let tokens = tokens(text);
    let mut parser = Parser { tokens: tokens.iter().peekable(), markers: 0 };
    let read = match parser.word().as_deref() {
        Some("select") => parser.select(),
        Some("insert") => parser.insert(),
        Some("use") => parser.word().map(Statement::Use),
        Some("create") => parser.schema_change("CREATED"),
        Some("alter") => parser.schema_change("UPDATED"),
        Some("drop") => parser.schema_change("DROPPED"),
        _ => None,
    };
    read.unwrap_or(Statement::Other)
}

struct Parser<'a> {
    tokens: std::iter::Peekable<std::slice::Iter<'a, Token>>,
    markers: usize,
}

impl Parser<'_> {
    fn word(&mut self) -> Option<String> {
        match self.tokens.next_if(|token| matches!(token, Token::Word(_)))? {
            Token::Word(word) => Some(word.clone()),
            _ => None,
        }
    }

    fn is_word(&mut self, wanted: &str) -> bool {
        self.tokens.next_if(|token| matches!(token, Token::Word(word) if word == wanted)).is_some()
    }

    fn is_sign(&mut self, wanted: char) -> bool {
        self.tokens.next_if(|token| **token == Token::Sign(wanted)).is_some()
    }

    fn name(&mut self) -> Option<Name> {
        let first = self.word()?;
        Some(match self.is_sign('.') {
            true => Name { keyspace: Some(first), name: self.word()? },
            false => Name { keyspace: None, name: first },
        })
    }

    fn select(&mut self) -> Option<Statement> {
        let mut selected = Vec::new();
        if !self.is_sign('*') {
            loop {
                selected.push(self.selected()?);
                if !self.is_sign(',') {
                    break;
                }
            }
        }
        if !self.is_word("from") {
            return None;
        }
        let table = self.name()?;
        let mut filters = Vec::new();
        if self.is_word("where") {
            loop {
                let column = self.word()?;
                let operand = if self.is_word("in") { self.list() } else { self.equal_to() };
                filters.push(Filter { column, operand });
                if !self.is_word("and") {
                    break;
                }
            }
        }
        Some(Statement::Select { table, selected, filters })
    }

    fn selected(&mut self) -> Option<Selected> {
        let mut column = self.word()?;
        let as_json = column == "tojson" && self.is_sign('(');
        if as_json {
            column = self.word()?;
            self.is_sign(')').then_some(())?;
        }
        let called = match self.is_word("as") {
            true => self.word()?,
            false if as_json => format!("system.tojson({column})"),
            false => column.clone(),
        };
        Some(Selected { column, as_json, called })
    }

    fn equal_to(&mut self) -> Operand {
        if self.is_sign('=') { self.operand() } else { Operand::Unknown }
    }

    fn operand(&mut self) -> Operand {
        match self.tokens.next() {
            Some(Token::Marker) => {
                self.markers += 1;
                Operand::Marker(self.markers - 1)
            }
            Some(Token::Text(text)) => Operand::Text(text.clone()),
            Some(Token::Number(number)) => Operand::Number(*number),
            _ => Operand::Unknown,
        }
    }

    fn list(&mut self) -> Operand {
        match self.operand() {
            Operand::Marker(at) => Operand::ListMarker(at),
            _ => Operand::Unknown,
        }
    }

    fn insert(&mut self) -> Option<Statement> {
        self.is_word("into").then_some(())?;
        let table = self.name()?;
        let mut names = Vec::new();
        self.is_sign('(').then_some(())?;
        while let Some(name) = self.word() {
            names.push(name);
            self.is_sign(',');
        }
        (self.is_sign(')') && self.is_word("values") && self.is_sign('(')).then_some(())?;
        let mut columns = Vec::new();
        for name in names {
            columns.push((name, self.operand()));
            self.is_sign(',');
        }
        self.is_sign(')').then_some(Statement::Insert { table, columns })
    }

    fn schema_change(&mut self, change: &'static str) -> Option<Statement> {
        let target = match self.word()?.as_str() {
            "keyspace" => "KEYSPACE",
            "table" | "columnfamily" => "TABLE",
            "type" => "TYPE",
            _ => return None,
        };
        if self.is_word("if") {
            self.is_word("not");
            self.is_word("exists");
        }
        Some(Statement::SchemaChange { change, target, name: self.name()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(keyspace: &str, name: &str) -> Name {
        Name { keyspace: Some(keyspace.into()), name: name.into() }
    }

    #[test]
    fn what_the_laboratory_sends_is_known() {
        let Statement::Select { table, selected, filters } =
            parse("SELECT id, v FROM lab.kv WHERE id = ?")
        else {
            panic!("no select");
        };
        assert_eq!(table, name("lab", "kv"));
        assert_eq!(selected.iter().map(|s| s.called.as_str()).collect::<Vec<_>>(), ["id", "v"]);
        assert_eq!(filters, [Filter { column: "id".into(), operand: Operand::Marker(0) }]);
        assert_eq!(
            parse("INSERT INTO lab.kv (id, v) VALUES (?, ?)"),
            Statement::Insert {
                table: name("lab", "kv"),
                columns: vec![("id".into(), Operand::Marker(0)), ("v".into(), Operand::Marker(1))],
            }
        );
    }

    #[test]
    fn what_clients_send_is_known() {
        let Statement::Select { selected, filters, .. } = parse(
            "SELECT keyspace_name, toJson(replication) AS replication FROM system_schema.keyspaces \
             WHERE keyspace_name IN ? AND x = 'y'",
        ) else {
            panic!("no select");
        };
        assert!(selected[1].as_json);
        assert_eq!(selected[1].called, "replication");
        assert_eq!(filters[0].operand, Operand::ListMarker(0));
        assert_eq!(filters[1].operand, Operand::Text("y".into()));
    }

    #[test]
    fn a_change_of_the_schema_names_what_it_changes() {
        assert_eq!(
            parse("CREATE TABLE IF NOT EXISTS lab.kv (id bigint PRIMARY KEY, v text)"),
            Statement::SchemaChange { change: "CREATED", target: "TABLE", name: name("lab", "kv") }
        );
        assert_eq!(parse("USE \"lab\""), Statement::Use("lab".into()));
        assert_eq!(parse("TRUNCATE lab.kv"), Statement::Other);
    }
}
