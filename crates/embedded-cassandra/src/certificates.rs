//! Certificates for nodes and their clients, made in this process: good ones, and those that a
//! client must refuse.
//!
//! ECDSA on P-256 and keys as PKCS#8, which every TLS library reads. Making one takes less than a
//! millisecond. Keys are for tests: they are held, and handed out, as plain text.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};

use crate::error::{Error, Result};
use crate::random;

/// A certificate with its key, both as PEM text.
#[derive(Clone)]
#[non_exhaustive]
pub struct Identity {
    /// The certificate, and those between it and the authority if there are any.
    pub certificate_pem: String,
    /// The key, PKCS#8 without a password.
    pub key_pem: String,
}

impl Identity {
    /// An identity made elsewhere.
    #[must_use]
    pub fn new(certificate_pem: impl Into<String>, key_pem: impl Into<String>) -> Self {
        Self { certificate_pem: certificate_pem.into(), key_pem: key_pem.into() }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("certificate_pem", &self.certificate_pem)
            .finish_non_exhaustive()
    }
}

/// Who a certificate is for, and when it is good: by default from 2020 until 2120, as a server and
/// as a client.
///
/// ```
/// use embedded_cassandra::{Authority, Subject};
///
/// let authority = Authority::new();
/// let client = authority.issue(&Subject::new("a client")).unwrap();
/// let late = authority.issue(&Subject::new("late").address([127, 0, 0, 1]).expired()).unwrap();
/// assert!(late.key_pem.starts_with("-----BEGIN PRIVATE KEY-----"));
/// # let _ = client;
/// ```
#[derive(Clone, Debug)]
pub struct Subject {
    common_name: String,
    addresses: Vec<IpAddr>,
    names: Vec<String>,
    years: (i32, i32),
}

impl Subject {
    /// A subject with this common name, and so far without an address or a host name.
    #[must_use]
    pub fn new(common_name: impl Into<String>) -> Self {
        Self {
            common_name: common_name.into(),
            addresses: Vec::new(),
            names: Vec::new(),
            years: (2020, 2120),
        }
    }

    /// One more address at which the certificate is good.
    #[must_use]
    pub fn address(mut self, address: impl Into<IpAddr>) -> Self {
        self.addresses.push(address.into());
        self
    }

    /// One more host name under which the certificate is good.
    #[must_use]
    pub fn host_name(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// A certificate that ended with the year 2000.
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.years = (2000, 2001);
        self
    }

    /// A certificate that begins with the year 2100.
    #[must_use]
    pub fn not_yet_valid(mut self) -> Self {
        self.years = (2100, 2101);
        self
    }

    fn params(&self) -> Result<CertificateParams> {
        let mut params = CertificateParams::new(self.names.clone()).map_err(failed)?;
        params.subject_alt_names.extend(self.addresses.iter().copied().map(SanType::IpAddress));
        params.distinguished_name.push(DnType::CommonName, self.common_name.as_str());
        params.not_before = date_time_ymd(self.years.0, 1, 1);
        params.not_after = date_time_ymd(self.years.1, 1, 1);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        Ok(params)
    }
}

/// A certificate authority, made on the spot. Every one is another; clones are the same.
#[derive(Clone)]
pub struct Authority {
    inner: Arc<Inner>,
}

struct Inner {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// A new authority under a name of its own, good from 2020 until 2120.
    ///
    /// # Panics
    /// If the system has no random numbers.
    #[must_use]
    pub fn new() -> Self {
        let name = format!("embedded-cassandra {:016x}", random::number());
        let make = || -> Result<Inner> {
            let mut params = Subject::new(name).params()?;
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            params.extended_key_usages.clear();
            let key = KeyPair::generate().map_err(failed)?;
            let pem = params.self_signed(&key).map_err(failed)?.pem();
            Ok(Inner { pem, issuer: Issuer::new(params, key) })
        };
        let inner = make().expect("a fixed name and a fresh key make a certificate");
        Self { inner: Arc::new(inner) }
    }

    /// The authority's own certificate as PEM text: what a client, or a node, is told to trust.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.inner.pem
    }

    /// A certificate for `subject`, with a new key, signed by this authority.
    ///
    /// # Errors
    /// [`Error::Setting`] for a host name that no certificate can hold.
    pub fn issue(&self, subject: &Subject) -> Result<Identity> {
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = subject.params()?.signed_by(&key, &self.inner.issuer).map_err(failed)?;
        Ok(Identity { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("pem", &self.inner.pem).finish_non_exhaustive()
    }
}

fn failed(error: rcgen::Error) -> Error {
    Error::setting("certificate", error.to_string())
}
