//! What is answered to a statement, made once from its text: the answer to PREPARE, and how to answer each
//! EXECUTE with the fewest steps.

mod row;
mod table;

use std::collections::HashMap;
use std::net::SocketAddr;

pub use row::Row;
pub use table::TableRows;

use crate::catalogue::{self, Content, LAB, Table};
use crate::codec::error::{self, INVALID};
use crate::codec::types::Type;
use crate::codec::write;
use crate::rows::{Columns, ManyRows};
use crate::statement::{self, Filter, Name, Operand, Selected, Statement};

/// The length of a prepared statement's id, bytes.
pub const ID: usize = 16;

const PREPARED: i32 = 4;
const SET_KEYSPACE: i32 = 3;
const SCHEMA_CHANGE: i32 = 5;

/// A statement, and what is answered.
#[derive(Debug)]
pub struct Plan {
    /// The statement's id: a hash of its text, and its place among the plans.
    pub id: [u8; ID],
    /// The body of the answer to PREPARE.
    pub prepared: Vec<u8>,
    /// What executing it answers.
    pub action: Action,
}

/// What executing a statement answers.
#[derive(Debug)]
pub enum Action {
    /// Nothing.
    Void,
    /// One row.
    Row(Row),
    /// Very many rows, in pages.
    Many {
        /// Their columns.
        columns: Columns,
        /// The rows.
        rows: ManyRows,
    },
    /// The rows of a table of the system.
    Table(TableRows),
    /// Always the same body of a RESULT.
    Fixed(Vec<u8>),
}

/// Makes plans.
#[derive(Debug)]
pub struct Planner {
    tables: Vec<Table>,
    count: usize,
    many: HashMap<Vec<String>, ManyRows>,
}

/// The place in the list of plans that an id tells.
#[inline]
pub fn place(id: &[u8]) -> Option<usize> {
    id.last_chunk::<8>().map(|place| u64::from_be_bytes(*place) as usize)
}

fn id(text: &str, place: usize) -> [u8; ID] {
    // FNV-1a.
    let hash = text.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    let mut id = [0; ID];
    id[..8].copy_from_slice(&hash.to_be_bytes());
    id[8..].copy_from_slice(&(place as u64).to_be_bytes());
    id
}

/// What a statement takes and gives.
#[derive(Default)]
struct Shape {
    values: Columns,
    key: Vec<usize>,
    result: Option<Columns>,
}

impl Planner {
    /// For a server at `address`, with so many rows in the table `big`.
    pub fn new(address: SocketAddr, count: usize) -> Planner {
        Planner { tables: catalogue::tables(address), count, many: HashMap::new() }
    }

    /// Makes the plan of a statement, to be kept at `place`; the error is the body of an ERROR. The first
    /// plan over the table `big` makes its rows.
    pub fn plan(&mut self, text: &str, place: usize) -> Result<Plan, Vec<u8>> {
        let (shape, action) = self.action(statement::parse(text))?;
        let id = id(text, place);
        let mut prepared = Vec::new();
        write::int(&mut prepared, PREPARED);
        write::short_bytes(&mut prepared, &id);
        shape.values.write_values(&mut prepared, &shape.key);
        let none = shape.result.is_none();
        shape.result.unwrap_or_default().write_metadata(&mut prepared, none, None);
        Ok(Plan { id, prepared, action })
    }

    fn action(&mut self, statement: Statement) -> Result<(Shape, Action), Vec<u8>> {
        Ok(match statement {
            Statement::Select { table, selected, filters } => match self.find(&table)? {
                Some(at) => self.select(at, selected, &filters)?,
                None => (Shape::default(), Action::Void),
            },
            Statement::Insert { table, columns } => match self.find(&table)? {
                Some(at) => (values(&self.tables[at], columns)?, Action::Void),
                None => (Shape::default(), Action::Void),
            },
            Statement::Use(keyspace) => {
                let mut body = Vec::new();
                write::int(&mut body, SET_KEYSPACE);
                write::string(&mut body, &keyspace);
                (Shape::default(), Action::Fixed(body))
            }
            Statement::SchemaChange { change, target, name } => {
                let mut body = Vec::new();
                write::int(&mut body, SCHEMA_CHANGE);
                write::string(&mut body, change);
                write::string(&mut body, target);
                if target != "KEYSPACE" {
                    write::string(&mut body, name.keyspace.as_deref().unwrap_or(LAB));
                }
                write::string(&mut body, &name.name);
                (Shape::default(), Action::Fixed(body))
            }
            Statement::Other => (Shape::default(), Action::Void),
        })
    }

    /// The place of a table. Without a keyspace it is the laboratory's: clients name all others.
    fn find(&self, name: &Name) -> Result<Option<usize>, Vec<u8>> {
        let keyspace = name.keyspace.as_deref().unwrap_or(LAB);
        let found = self.tables.iter().position(|t| t.keyspace == keyspace && t.name == name.name);
        if found.is_none() && catalogue::is_missed(keyspace) {
            return Err(invalid(&format!("unconfigured table {keyspace}.{}", name.name)));
        }
        Ok(found)
    }

    fn select(
        &mut self,
        at: usize,
        mut selected: Vec<Selected>,
        filters: &[Filter],
    ) -> Result<(Shape, Action), Vec<u8>> {
        let table = &self.tables[at];
        if selected.is_empty() {
            let all = table.columns.iter().map(|(name, _)| name.to_string());
            selected.extend(all.map(|name| Selected {
                called: name.clone(),
                column: name,
                as_json: false,
            }));
        }
        let mut result = of(table);
        let mut places = Vec::new();
        for wanted in &selected {
            let place = column(table, &wanted.column)?;
            let kind = if wanted.as_json { Type::Text } else { table.columns[place].1 };
            result.columns.push((wanted.called.clone(), kind));
            places.push((place, wanted.as_json));
        }
        let operands = filters.iter().map(|f| (f.column.clone(), f.operand.clone())).collect();
        let mut shape = values(table, operands)?;
        let action = match &table.content {
            Content::Rows(rows) => {
                Action::Table(TableRows::new(table, rows, result.clone(), places, filters)?)
            }
            Content::One(text) => Action::Row(Row::new(&result, text, filters)),
            Content::Many => {
                let key = selected.into_iter().map(|s| s.column).collect();
                let rows =
                    self.many.entry(key).or_insert_with(|| ManyRows::new(&result, self.count));
                Action::Many { columns: result.clone(), rows: rows.clone() }
            }
        };
        shape.result = Some(result);
        Ok((shape, action))
    }
}

fn of(table: &Table) -> Columns {
    Columns { keyspace: table.keyspace.into(), table: table.name.into(), columns: Vec::new() }
}

fn column(table: &Table, name: &str) -> Result<usize, Vec<u8>> {
    let found = table.columns.iter().position(|(column, _)| *column == name);
    found.ok_or_else(|| invalid(&format!("Undefined column name {name}")))
}

fn invalid(message: &str) -> Vec<u8> {
    error::body(INVALID, message, &[])
}

/// The values that a statement takes: those of the markers among `operands`, which are of these columns.
fn values(table: &Table, operands: Vec<(String, Operand)>) -> Result<Shape, Vec<u8>> {
    let mut shape = Shape { values: of(table), ..Shape::default() };
    for (name, operand) in operands {
        let place = column(table, &name)?;
        let kind = match operand {
            Operand::Marker(at) => {
                if place == 0 {
                    shape.key.push(at);
                }
                table.columns[place].1
            }
            Operand::ListMarker(_) => Type::List(&Type::Text),
            _ => continue,
        };
        shape.values.columns.push((name, kind));
    }
    Ok(shape)
}
