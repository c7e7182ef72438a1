//! The report: the sections in their order, and the plots between them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cell::{Cells, metric};
use crate::plot::{self, Plot};
use crate::record::{self, Records};
use crate::table;

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// The files, the report first.
    pub files: Vec<PathBuf>,
    /// What was odd about the records; the report says it too.
    pub notes: Vec<String>,
}

/// Reads the records and writes `README.md` and its plots into the folder, which is made when it is
/// not there. A plot of an earlier report that these records have no figures for is removed.
///
/// # Errors
/// When a file cannot be read or written, and when a line of the records, other than a torn last one,
/// is no record; the error names the line.
pub fn write(records: &Path, folder: &Path) -> io::Result<Written> {
    let Records { about, runs, callbacks, mut notes } = record::read(records)?;
    let cells = Cells::of(runs, &mut notes);
    let plots = plot::all(&cells, &callbacks);
    let name = records.file_name().unwrap_or(records.as_os_str()).to_string_lossy();

    let mut text = String::from("# The client beside others\n\n");
    text += &table::about::headline(about.as_ref());
    text += &noticed(&notes);
    text += &image(&plots, "cpu.svg", "CPU of the client a request, by requests in flight");
    text += &table::goals::section(&cells);
    text += &table::requests::section(&cells);
    text += &image(&plots, "cpu-stub.svg", "CPU a request against the stub server, all clients");
    text += &image(&plots, "cpu-cassandra.svg", "CPU a request against Cassandra, all clients");
    text += &table::streams::section(&cells);
    text += &image(&plots, "stream.svg", "CPU a row of a stream, by page size");
    text += &table::connect::section(&cells);
    text += &table::open_loop::section(&cells);
    text += &image(
        &plots,
        "latency-open.svg",
        "Latency at a fixed rate, by share of the best throughput",
    );
    text += &table::callbacks::section(&callbacks);
    text += &image(&plots, "callback.svg", "Callback latency by runtime");
    text += &table::memory::section(&cells);
    text += &table::about::section(about.as_ref());
    text += &table::about::reading(most_rounds(&cells));
    text += &table::about::again(&name);

    fs::create_dir_all(folder)?;
    let mut files = vec![folder.join("README.md")];
    fs::write(&files[0], text)?;
    for plot in plots {
        let path = folder.join(plot.file);
        match plot.svg {
            Some(svg) => {
                fs::write(&path, svg)?;
                files.push(path);
            }
            None => match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            },
        }
    }
    Ok(Written { files, notes })
}

fn noticed(notes: &[String]) -> String {
    if notes.is_empty() {
        return String::new();
    }
    let notes: String = notes.iter().map(|note| format!("- {note}\n")).collect();
    format!("**Noticed in the records:**\n\n{notes}\n")
}

/// A plot, where there is something to draw.
fn image(plots: &[Plot], file: &str, alt: &str) -> String {
    if plots.iter().any(|plot| plot.file == file && plot.svg.is_some()) {
        format!("![{alt}]({file})\n\n")
    } else {
        String::new()
    }
}

fn most_rounds(cells: &Cells) -> usize {
    cells
        .iter()
        .flat_map(|cell| {
            let clients = cells.clients(|other| other == cell);
            clients.into_iter().filter_map(|name| cells.series(cell, name))
        })
        .map(|series| series.values(metric::cpu_ns).len())
        .max()
        .unwrap_or(0)
}
