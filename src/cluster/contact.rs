//! Where the cluster is.

use super::{ContactPoint, Mistakes, SessionBuilder};

/// Where C looks for the cluster first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contact {
    /// Host names and addresses, without ports.
    pub(crate) hosts: Vec<String>,
    pub(crate) port: Option<u16>,
    pub(crate) keyspace: Option<String>,
    pub(crate) shuffled: Option<bool>,
}

impl Contact {
    /// Fills in hosts and port from the contact points, and checks the rest.
    pub(super) fn settle(&mut self, points: &[ContactPoint], wrong: &mut Mistakes) {
        for point in points {
            match point.parts() {
                Err(text) => wrong.add("contact_points", text),
                Ok((name, port)) => {
                    self.hosts.push(name.to_owned());
                    self.take_port(point, port, wrong);
                }
            }
        }
        if points.is_empty() {
            self.hosts.push("127.0.0.1".to_owned());
        }
        wrong.refuse_zero("port", self.port, "0 is no port");
        if self.keyspace.as_ref().is_some_and(|name| name.trim().is_empty()) {
            wrong.add("keyspace", "the name is empty");
        }
    }

    fn take_port(&mut self, of: &ContactPoint, port: Option<u16>, wrong: &mut Mistakes) {
        match (port, self.port) {
            (Some(new), Some(old)) if new != old => {
                let text = format!(
                    "`{of}`: the C driver knows one port for all nodes, and {old} was given before"
                );
                wrong.add("contact_points", text);
            }
            (Some(new), _) => self.port = Some(new),
            (None, _) => {}
        }
    }
}

impl SessionBuilder {
    /// Hosts to ask first; one that answers is enough, and tells of the others. Adds to those given
    /// before. All must have one port. Default: `127.0.0.1`.
    ///
    /// A name is resolved once, at connect: C asks for it no more when all hosts have moved. Drivers:
    /// all.
    pub fn contact_points<I>(mut self, hosts: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<ContactPoint>,
    {
        self.points.extend(hosts.into_iter().map(Into::into));
        self
    }

    /// Whether the contact points are tried in a random order, so that not every client asks the same
    /// host first. C also starts its turns through the hosts at random then. Default: `true`.
    /// Drivers: all.
    pub fn shuffle_contact_points(mut self, yes: bool) -> Self {
        self.settings.contact.shuffled = Some(yes);
        self
    }

    /// The port of every node. Default: 9042. Drivers: all.
    pub fn port(mut self, port: u16) -> Self {
        self.settings.contact.port = Some(port);
        self
    }

    /// The keyspace of statements that name none. A name that is not all lower case goes in double
    /// quotes, as in CQL. Default: none. Drivers: all.
    pub fn keyspace(mut self, name: &str) -> Self {
        self.settings.contact.keyspace = Some(name.to_owned());
        self
    }
}
