//! TLS settings, on their way to C.
//!
//! # Contract
//! - Made, used and freed within one call, on one thread: OpenSSL keeps the errors of a failed call in
//!   a queue of the thread, and C takes whatever is in it for its own.
//! - The context is shared: the cluster, and then the session, keep a reference each, until the
//!   session is freed.
//! - OpenSSL is started by `cass_ssl_new`, once in a process and whichever thread comes first. That
//!   is safe here: the loader has told this OpenSSL before not to clean up at the end of the process,
//!   while the driver's threads run on (see `plug::library`), which also keeps C from replacing the
//!   allocator under what exists already. `cass_ssl_new_no_lib_init` would leave out C's own part,
//!   without which it crashes.
//! - What C forgives is an error here: a key that does not belong to the certificate, which C drops
//!   without a word.

use std::ffi::CString;
use std::ptr::NonNull;
use std::sync::Once;

use super::cluster::{Cluster, check};
use super::{failure, log, plug, sys};
use crate::cluster::{Client, Tls, TlsVersion, Verify};
use crate::error::{Error, ErrorKind, Result};
use crate::observe;

/// An owned `CassSsl`.
struct Ssl(NonNull<sys::CassSsl>);

impl Drop for Ssl {
    fn drop(&mut self) {
        // SAFETY: our reference, given up here; who made one was told that C has this function.
        unsafe { sys::cass_ssl_free(self.0.as_ptr()) }
    }
}

impl Cluster {
    /// Has every connection talk TLS.
    pub(super) fn apply_tls(&self, tls: &Tls) -> Result<()> {
        let set = plug::optional!(sys::cass_cluster_set_ssl)?;
        let ssl = Ssl::new(tls)?;
        warn_of_the_embedded_openssl();
        // SAFETY: both are live; the cluster takes a reference of its own.
        unsafe { set(self.as_ptr(), ssl.0.as_ptr()) };
        if tls.verify == Verify::ChainAndReverseDns {
            let resolve = plug::optional!(sys::cass_cluster_set_use_hostname_resolution)?;
            // SAFETY: a live cluster that only this thread knows.
            check("tls", unsafe { resolve(self.as_ptr(), 1) })?;
        }
        Ok(())
    }
}

/// Says once a process that nobody mends the OpenSSL that it uses.
fn warn_of_the_embedded_openssl() {
    static SAID: Once = Once::new();
    if plug::info().is_some_and(|info| *info.source() == plug::Source::Embedded) {
        SAID.call_once(|| {
            observe::log::warn(format_args!(
                "TLS by the embedded OpenSSL 1.1.1w, whose public support ended in September 2023; \
                 to use another, name a C driver that brings it with driver::load_from or \
                 ASYNC_CASSANDRA_DRIVER"
            ));
        });
    }
}

impl Ssl {
    fn new(tls: &Tls) -> Result<Self> {
        let new = plug::optional!(sys::cass_ssl_new)?;
        plug::optional!(sys::cass_ssl_free)?;
        // SAFETY: no arguments; may be called from any thread.
        let raw = unsafe { new() };
        let ssl =
            Self(NonNull::new(raw).ok_or_else(|| refused("the C driver was built without TLS"))?);
        ssl.trust(&tls.trusted)?;
        ssl.verify(tls.verify)?;
        if let Some(version) = tls.min_version {
            ssl.min_version(version)?;
        }
        if let Some(client) = &tls.client {
            ssl.show(client)?;
        }
        Ok(ssl)
    }

    fn trust(&self, certificates: &[Box<str>]) -> Result<()> {
        for (number, certificate) in (1..).zip(certificates) {
            let mark = log::mark();
            match self.trust_one(certificate)? {
                sys::OK => {}
                code => {
                    let what = format!("ca_pem: certificate {number} cannot be read");
                    return Err(unreadable(what, code, mark));
                }
            }
        }
        Ok(())
    }

    fn trust_one(&self, certificate: &str) -> Result<sys::Code> {
        let add = plug::optional!(sys::cass_ssl_add_trusted_cert_n)?;
        // SAFETY: a live context; C reads the text within the call.
        Ok(unsafe { add(self.0.as_ptr(), certificate.as_ptr().cast(), certificate.len()) })
    }

    fn verify(&self, verify: Verify) -> Result<()> {
        let set = plug::optional!(sys::cass_ssl_set_verify_flags)?;
        let chain = sys::SSL_VERIFY_PEER_CERT;
        let flags = match verify {
            Verify::None => sys::SSL_VERIFY_NONE,
            Verify::Chain => chain,
            Verify::ChainAndIp => chain | sys::SSL_VERIFY_PEER_IDENTITY,
            Verify::ChainAndReverseDns => chain | sys::SSL_VERIFY_PEER_IDENTITY_DNS,
        };
        // SAFETY: a live context that only this thread knows.
        unsafe { set(self.0.as_ptr(), flags) };
        Ok(())
    }

