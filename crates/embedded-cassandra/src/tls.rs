//! TLS between a node and its clients.
//!
//! The crate asks its nodes over TLS itself, with rustls. It knows a node by the very certificate
//! that it gave it, whatever that says: a node whose certificate has expired, or names another
//! host, becomes ready all the same, so that tests can show it to their client. Where a node asks
//! for client certificates, the crate makes one for itself, from an authority of its own that the
//! node trusts too; its key never leaves this process.

use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};

use crate::certificates::{Authority, Identity, Subject};
use crate::error::{Error, Result};

const SETTING: &str = "tls";

/// How a node speaks TLS with its clients: see [`Builder::tls`](crate::Builder::tls).
///
/// TLS 1.2 and 1.3 are spoken, and nothing but TLS unless [`optional`](Self::optional) says so.
/// Between the nodes of a cluster there is no TLS.
///
/// ```no_run
/// # fn main() -> Result<(), embedded_cassandra::Error> {
/// use embedded_cassandra::{Authority, Cassandra, Subject, Tls};
///
/// let authority = Authority::new();
/// let tls = Tls::issued_by(&authority).require_client_certificates(authority.pem());
/// let node = Cassandra::builder().tls(tls).start()?;
///
/// let client = authority.issue(&Subject::new("a client"))?;
/// // Tell the driver to trust authority.pem(), and to show client.certificate_pem with
/// // client.key_pem.
/// # let _ = (node, client);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Tls {
    source: Source,
    clients: Option<String>,
    optional: bool,
}

#[derive(Clone)]
enum Source {
    Given(Identity),
    Issued(Authority),
}

impl Tls {
    /// The node shows a certificate that `authority` issues for it at its start: for the node's
    /// own address and for `localhost`.
    #[must_use]
    pub fn issued_by(authority: &Authority) -> Self {
        Self::new(Source::Issued(authority.clone()))
    }

    /// The node shows this certificate, whatever it says. The key must be PKCS#8, without a
    /// password.
    #[must_use]
    pub fn with_identity(identity: Identity) -> Self {
        Self::new(Source::Given(identity))
    }

    fn new(source: Source) -> Self {
        Self { source, clients: None, optional: false }
    }

    /// A client must show a certificate that one of these authorities (PEM text) has signed. By
    /// default none is asked for.
    #[must_use]
    pub fn require_client_certificates(mut self, authorities_pem: impl Into<String>) -> Self {
        self.clients = Some(authorities_pem.into());
        self
    }

    /// The same port serves clients without TLS too. Off by default.
    #[must_use]
    pub fn optional(mut self, optional: bool) -> Self {
        self.optional = optional;
        self
    }

    /// What a node on `address` gets, and what the crate needs to ask it.
    pub(crate) fn prepare(&self, address: Ipv4Addr) -> Result<Prepared> {
        let identity = match &self.source {
            Source::Given(identity) => identity.clone(),
            Source::Issued(authority) => {
                let subject = Subject::new(address.to_string());
                authority.issue(&subject.address(address).host_name("localhost"))?
            }
        };
        let shown = certificates("the node's certificate", &identity.certificate_pem)?;
        let key = PrivatePkcs8KeyDer::from_pem_slice(identity.key_pem.as_bytes());
        key.map_err(|_| {
            let reason = "the node's key is not a PKCS#8 key in PEM (BEGIN PRIVATE KEY); \
                          `openssl pkcs8 -topk8 -nocrypt` makes one";
            Error::setting(SETTING, reason)
        })?;
        // The chain may lack the line's end that the key's PEM must begin after.
        let keystore = format!("{}\n{}\n", identity.key_pem, identity.certificate_pem);
        let own = Authority::new();
        let mut truststore = own.pem().to_owned();
        if let Some(clients) = &self.clients {
            certificates("the clients' authority", clients)?;
            truststore.push_str(clients);
            truststore.push('\n');
        }
        let client = client(&shown[0], &own.issue(&Subject::new("embedded-cassandra"))?)?;
        Ok(Prepared {
            keystore,
            truststore,
            require_client_certificates: self.clients.is_some(),
            optional: self.optional,
            client: Arc::new(client),
        })
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("require_client_certificates", &self.clients.is_some())
            .field("optional", &self.optional)
            .finish_non_exhaustive()
    }
}

/// One node's TLS.
pub(crate) struct Prepared {
    pub(crate) keystore: String,
    pub(crate) truststore: String,
    pub(crate) require_client_certificates: bool,
    pub(crate) optional: bool,
    pub(crate) client: Arc<ClientConfig>,
}

/// The certificates in `pem`, at least one.
fn certificates(what: &str, pem: &str) -> Result<Vec<CertificateDer<'static>>> {
    let failed = |reason: String| Error::setting(SETTING, format!("{what}: {reason}"));
    let all = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<std::result::Result<_, _>>();
    let all: Vec<_> = all.map_err(|e| failed(e.to_string()))?;
    if all.is_empty() {
        return Err(failed("there is no certificate in the PEM text".into()));
    }
    Ok(all)
}

/// A client that knows the node by `shown` and is `identity` itself.
fn client(shown: &CertificateDer<'static>, identity: &Identity) -> Result<ClientConfig> {
    let failed = |e: rustls::Error| Error::setting(SETTING, e.to_string());
    let provider = Arc::new(ring::default_provider());
    let pinned = Pinned { shown: shown.clone(), provider: Arc::clone(&provider) };
    let chain = certificates("the crate's own certificate", &identity.certificate_pem)?;
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes())
        .map_err(|e| Error::setting(SETTING, e.to_string()))?;
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(pinned))
        .with_client_auth_cert(chain, key)
        .map_err(failed)
}

/// Accepts one certificate and no other; that its holder has the key is still checked.
#[derive(Debug)]
struct Pinned {
    shown: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        if *end_entity == self.shown {
            return Ok(ServerCertVerified::assertion());
        }
        Err(rustls::CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(tls: &Tls) -> String {
        match tls.prepare(Ipv4Addr::LOCALHOST) {
            Err(error @ Error::Setting { .. }) => error.to_string(),
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("it was taken"),
        }
    }

    #[test]
    fn what_is_no_certificate_or_no_key_is_refused() {
        let good = Authority::new().issue(&Subject::new("n")).unwrap();
        let swapped = Identity::new(&*good.key_pem, &*good.certificate_pem);
        assert!(reason(&Tls::with_identity(swapped)).contains("no certificate in the PEM"));
        let old = good.key_pem.replace("PRIVATE", "RSA PRIVATE");
        let old = Identity::new(&*good.certificate_pem, old);
        assert!(reason(&Tls::with_identity(old)).contains("openssl pkcs8"));
        let tls = Tls::with_identity(good).require_client_certificates("nothing");
        assert!(reason(&tls).contains("the clients' authority"));
    }

    #[test]
    fn the_key_is_not_shown() {
        let identity = Authority::new().issue(&Subject::new("n")).unwrap();
        assert!(!format!("{identity:?}").contains("PRIVATE KEY"));
    }
}
