//! A connect that failed, explained: C's word for each host, the kind of failure, and the way out.
//!
//! C's error has the word of one host, and a session's own; its log has one for each host, and may have
//! those of other sessions that connect at the same time. So what kind of failure it was is read from the
//! error, and the log adds what the error cannot know.
//!
//! Cost: texts, when a connect has failed.

use std::net::{IpAddr, SocketAddr};

use crate::cluster::{Login, Settings, Verify};
use crate::driver;
use crate::error::{Error, ErrorKind};

/// What a connect was asked to do, as far as its failure may depend on it.
pub(super) struct Diagnosis {
    hosts: Vec<String>,
    port: u16,
    log_mark: u64,
    verify: Option<Verify>,
    login: Option<Login>,
}

/// Words of C or OpenSSL, and what to do about them.
type Advice = &'static [(&'static [&'static str], &'static str)];

/// What OpenSSL finds wrong with a node, and what a node's alert says of us.
const TLS: Advice = &[
    (
        &["certificate has expired", "certificate is not yet valid"],
        "look at the validity of the node's certificate and of its authority's, and at this \
         machine's clock",
    ),
    (
        &["unable to get local issuer", "unable to verify the first", "self signed", "self-signed"],
        "no authority that was given with `ca_pem` has signed the node's certificate",
    ),
    (
        &["wrong version number", "http request", "unknown protocol", "record layer"],
        "the port does not speak TLS: leave out `tls`, or name the port that does",
    ),
    (
        &["alert protocol version", "unsupported protocol"],
        "node and driver have no version of TLS in common: `accepted_protocols` is the node's \
         setting, `min_version` ours",
    ),
    (
        &[
            "alert bad certificate",
            "alert certificate",
            "alert unknown ca",
            "alert handshake failure",
            "alert unsupported certificate",
        ],
        "the node wants a certificate of ours, or refuses the one that it was shown: `client_pem` takes \
         one that the node's authorities have signed, with its own key",
    ),
];

const WRONG_IP: &str = "the node's certificate is not made out to this address: it needs it as a \
    subject alternative name of type IP; `Verify::Chain` does without";
const WRONG_NAME: &str = "the node's certificate is not made out to the name that the reverse \
    look-up of its address gives; `Verify::Chain` does without";
const NO_LOGIN: &str = "the node wants a login: give one with `auth` or `authenticator`";
const PERHAPS_TLS: &str = "the node hung up at once, as one does whose port speaks nothing but TLS: \
    `tls` speaks it";
const PERHAPS_CERTIFICATE: &str = "the node hung up in or just after the handshake, as one does that \
    wants a certificate of ours or refuses the one that it was shown: `client_pem` takes one that the \
    node's authorities have signed, with its own key";
/// C's words for a node that hung up. Which of them comes is chance, as is whether an alert that the
/// node sent before was still read.
const HUNG_UP: [&str; 2] = ["closed prematurely", "Unable to write to socket"];

/// What C puts before the cause of one host's failure.
const OF_HOST: &str = "Unable to establish a control connection to host ";
const BECAUSE: &str = " because of the following error: ";
/// What C puts before an alert that comes after the handshake, as TLS 1.3 has them. Names no host.
const ALERT: &str = "Unable to decrypt data: ";
/// C's words for a failure of our own authenticator.
const OWN_LOGIN: [&str; 2] = ["Failed creating initial response", "Failed evaluating"];

/// Where C connects to unless it is told.
const PORT: u16 = 9042;

