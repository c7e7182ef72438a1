//! TLS settings: whom to trust, who we are, what to check.
//!
//! Texts are looked at when they are given and mistakes kept; `connect` reports them with all others.

use std::fmt;

use super::SessionBuilder;
use super::key_kind;
use super::pem::{self, Block};

/// How to talk TLS with the nodes: see [`SessionBuilder::tls`].
///
/// Certificates and keys are PEM texts, not paths: read the files yourself. Which versions of TLS are
/// spoken is the driver's: 1.2 and 1.3 by the embedded one, 1.2 by DataStax's newest. Ciphers are
/// OpenSSL's default, and no server name (SNI) is sent.
///
/// ```no_run
/// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
/// use async_cassandra::{Session, Tls};
///
/// let tls = Tls::new()
///     .ca_pem(std::fs::read("/etc/cassandra/ca.pem")?)
///     .client_pem(std::fs::read("/etc/app/cert.pem")?, std::fs::read("/etc/app/key.pem")?);
/// let session = Session::builder().contact_points(["10.0.0.1"]).tls(tls).connect().await?;
/// # Ok(()) }
/// ```
///
/// # What it costs
/// The texts are read in the first poll of a connect, in less than a millisecond; a key with a
/// password is decrypted there too, which takes some 0.2 ms for each thousand rounds of PBKDF2 (OpenSSL
/// makes 2048 unless it is told otherwise). The first session with TLS also starts OpenSSL, some
/// milliseconds.
#[derive(Clone, Default)]
#[must_use = "settings do nothing until a builder has them"]
pub struct Tls {
    /// Each one certificate.
    pub(crate) trusted: Vec<Box<str>>,
    pub(crate) client: Option<Client>,
    pub(crate) verify: Verify,
    pub(crate) min_version: Option<TlsVersion>,
    mistakes: Vec<String>,
}

/// Who we are.
#[derive(Clone)]
pub(crate) struct Client {
    /// Our certificate first, then those between it and the authority.
    pub(crate) certificates: Box<str>,
    pub(crate) key: Box<str>,
    pub(crate) password: Option<Box<str>>,
}

/// What is checked of a node's certificate. Default: [`ChainAndIp`](Self::ChainAndIp).
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Verify {
    /// Nothing: encrypts, and does not know with whom. Whoever can redirect a connection can read
    /// and change everything, passwords included. For experiments.
    None,
    /// That an authority given with [`ca_pem`](Tls::ca_pem) has signed it, and that it is valid
    /// today. Any node, or client, with a certificate of the same authority can pose as any node:
    /// right where the authority signs for this cluster's nodes alone.
    Chain,
    /// The chain, and that it is made out to the address that was connected to: an entry of type
    /// IP among its subject alternative names. (The common name does not count.)
    #[default]
    ChainAndIp,
    /// The chain, and that it is made out to the host name that a **reverse** look-up of the node's
    /// address gives: an entry of type DNS, wildcards included, or the common name where it has no
    /// alternative names.
    ///
    /// Weaker than it sounds: whoever answers reverse look-ups chooses the name that is expected. It
    /// protects no more than [`Chain`](Self::Chain) against somebody who controls DNS on the way, and each
    /// connect waits for a look-up. Not in every driver: without
    /// `cass_cluster_set_use_hostname_resolution` it is
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    ChainAndReverseDns,
}

/// A version of TLS.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.0.
    V1_0,
    /// TLS 1.1.
    V1_1,
    /// TLS 1.2.
    V1_2,
}

/// Longest password, in bytes: OpenSSL's buffer. The C driver reads past its end with a longer one.
const PASSWORD: usize = 1024;

