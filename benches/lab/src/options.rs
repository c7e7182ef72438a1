//! Options of the command line: words first, then `--name value` in any order.

use std::str::FromStr;

use crate::Result;

/// What was given, checked off as it is asked for.
pub struct Options<'a> {
    words: &'a [String],
    named: Vec<(&'a str, &'a str)>,
}

impl<'a> Options<'a> {
    /// `flags` stand alone, without a value; all others have one.
    pub fn parse(arguments: &'a [String], flags: &[&str]) -> Result<Self> {
        let first = arguments.iter().position(|argument| argument.starts_with("--"));
        let (words, rest) = arguments.split_at(first.unwrap_or(arguments.len()));
        let mut named = Vec::new();
        let mut rest = rest.iter();
        while let Some(argument) = rest.next() {
            let name = argument.strip_prefix("--").ok_or_else(|| format!("what is {argument}?"))?;
            let value = if flags.contains(&name) {
                ""
            } else {
                rest.next().ok_or_else(|| format!("--{name} wants a value"))?
            };
            named.push((name, value));
        }
        Ok(Self { words, named })
    }

    pub fn word(&self, at: usize, what: &str) -> Result<&'a str> {
        Ok(self.words.get(at).ok_or_else(|| format!("{what} is wanted"))?)
    }

    pub fn flag(&mut self, name: &str) -> bool {
        self.take(name).is_some()
    }

    pub fn optional<T: FromStr>(&mut self, name: &str) -> Result<Option<T>> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let parsed = value.parse().map_err(|_| format!("--{name} cannot be {value}"))?;
        Ok(Some(parsed))
    }

    pub fn required<T: FromStr>(&mut self, name: &str) -> Result<T> {
        Ok(self.optional(name)?.ok_or_else(|| format!("--{name} is wanted"))?)
    }

    /// Everything that was given must have been asked for.
    pub fn finish(self) -> Result<()> {
        match self.named.first() {
            Some((name, _)) => Err(format!("there is no --{name} here").into()),
            None => Ok(()),
        }
    }

    fn take(&mut self, name: &str) -> Option<&'a str> {
        let at = self.named.iter().position(|(given, _)| *given == name)?;
        Some(self.named.remove(at).1)
    }
}