impl Diagnosis {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            hosts: settings.contact.hosts.clone(),
            port: settings.contact.port.unwrap_or(PORT),
            log_mark: driver::log::mark(),
            verify: settings.tls.as_ref().map(|tls| tls.verify),
            login: settings.login.clone(),
        }
    }

    pub(super) fn explain(&self, error: Error) -> Error {
        self.explain_with(error, &driver::log::since(self.log_mark))
    }

    fn explain_with(&self, mut error: Error, log: &[String]) -> Error {
        let mut said = plain(error.message()).to_owned();
        if let Some(alert) = self.alert(&error, log) {
            said = format!("{said} ({})", alert.trim_end_matches(':'));
            error = error.with_kind(ErrorKind::Tls);
        }
        if OWN_LOGIN.iter().any(|words| said.starts_with(words)) {
            error = error.with_kind(ErrorKind::Authenticator);
            if let Some(failure) = self.login.as_ref().and_then(Login::failure) {
                // The cause is told by `source()`, and not twice.
                said = said.split(": ").next().unwrap_or_default().to_owned();
                error = error.with_shared_source(failure);
            }
        }
        let mut text = self.by_host(&said, log);
        if let Some(way_out) = self.way_out(error.kind(), &said) {
            text.push_str("; ");
            text.push_str(way_out);
        }
        error.with_message(text)
    }

    /// OpenSSL's word for an alert that C has only logged.
    fn alert<'a>(&self, error: &Error, log: &'a [String]) -> Option<&'a str> {
        if self.verify.is_none() || *error.kind() != ErrorKind::NoHosts {
            return None;
        }
        log.iter().find_map(|line| line.strip_prefix(ALERT))
    }

    fn way_out(&self, kind: &ErrorKind, said: &str) -> Option<&'static str> {
        match kind {
            ErrorKind::Tls if said.contains("subject name does not match") => match self.verify {
                Some(Verify::ChainAndReverseDns) => Some(WRONG_NAME),
                _ => Some(WRONG_IP),
            },
            ErrorKind::Tls => advice(TLS, said),
            ErrorKind::BadCredentials if said.contains("no auth provider") => Some(NO_LOGIN),
            ErrorKind::NoHosts if HUNG_UP.iter().any(|words| said.contains(words)) => {
                Some(if self.verify.is_some() { PERHAPS_CERTIFICATE } else { PERHAPS_TLS })
            }
            _ => None,
        }
    }

    /// `said` for the host it is about, and the log's word for the others.
    fn by_host(&self, said: &str, log: &[String]) -> String {
        if let [host] = &self.hosts[..] {
            if host.parse::<IpAddr>().is_ok() {
                return format!("{}: {said}", self.at(host));
            }
        }
        let mut parts: Vec<String> = Vec::new();
        for line in log {
            let part = match line.strip_prefix(OF_HOST).and_then(|rest| rest.split_once(BECAUSE)) {
                Some((host, cause)) if self.may_be_ours(host) => {
                    format!("{}: {}", self.at(host), plain(cause))
                }
                None if self.hosts.iter().any(|host| mentions(line, host)) => {
                    line.trim().to_owned()
                }
                _ => continue,
            };
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        if !parts.iter().any(|part| part.contains(said)) {
            parts.insert(0, said.to_owned());
        }
        let mut text = parts.join("; ");
        if self.hosts.iter().any(|host| !mentions(&text, host)) {
            text.push_str(&format!(" (contact points: {})", self.hosts.join(", ")));
        }
        text
    }

    /// A host with the port that all have.
    fn at(&self, host: &str) -> String {
        match host.parse::<IpAddr>() {
            Ok(address) => SocketAddr::new(address, self.port).to_string(),
            Err(_) => format!("{host}:{}", self.port),
        }
    }

    /// A name leads to addresses that are known to C alone.
    fn may_be_ours(&self, address: &str) -> bool {
        let named = |host: &String| host.parse::<IpAddr>().is_err();
        self.hosts.iter().any(|host| host == address || named(host))
    }
}

/// Without what C puts before every cause.
fn plain(cause: &str) -> &str {
    let cause = cause.trim();
    cause.strip_prefix("Underlying connection error: ").unwrap_or(cause)
}

fn advice(list: Advice, said: &str) -> Option<&'static str> {
    let fits = |words: &[&str]| words.iter().any(|word| said.contains(word));
    list.iter().find(|(words, _)| fits(words)).map(|(_, way_out)| *way_out)
}

