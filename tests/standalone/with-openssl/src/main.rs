//! Uses both OpenSSLs of the process in turn: the program's before and after the driver is loaded,
//! and the driver's.

use async_cassandra::Session;
use cassandra_cpp_sys as sys;
use openssl::{
    asn1::Asn1Time, hash::MessageDigest, nid::Nid, pkey::PKey, rsa::Rsa, ssl, version, x509,
};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    assert!(version::number() >= 0x3000_0000, "OpenSSL 3 is wanted: {}", version::version());
    let certificate = certificate()?;
    let driver = async_cassandra::driver::load()?;
    println!("{driver}; {}", version::version());
    drivers_tls(&certificate)?;
    let contact_point = std::env::args().nth(1).ok_or("HOST:PORT is wanted")?;
    let (host, port) = contact_point.split_once(':').ok_or("HOST:PORT is wanted")?;
    let connect = Session::builder().contact_points([host]).port(port.parse()?).connect();
    let session = pollster::block_on(connect)?;
    let query = "SELECT release_version FROM system.local";
    let page = pollster::block_on(async { session.query(query, ()).await })?;
    for row in page.rows::<(String,)>()? {
        println!("row: {}", row?.0);
    }
    let _again = self::certificate()?;
    let connector = ssl::SslConnector::builder(ssl::SslMethod::tls())?.build();
    drop(connector.configure()?.into_ssl("localhost")?);
    pollster::block_on(async { session.close().await })?;
    Ok(())
}

/// A self-signed certificate, as PEM, made by the program's OpenSSL.
fn certificate() -> Result<Vec<u8>, openssl::error::ErrorStack> {
    let key = PKey::from_rsa(Rsa::generate(2048)?)?;
    let mut name = x509::X509Name::builder()?;
    name.append_entry_by_nid(Nid::COMMONNAME, "localhost")?;
    let name = name.build();
    let mut builder = x509::X509::builder()?;
    builder.set_subject_name(&name)?;
    builder.set_issuer_name(&name)?;
    builder.set_not_before(&*Asn1Time::days_from_now(0)?)?;
    builder.set_not_after(&*Asn1Time::days_from_now(1)?)?;
    builder.set_pubkey(&key)?;
    builder.sign(&key, MessageDigest::sha256())?;
    builder.build().to_pem()
}

/// Has the driver's OpenSSL read the certificate.
fn drivers_tls(certificate: &[u8]) -> Result<(), String> {
    // SAFETY: the driver is loaded; the object is made, used and freed by one thread; the text
    // outlives the call. The code that is returned is read as an integer, whatever it is.
    let code = unsafe {
        let ssl = sys::cass_ssl_new();
        let code =
            sys::cass_ssl_add_trusted_cert_n(ssl, certificate.as_ptr().cast(), certificate.len());
        sys::cass_ssl_free(ssl);
        code as u32
    };
    if code == 0 {
        Ok(())
    } else {
        Err(format!("the driver's OpenSSL refuses the certificate: {code:#x}"))
    }
}
