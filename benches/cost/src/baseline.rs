//! `baseline.txt`: what it cost when that was last written down.
//!
//! A first line with the compiler's version, then one for each operation: its name, instructions,
//! allocations and bytes.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::figures::Figures;

pub struct Baseline {
    pub compiler: String,
    pub figures: Vec<(String, Figures)>,
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("baseline.txt")
}

impl Baseline {
    pub fn load() -> Result<Self, String> {
        let path = path();
        let text =
            std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let (compiler, lines) = text.split_once('\n').ok_or("the baseline is empty")?;
        let figures = lines.lines().map(|line| parse(line).ok_or(format!("baseline: `{line}`")));
        Ok(Self { compiler: compiler.to_owned(), figures: figures.collect::<Result<_, _>>()? })
    }

    pub fn of(&self, name: &str) -> Option<Figures> {
        self.figures.iter().find(|(known, _)| known == name).map(|(_, figures)| *figures)
    }

    pub fn save(&self) -> Result<(), String> {
        let mut text = format!("{}\n", self.compiler);
        for (name, Figures { instructions, allocations, bytes }) in &self.figures {
            writeln!(text, "{name} {instructions:.2} {allocations} {bytes}").expect("to a string");
        }
        std::fs::write(path(), text).map_err(|error| error.to_string())
    }
}

fn parse(line: &str) -> Option<(String, Figures)> {
    let mut words = line.split(' ');
    let name = words.next()?.to_owned();
    let mut number = || words.next()?.parse().ok();
    let figures = Figures { instructions: number()?, allocations: number()?, bytes: number()? };
    Some((name, figures))
}