/// Whether `host` stands in `text` as a whole, and not as the beginning of another one.
fn mentions(text: &str, host: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || c == '.' || c == '-' || c == '_';
    text.match_indices(host).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + host.len()..].chars();
        // A full stop may end a sentence.
        let next = after.next().filter(|c| *c != '.' || after.next().is_some_and(goes_on));
        !before.is_some_and(goes_on) && !next.is_some_and(goes_on)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnosis(hosts: &[&str], verify: Option<Verify>) -> Diagnosis {
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        Diagnosis { hosts, port: PORT, log_mark: 0, verify, login: None }
    }

    fn failed(kind: ErrorKind, said: &str) -> Error {
        Error::new(kind, said)
    }

    fn of_host(host: &str, cause: &str) -> String {
        format!("{OF_HOST}{host}{BECAUSE}{cause}")
    }

    #[test]
    fn one_address_is_told_by_the_error_alone() {
        let log = [of_host("10.0.0.1", "another session's")];
        let error = diagnosis(&["10.0.0.1"], None)
            .explain_with(failed(ErrorKind::NoHosts, "Underlying connection error: no"), &log);
        assert_eq!(error.message(), "10.0.0.1:9042: no");
    }

    #[test]
    fn each_host_is_told_by_the_log() {
        let log = [
            of_host("10.0.0.1", "Underlying connection error: refused"),
            of_host("10.0.0.12", "not ours"),
            "Unable to resolve address for db.example:9042".to_owned(),
            "Something about another.db.example".to_owned(),
        ];
        let error = failed(ErrorKind::NoHosts, "refused");
        let error = diagnosis(&["10.0.0.1", "10.0.0.2"], None).explain_with(error, &log);
        assert_eq!(error.message(), "10.0.0.1:9042: refused (contact points: 10.0.0.1, 10.0.0.2)");
        let error = failed(ErrorKind::NoHosts, "refused");
        let error = diagnosis(&["db.example"], None).explain_with(error, &log[..]);
        assert_eq!(
            error.message(),
            "10.0.0.1:9042: refused; 10.0.0.12:9042: not ours; Unable to resolve address for db.example:9042"
        );
    }

    #[test]
    fn the_way_out_follows_the_cause() {
        let said = "Error verifying peer certificate: Peer certificate subject name does not match";
        for (verify, words) in
            [(Verify::ChainAndIp, "type IP"), (Verify::ChainAndReverseDns, "reverse")]
        {
            let error = diagnosis(&["::1"], Some(verify));
            let error = error.explain_with(failed(ErrorKind::Tls, said), &[]);
            assert!(error.message().contains(words), "{error}");
            assert!(error.message().contains("`Verify::Chain`"), "{error}");
        }
        let error = failed(ErrorKind::BadCredentials, "… required but no auth provider set");
        let error = diagnosis(&["::1"], None).explain_with(error, &[]);
        assert!(error.message().contains("`auth`"), "{error}");
    }

    #[test]
    fn an_alert_after_the_handshake_is_tls() {
        let log =
            [format!("{ALERT}error:1:SSL routines:f:sslv3 alert bad certificate:SSL alert 42")];
        let closed = || failed(ErrorKind::NoHosts, "Connection closed prematurely");
        let error = diagnosis(&["::1"], Some(Verify::Chain)).explain_with(closed(), &log);
        assert_eq!(*error.kind(), ErrorKind::Tls);
        assert!(error.message().contains("alert bad certificate"), "{error}");
        assert!(error.message().contains("`client_pem`"), "{error}");
        let error = diagnosis(&["::1"], None).explain_with(closed(), &log);
        assert_eq!(*error.kind(), ErrorKind::NoHosts);
        assert!(error.message().contains("nothing but TLS"), "{error}");
    }

    #[test]
    fn a_node_that_hangs_up_may_want_a_certificate() {
        for words in ["Connection closed prematurely", "Error: 'Unable to write to socket'"] {
            let closed = failed(ErrorKind::NoHosts, words);
            let error = diagnosis(&["::1"], Some(Verify::Chain)).explain_with(closed, &[]);
            assert_eq!(*error.kind(), ErrorKind::NoHosts);
            assert!(error.message().contains("`client_pem`"), "{error}");
            let closed = failed(ErrorKind::NoHosts, words);
            let error = diagnosis(&["::1"], None).explain_with(closed, &[]);
            assert!(error.message().contains("`tls`"), "{error}");
        }
    }

    #[test]
    fn hosts_are_found_as_a_whole() {
        assert!(mentions("to 10.0.0.1.", "10.0.0.1"));
        assert!(mentions("10.0.0.1:9042 is", "10.0.0.1"));
        assert!(!mentions("10.0.0.12", "10.0.0.1"));
        assert!(!mentions("10.0.0.1.5", "10.0.0.1"));
        assert!(!mentions("x.db", "db"));
    }
}
