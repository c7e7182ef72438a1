//! `lab-report RECORDS FOLDER`: the report of the records, as `README.md` and plots in the folder.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [records, folder] = arguments.as_slice() else {
        eprintln!("usage: lab-report RECORDS FOLDER");
        return ExitCode::from(2);
    };
    match lab_report::write(Path::new(records), Path::new(folder)) {
        Ok(written) => {
            for note in &written.notes {
                eprintln!("noticed: {note}");
            }
            for file in &written.files {
                println!("{}", file.display());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("lab-report: {error}");
            ExitCode::FAILURE
        }
    }
}
