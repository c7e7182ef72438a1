//! The file of records: a line for each, written as soon as it is known.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::Result;

pub struct Output {
    path: PathBuf,
    file: File,
}

impl Output {
    /// An earlier file of this folder is replaced.
    pub fn create(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join("records.jsonl");
        let file = File::create(&path)?;
        Ok(Self { path, file })
    }

    pub fn write(&mut self, line: &str) -> Result<()> {
        self.file.write_all(format!("{}\n", line.trim_end()).as_bytes())?;
        Ok(())
    }

    pub fn finish(self) -> Result<PathBuf> {
        self.file.sync_all()?;
        Ok(self.path)
    }
}