impl Tls {
    /// Trusts nobody yet, is nobody, and checks chain and address.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts these authorities: PEM text with one certificate or more. Adds to those given before.
    /// Default: none; the system's authorities are not known to the driver. Every driver with TLS.
    pub fn ca_pem(mut self, certificates: impl AsRef<[u8]>) -> Self {
        match some(certificates.as_ref(), "certificate", Block::is_certificate) {
            Ok(found) => self.trusted.extend(found.iter().map(|block| block.text.into())),
            Err(text) => self.mistakes.push(format!("ca_pem: {text}")),
        }
        self
    }

    /// Shows this certificate to nodes that ask for one: PEM text, our certificate first, then those
    /// between it and the authority, if any; and its key. Replaces one given before. Default: none.
    /// Every driver with TLS.
    pub fn client_pem(self, certificates: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        self.client(certificates.as_ref(), key.as_ref(), None)
    }

    /// [`client_pem`](Self::client_pem) with a key that is encrypted: PKCS#8 (`BEGIN ENCRYPTED
    /// PRIVATE KEY`) or the older form with a `DEK-Info` line. The password has at most 1024 bytes
    /// and no NUL. It is ignored where the key is not encrypted.
    pub fn client_pem_with_password(
        self,
        certificates: impl AsRef<[u8]>,
        key: impl AsRef<[u8]>,
        password: &str,
    ) -> Self {
        self.client(certificates.as_ref(), key.as_ref(), Some(password))
    }

    /// What is checked of a node's certificate. Default: [`Verify::ChainAndIp`]. Every driver with
    /// TLS has all but [`Verify::ChainAndReverseDns`].
    pub fn verify(mut self, verify: Verify) -> Self {
        self.verify = verify;
        self
    }

    /// Refuses to talk an older version. Default: OpenSSL's own limit, in the embedded one TLS 1.0.
    /// From version 2.17.0 of the C++ driver on; in others, the embedded one among them,
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported): there the nodes' own limit
    /// counts (`accepted_protocols`).
    pub fn min_version(mut self, version: TlsVersion) -> Self {
        self.min_version = Some(version);
        self
    }

    fn client(mut self, certificates: &[u8], key: &[u8], password: Option<&str>) -> Self {
        self.client = None;
        match client(certificates, key, password) {
            Ok(client) => self.client = Some(client),
            Err(text) => self.mistakes.push(format!("client_pem: {text}")),
        }
        self
    }

    /// What makes no sense, one sentence each.
    pub(super) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = self.mistakes.clone();
        let lost = mistakes.iter().any(|text| text.starts_with("ca_pem"));
        if self.trusted.is_empty() && self.verify != Verify::None && !lost {
            mistakes.push(
                "nobody is trusted, so no node could be: give the authority's certificate with \
                 `ca_pem` (the system's are not known to the driver), or check nothing with \
                 `Verify::None`"
                    .to_owned(),
            );
        }
        mistakes
    }
}

fn client(certificates: &[u8], key: &[u8], password: Option<&str>) -> Result<Client, String> {
    let certificates = some(certificates, "certificate", Block::is_certificate)
        .map_err(|text| format!("the certificate: {text}"))?;
    let key = some(key, "private key", Block::is_key).map_err(|text| format!("the key: {text}"))?;
    let key = &key[0];
    match password {
        Some(password) if password.contains('\0') => {
            return Err(
                "the password contains a NUL, which the driver takes for its end".to_owned()
            );
        }
        Some(password) if password.len() > PASSWORD => {
            return Err(format!("the password is longer than {PASSWORD} bytes"));
        }
        None | Some("") if key.is_encrypted() => {
            return Err("the key is encrypted: give its password with `client_pem_with_password`"
                .to_owned());
        }
        _ => {}
    }
    if let (Some(its), Some(ours)) = (key_kind::of(&certificates[0]), key_kind::of(key)) {
        if its != ours {
            return Err(format!(
                "the key does not belong to the certificate: it is of kind {ours}, and the \
                 certificate is for one of kind {its}"
            ));
        }
    }
    Ok(Client {
        certificates: certificates
            .iter()
            .map(|block| block.text)
            .collect::<Vec<_>>()
            .join("\n")
            .into(),
        key: key.text.into(),
        password: password.map(Into::into),
    })
}

