//! Rows of a table of the system, filtered. Built anew at each answer: clients ask when they connect, and
//! rarely after.

use super::invalid;
use crate::catalogue::Table;
use crate::codec::read::Parameters;
use crate::codec::types::{Cell, text_map_as_json};
use crate::codec::write;
use crate::rows::{Columns, ROWS};
use crate::statement::{Filter, Operand};

/// Rows that a table of the system has.
#[derive(Debug)]
pub struct TableRows {
    columns: Columns,
    rows: Vec<Entry>,
    wanted: Vec<Operand>,
}

#[derive(Debug)]
struct Entry {
    cells: Vec<Cell>,
    /// The cells that each condition is about.
    compared: Vec<Cell>,
}

impl TableRows {
    /// Of a table's `rows`, the cells at `places` (as JSON where that is said). The error is the body of an
    /// ERROR.
    pub fn new(
        table: &Table,
        rows: &[Vec<Cell>],
        columns: Columns,
        places: Vec<(usize, bool)>,
        filters: &[Filter],
    ) -> Result<TableRows, Vec<u8>> {
        let mut compared = Vec::new();
        for filter in filters {
            compared.push(super::column(table, &filter.column)?);
            if filter.operand == Operand::Unknown {
                return Err(invalid("this condition is not understood here"));
            }
        }
        let entry = |row: &Vec<Cell>| Entry {
            cells: places
                .iter()
                .map(|&(at, as_json)| match &row[at] {
                    Some(cell) if as_json => text_map_as_json(cell),
                    cell => cell.clone(),
                })
                .collect(),
            compared: compared.iter().map(|&at| row[at].clone()).collect(),
        };
        let rows = rows.iter().map(entry).collect();
        Ok(TableRows { columns, rows, wanted: filters.iter().map(|f| f.operand.clone()).collect() })
    }

    /// The body of the answer.
    pub fn body(&self, parameters: &Parameters<'_>) -> Vec<u8> {
        let is_wanted = |entry: &&Entry| {
            entry.compared.iter().zip(&self.wanted).all(|(cell, wanted)| match wanted {
                Operand::Text(text) => cell.as_deref() == Some(text.as_bytes()),
                Operand::Number(number) => {
                    cell.as_deref()
                        == i32::try_from(*number)
                            .ok()
                            .map(i32::to_be_bytes)
                            .as_ref()
                            .map(|b| &b[..])
                }
                Operand::Marker(at) => cell.as_deref() == parameters.value(*at),
                Operand::ListMarker(_) | Operand::Unknown => true,
            })
        };
        let rows: Vec<_> = self.rows.iter().filter(is_wanted).collect();
        let mut body = Vec::new();
        write::int(&mut body, ROWS);
        self.columns.write_metadata(&mut body, parameters.skip_metadata, None);
        write::int(&mut body, rows.len() as i32);
        for cell in rows.iter().flat_map(|entry| &entry.cells) {
            write::bytes(&mut body, cell.as_deref());
        }
        body
    }
}
