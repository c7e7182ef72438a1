//! Nodes that ask for passwords and speak TLS. What a client has to go through is looked at with a
//! client of its own: rustls as everybody would set it up.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use embedded_cassandra::{Authority, Cassandra, Error, Identity, Subject, Tls};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::own_node;

/// OPTIONS, and the first bytes of its answer.
const OPTIONS: [u8; 9] = [4, 0, 0, 0, 5, 0, 0, 0, 0];
const SUPPORTED: [u8; 5] = [0x84, 0, 0, 0, 6];

fn ask(mut stream: impl Read + Write) -> std::io::Result<[u8; 5]> {
    stream.write_all(&OPTIONS)?;
    stream.flush()?;
    let mut answer = [0; 5];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

fn plain(node: &Cassandra) -> TcpStream {
    let stream = TcpStream::connect(node.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// What `node` says to a client that trusts `authority` and shows `identity`.
fn over_tls(
    node: &Cassandra,
    authority: &Authority,
    identity: Option<&Identity>,
) -> Result<(), String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match identity {
        None => config.with_no_client_auth(),
        Some(identity) => {
            let chain = CertificateDer::from_pem_slice(identity.certificate_pem.as_bytes());
            let key = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes());
            config.with_client_auth_cert(vec![chain.unwrap()], key.unwrap()).unwrap()
        }
    };
    let name = node.address().ip().into();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let answer = ask(StreamOwned::new(connection, plain(node))).map_err(|e| e.to_string())?;
    assert_eq!(answer, SUPPORTED);
    Ok(())
}

fn rows(node: &Cassandra) -> usize {
    node.execute("SELECT key FROM system.local").unwrap().len()
}

#[test]
fn a_node_that_asks_for_everything_is_used_as_any_other() {
    let _guard = own_node();
    let authority = Authority::new();
    let tls = Tls::issued_by(&authority).require_client_certificates(authority.pem());
    let node = Cassandra::builder().fast_schema(true).auth(true).tls(tls).start().unwrap();

    let credentials = node.credentials().unwrap();
    assert_eq!((&*credentials.user, &*credentials.password), ("cassandra", "cassandra"));
    let keyspace = node.create_keyspace().unwrap();
    node.execute("CREATE ROLE reader WITH PASSWORD = 'p' AND LOGIN = true").unwrap();
    node.execute(&format!("GRANT SELECT ON KEYSPACE {keyspace} TO reader")).unwrap();
    assert_eq!(node.execute("LIST ALL PERMISSIONS OF reader").unwrap().len(), 1);

    let client = authority.issue(&Subject::new("a client")).unwrap();
    over_tls(&node, &authority, Some(&client)).unwrap();
    // What a client cannot do shows that the node does ask.
    over_tls(&node, &authority, None).unwrap_err();
    let stranger = Authority::new().issue(&Subject::new("a stranger")).unwrap();
    over_tls(&node, &authority, Some(&stranger)).unwrap_err();
    over_tls(&node, &Authority::new(), Some(&client)).unwrap_err();
    assert_ne!(ask(plain(&node)).ok(), Some(SUPPORTED), "it speaks nothing but TLS");
    assert_eq!(rows(&node), 1);
}

#[test]
fn a_certificate_that_a_client_must_refuse_does_not_keep_a_node_from_getting_ready() {
    let _guard = own_node();
    let authority = Authority::new();
    let bad = authority.issue(&Subject::new("late").address([127, 0, 0, 1]).expired()).unwrap();
    let tls = Tls::with_identity(bad).optional(true);
    let node = Cassandra::builder().fast_schema(true).tls(tls).start().unwrap();
    assert_eq!(node.credentials(), None);
    assert_eq!(rows(&node), 1);
    let refusal = over_tls(&node, &authority, None).unwrap_err();
    assert!(refusal.contains("expired"), "{refusal}");
    assert_eq!(ask(plain(&node)).unwrap(), SUPPORTED, "TLS is optional");
}

#[test]
fn tls_is_set_in_one_place() {
    let builder = Cassandra::builder()
        .tls(Tls::issued_by(&Authority::new()))
        .extra_yaml("client_encryption_options: {enabled: true, optional: true}");
    match builder.start() {
        Err(Error::Setting { name, reason }) => {
            assert_eq!(name, "extra_yaml");
            assert!(reason.contains("Builder::tls"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}
