//! How the session shows itself to the servers.

use super::{Mistakes, SessionBuilder};
use crate::cql::Uuid;

#[derive(Debug, Clone, Default)]
pub(crate) struct Identity {
    pub(crate) application_name: Option<String>,
    pub(crate) application_version: Option<String>,
    pub(crate) client_id: Option<Uuid>,
}

impl Identity {
    pub(super) fn check(&self, wrong: &mut Mistakes) {
        for (setting, text) in [
            ("application_name", &self.application_name),
            ("application_version", &self.application_version),
        ] {
            match text.as_ref().map_or(1, String::len) {
                0 => wrong.add(setting, "it is empty"),
                length if length > usize::from(u16::MAX) => {
                    let text = format!("{length} bytes are more than the protocol's 65,535");
                    wrong.add(setting, text);
                }
                _ => {}
            }
        }
    }
}

impl SessionBuilder {
    /// The name of the program, for the servers' own lists of clients
    /// (`system_views.clients`, Cassandra 4.1 and later; logs). Default: none. Drivers: all.
    pub fn application_name(mut self, name: impl Into<String>) -> Self {
        self.settings.identity.application_name = Some(name.into());
        self
    }

    /// The version of the program, beside its [name](Self::application_name). Default: none. Drivers:
    /// all.
    pub fn application_version(mut self, version: impl Into<String>) -> Self {
        self.settings.identity.application_version = Some(version.into());
        self
    }

    /// The id by which the servers tell this session from others of the same program. Default: a
    /// random one. Drivers: all.
    pub fn client_id(mut self, id: Uuid) -> Self {
        self.settings.identity.client_id = Some(id);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_the_protocol() {
        let check = |name: &str| {
            let mut wrong = Mistakes::default();
            Identity { application_name: Some(name.to_owned()), ..Identity::default() }
                .check(&mut wrong);
            wrong.or(()).is_ok()
        };
        assert!(check("shop") && check(&"x".repeat(65_535)));
        assert!(!check("") && !check(&"x".repeat(65_536)));
    }
}
