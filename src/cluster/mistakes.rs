//! What is wrong with the settings, gathered so that all is told at once.

use crate::error::{Error, ErrorKind, Result};

/// Mistakes in the order in which they were found, each with the builder's method.
#[derive(Default)]
pub(crate) struct Mistakes(Vec<Mistake>);

struct Mistake {
    setting: &'static str,
    text: String,
    /// What C said, when it was C that found it.
    cause: Option<Error>,
}

impl Mistakes {
    pub(crate) fn add(&mut self, setting: &'static str, text: impl Into<String>) {
        self.0.push(Mistake { setting, text: text.into(), cause: None });
    }

    /// One that C found, or a function that it lacks.
    pub(crate) fn add_caused(
        &mut self,
        setting: &'static str,
        text: impl Into<String>,
        cause: Error,
    ) {
        self.0.push(Mistake { setting, text: text.into(), cause: Some(cause) });
    }

    /// Zero where it makes no sense.
    pub(super) fn refuse_zero<T: Default + PartialEq>(
        &mut self,
        setting: &'static str,
        value: Option<T>,
        why: &str,
    ) {
        if value.is_some_and(|value| value == T::default()) {
            self.add(setting, why);
        }
    }

    /// `value`, or an error that tells every mistake and is of the kind of the first.
    pub(crate) fn or<T>(self, value: T) -> Result<T> {
        let Some(first) = self.0.first() else { return Ok(value) };
        let texts: Vec<_> = self.0.iter().map(|m| format!("{}: {}", m.setting, m.text)).collect();
        let text = texts.join("; ");
        Err(match &first.cause {
            Some(cause) => cause.clone().with_message(text),
            None => Error::new(ErrorKind::Setting { name: first.setting }, text),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_fine_and_the_first_names_the_kind() {
        assert_eq!(Mistakes::default().or(7).unwrap(), 7);
        let mut wrong = Mistakes::default();
        wrong.add("port", "0 is no port");
        wrong.add_caused("queue_size", "no", Error::new(ErrorKind::Driver, ""));
        let error = wrong.or(()).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Setting { name: "port" });
        assert_eq!(error.message(), "port: 0 is no port; queue_size: no");
    }
}