/// The blocks of one kind, at least one.
fn some<'a>(
    pem: &'a [u8],
    kind: &str,
    is_one: fn(&Block<'a>) -> bool,
) -> Result<Vec<Block<'a>>, String> {
    let all = pem::blocks(pem)?;
    let labels = all.iter().map(|block| block.label).collect::<Vec<_>>().join(", ");
    let found: Vec<_> = all.into_iter().filter(is_one).collect();
    match found.is_empty() {
        true => Err(format!("there is no {kind} in the PEM text, only: {labels}")),
        false => Ok(found),
    }
}

impl fmt::Debug for Tls {
    /// Shows neither key nor password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("trusted", &self.trusted.len())
            .field("client", &self.client.is_some())
            .field("verify", &self.verify)
            .field("min_version", &self.min_version)
            .finish_non_exhaustive()
    }
}

impl SessionBuilder {
    /// Talks TLS with every node. Default: no TLS.
    ///
    /// All nodes use one port, [`port`](Self::port), which then must speak TLS. What is wrong with a
    /// text is [`ErrorKind::Setting`](crate::ErrorKind::Setting) at connect, a handshake that fails
    /// [`ErrorKind::Tls`](crate::ErrorKind::Tls); both say what is wrong, and the way out.
    ///
    /// In every driver that was built with OpenSSL.
    pub fn tls(mut self, tls: Tls) -> Self {
        self.settings.tls = Some(tls);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";

    fn only(tls: Tls) -> String {
        let mistakes = tls.mistakes();
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        mistakes[0].clone()
    }

    fn trusting() -> Tls {
        Tls::new().ca_pem(CERTIFICATE)
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(only(Tls::new()).contains("`ca_pem`"));
        assert!(Tls::new().verify(Verify::None).mistakes().is_empty());
        assert!(trusting().client_pem(CERTIFICATE, KEY).mistakes().is_empty());
        let text = only(Tls::new().ca_pem(KEY));
        assert!(text.contains("no certificate") && text.contains("PRIVATE KEY"), "{text}");
        let text = only(trusting().client_pem(KEY, CERTIFICATE));
        assert!(text.contains("the certificate: there is no certificate"), "{text}");
        let text = only(trusting().client_pem(CERTIFICATE, CERTIFICATE));
        assert!(text.contains("the key: there is no private key"), "{text}");
    }

    #[test]
    fn passwords_that_cannot_work_are_refused() {
        let encrypted = KEY.replace("PRIVATE", "ENCRYPTED PRIVATE");
        let with =
            |password: &str| trusting().client_pem_with_password(CERTIFICATE, &encrypted, password);
        assert!(only(trusting().client_pem(CERTIFICATE, &encrypted)).contains("_with_password"));
        assert!(only(with("")).contains("_with_password"));
        assert!(only(with("a\0b")).contains("NUL"));
        assert!(only(with(&"x".repeat(1025))).contains("1024"));
        assert!(with(&"x".repeat(1024)).mistakes().is_empty());
    }

    #[test]
    fn every_certificate_of_a_bundle_is_kept() {
        let bundle = format!("{CERTIFICATE}and\n{CERTIFICATE}{CERTIFICATE}");
        assert_eq!(trusting().ca_pem(bundle).trusted.len(), 4);
    }

    #[test]
    fn secrets_are_not_shown() {
        let key = KEY.replace("PRIVATE", "ENCRYPTED PRIVATE");
        let tls = trusting().client_pem_with_password(CERTIFICATE, key, "hush");
        let builder = crate::Session::builder().tls(tls.clone());
        for shown in [format!("{tls:?}"), format!("{builder:?}")] {
            assert!(!shown.contains("hush") && !shown.contains("c2VjcmV0"), "{shown}");
        }
    }
}
