//! The command line.

use crate::load::Load;

pub enum Options {
    /// All runs, each in a process.
    All { rounds: u64, short: bool },
    /// One of these processes.
    One(Run),
}

#[derive(Debug, PartialEq)]
pub struct Run {
    pub client: String,
    pub load: Load,
    pub round: u64,
    pub short: bool,
}

const USAGE: &str = "usage: lab-callback [--rounds N] [--short]";

impl Options {
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut rounds, mut round, mut short, mut client, mut load) = (5, 0, false, None, None);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(USAGE);
            let number = |value: String| value.parse().map_err(|_| USAGE);
            match argument.as_str() {
                "--rounds" => rounds = number(value()?)?,
                "--short" => short = true,
                "--client" => client = Some(value()?),
                "--load" => load = Load::named(&value()?),
                "--round" => round = number(value()?)?,
                _ => return Err(USAGE.into()),
            }
        }
        Ok(match (client, load) {
            (Some(client), Some(load)) => Self::One(Run { client, load, round, short }),
            (None, None) => Self::All { rounds, short },
            _ => return Err(USAGE.into()),
        })
    }
}

impl Run {
    /// What [`Options::parse`] makes this of.
    pub fn arguments(&self) -> Vec<String> {
        let round = self.round.to_string();
        let words = ["--client", &self.client, "--load", self.load.name(), "--round", &round];
        let mut arguments: Vec<String> = words.map(str::to_owned).into();
        arguments.extend(self.short.then(|| "--short".to_owned()));
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_to_its_process() {
        for load in Load::ALL {
            let run = Run { client: "smol".into(), load, round: 3, short: load == Load::Busy };
            match Options::parse(run.arguments().into_iter()) {
                Ok(Options::One(told)) => assert_eq!(told, run),
                _ => panic!("not understood: {run:?}"),
            }
        }
    }
}