    fn min_version(&self, version: TlsVersion) -> Result<()> {
        let set = plug::optional!(sys::cass_ssl_set_min_protocol_version)?;
        // `CassSslTlsVersion`.
        let number = match version {
            TlsVersion::V1_0 => 0,
            TlsVersion::V1_1 => 1,
            TlsVersion::V1_2 => 2,
        };
        // SAFETY: as in `verify`.
        check("tls", unsafe { set(self.0.as_ptr(), number) })
    }

    /// Sets our certificate and its key, and makes sure that they belong together.
    fn show(&self, client: &Client) -> Result<()> {
        self.forget_older_errors()?;
        let mark = log::mark();
        match self.set_certificate(client)? {
            sys::OK => {}
            code => {
                let what = "client_pem: the certificate cannot be read".to_owned();
                return Err(unreadable(what, code, mark));
            }
        }
        let mark = log::mark();
        match self.set_key(client)? {
            sys::OK => {}
            code => {
                let what = match client.password {
                    Some(_) => "client_pem: the key cannot be read: is the password right?",
                    None => "client_pem: the key cannot be read",
                };
                return Err(unreadable(what.to_owned(), code, mark));
            }
        }
        // C does not say that the key was refused, but leaves OpenSSL's word in the thread's queue.
        // The next certificate that is set fails over it.
        let mark = log::mark();
        match self.set_certificate(client)? {
            sys::OK => Ok(()),
            code if openssl_says(mark).iter().any(|reason| reason.contains("mismatch")) => {
                let what = "client_pem: the key does not belong to the certificate".to_owned();
                Err(unreadable(what, code, mark))
            }
            // Another word was left, and is gone now.
            _ => self.set_certificate(client).and_then(|code| check("tls", code)),
        }
    }

    fn set_certificate(&self, client: &Client) -> Result<sys::Code> {
        let set = plug::optional!(sys::cass_ssl_set_cert_n)?;
        let text = &client.certificates;
        // SAFETY: a live context that only this thread knows; C reads the text within the call.
        Ok(unsafe { set(self.0.as_ptr(), text.as_ptr().cast(), text.len()) })
    }

    fn set_key(&self, client: &Client) -> Result<sys::Code> {
        let set = plug::optional!(sys::cass_ssl_set_private_key_n)?;
        let password = client.password.as_deref().unwrap_or_default();
        let password =
            CString::new(password).map_err(|_| refused("the password contains a NUL"))?;
        let (key, length) = (client.key.as_ptr().cast(), client.key.len());
        // SAFETY: as in `set_certificate`; the password ends with a NUL, and is no longer than the
        // buffer that C copies it to, as the builder has checked.
        let code = unsafe {
            set(self.0.as_ptr(), key, length, password.as_ptr(), password.as_bytes().len())
        };
        Ok(code)
    }

    /// Empties the thread's queue of what other users of the same OpenSSL have left: reading nothing
    /// does, and fails as it must.
    fn forget_older_errors(&self) -> Result<()> {
        self.trust_one("").map(drop)
    }
}

fn refused(text: &str) -> Error {
    Error::new(ErrorKind::Setting { name: "tls" }, text)
}

/// What OpenSSL did not like, in our words and in its own.
fn unreadable(mut text: String, code: sys::Code, mark: u64) -> Error {
    let reasons = openssl_says(mark);
    let reasons = match reasons.is_empty() {
        true => failure::describe(code),
        false => reasons.join(", "),
    };
    text.push_str(&format!(" (OpenSSL: {reasons})"));
    refused(&text).with_code(code)
}

/// The reasons in the lines that C has logged for failed calls since `mark`.
fn openssl_says(mark: u64) -> Vec<String> {
    let lines = log::since(mark);
    let own = lines.iter().filter(|line| line.starts_with("Unable to load"));
    own.filter_map(|line| reason(line)).map(str::to_owned).collect()
}

/// The reason in a line with OpenSSL's `error:NUMBER:library:function:reason`.
pub(super) fn reason(line: &str) -> Option<&str> {
    let (_, error) = line.split_once("error:")?;
    error.split(':').nth(3).map(str::trim).filter(|reason| !reason.is_empty())
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn openssl_reasons_are_found_in_lines() {
        let old = "Unable to load private key: error:06065064:digital envelope routines:EVP_DecryptFinal_ex:bad decrypt:";
        assert_eq!(reason(old), Some("bad decrypt"));
        let new = "Unable to load private key: error:1C800064:Provider routines::bad decrypt:";
        assert_eq!(reason(new), Some("bad decrypt"));
        assert_eq!(reason("nothing of the kind"), None);
    }
}
