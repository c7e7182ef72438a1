//! TLS: with nodes that speak it, with one that does not, and with certificates made on the spot.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_cassandra::{
    Error, ErrorKind, Result, Retry, Session, SessionBuilder, Tls, TlsVersion, Verify, driver,
};
use embedded_cassandra::{Authority, Cassandra, Identity, Subject};
use futures::executor::block_on;
use futures::future;
use pkcs8::der::Decode;
use pkcs8::der::pem::LineEnding;
use pkcs8::pkcs5::pbes2;

use crate::harness::{self, RUNTIMES, within_deadline};
use crate::proxy::Proxy;
use crate::server::{node, own_node};

/// A node that speaks nothing but TLS, to clients with a certificate, and what goes with it.
struct Guarded {
    node: Cassandra,
    authority: Authority,
    client: Identity,
}

impl Guarded {
    fn start() -> Self {
        let authority = Authority::new();
        let tls = embedded_cassandra::Tls::issued_by(&authority)
            .require_client_certificates(authority.pem());
        let node = Cassandra::builder().fast_schema(true).tls(tls).start().unwrap();
        let client = authority.issue(&Subject::new("a client")).unwrap();
        Self { node, authority, client }
    }

    /// As it should be.
    fn tls(&self) -> Tls {
        self.trusting().client_pem(&self.client.certificate_pem, &self.client.key_pem)
    }

    fn trusting(&self) -> Tls {
        Tls::new().ca_pem(self.authority.pem())
    }

    fn refuses(&self, tls: Tls) -> Error {
        refused(self.node.address(), tls)
    }
}

fn builder(address: SocketAddr, tls: Tls) -> SessionBuilder {
    Session::builder().contact_points([address]).tls(tls)
}

/// Connects, and reads a row.
async fn round_trip(builder: SessionBuilder) -> Result<()> {
    let session = builder.connect().await?;
    let page = session.query("SELECT key FROM system.local", ()).await?;
    assert_eq!(page.len(), 1);
    session.close().await
}

fn works(address: SocketAddr, tls: Tls) {
    // As the other files' tests of one runtime: the smallest one.
    let runtime = harness::runtime("tokio_current_thread");
    (runtime.block_on)(Box::pin(async move {
        round_trip((runtime.configure)(builder(address, tls))).await.unwrap();
    }));
}

#[track_caller]
fn refused(address: SocketAddr, tls: Tls) -> Error {
    match block_on(builder(address, tls).connect()) {
        Ok(_) => panic!("it connected"),
        Err(error) => error,
    }
}

#[track_caller]
fn says(error: &Error, kind: &ErrorKind, words: &[&str]) {
    assert_eq!(error.kind(), kind, "{error}");
    for word in words {
        assert!(error.to_string().contains(word), "no `{word}` in: {error}");
    }
}

#[track_caller]
fn tls_failed(error: &Error, words: &[&str]) {
    says(error, &ErrorKind::Tls, words);
    assert_eq!(error.retry(), Retry::No);
}

/// With TLS 1.3 a node refuses a client after the handshake, and hangs up at once: where the client
/// writes meanwhile, the system may throw away the alert before anybody has read it.
#[track_caller]
fn not_let_in(error: &Error) {
    match error.kind() {
        ErrorKind::NoHosts => says(error, &ErrorKind::NoHosts, &["127.0.0.1", "`client_pem`"]),
        _ => tls_failed(error, &["127.0.0.1", "alert", "`client_pem`"]),
    }
}

#[test]
fn a_node_that_asks_for_certificates() {
    let _one = own_node();
    within_deadline(|| {
        let guarded = Guarded::start();
        every_runtime(&guarded);
        what_it_takes(&guarded);
        what_it_refuses(&guarded);
        the_wrong_address(&guarded);
        many_at_once(&guarded);
    });
}

fn every_runtime(guarded: &Guarded) {
    for name in RUNTIMES {
        let runtime = harness::runtime(name);
        let builder = builder(guarded.node.address(), guarded.tls());
        (runtime.block_on)(Box::pin(async move {
            round_trip((runtime.configure)(builder)).await.unwrap();
        }));
    }
}

fn what_it_takes(guarded: &Guarded) {
    let address = guarded.node.address();
    works(address, guarded.tls().verify(Verify::Chain));
    works(address, guarded.tls().verify(Verify::None));
    works(address, guarded.tls().verify(Verify::ChainAndReverseDns));
    let Identity { certificate_pem, key_pem, .. } = &guarded.client;
    let encrypted = encrypt(key_pem, "öffne dich");
    works(
        address,
        guarded.trusting().client_pem_with_password(certificate_pem, encrypted, "öffne dich"),
    );
    const MIN_VERSION: &str = "cass_ssl_set_min_protocol_version";
    let newer = guarded.tls().min_version(TlsVersion::V1_2);
    if driver::info().is_some_and(|info| info.has(MIN_VERSION)) {
        works(address, newer);
    } else {
        says(&guarded.refuses(newer), &ErrorKind::Unsupported { function: MIN_VERSION }, &[]);
    }
    // The right authority is the second of a bundle with other text between.
    let bundle = format!("# one\n{}\n# two\n{}", Authority::new().pem(), guarded.authority.pem());
    works(address, Tls::new().ca_pem(bundle).client_pem(certificate_pem, key_pem));
}

fn what_it_refuses(guarded: &Guarded) {
    let Identity { certificate_pem, key_pem, .. } = &guarded.client;
    let stranger = Tls::new().ca_pem(Authority::new().pem()).client_pem(certificate_pem, key_pem);
    tls_failed(&guarded.refuses(stranger), &["127.0.0.1", "`ca_pem`"]);

    not_let_in(&guarded.refuses(guarded.trusting()));
    let other = Authority::new().issue(&Subject::new("a stranger")).unwrap();
    let other = guarded.trusting().client_pem(&other.certificate_pem, &other.key_pem);
    not_let_in(&guarded.refuses(other));

    let plain = Session::builder().contact_points([guarded.node.address()]);
    let error = block_on(plain.connect()).unwrap_err();
    says(&error, &ErrorKind::NoHosts, &["127.0.0.1", "TLS", "`tls`"]);
}

/// The node's certificate is made out to 127.0.0.1.
fn the_wrong_address(guarded: &Guarded) {
    let elsewhere = Proxy::start_on("127.0.0.2", guarded.node.address()).address;
    let error = refused(elsewhere, guarded.tls());
    tls_failed(&error, &["127.0.0.2", "does not match", "type IP", "`Verify::Chain`"]);
    works(elsewhere, guarded.tls().verify(Verify::Chain));
}

/// More than one TLS record a request, and many requests a record.
fn many_at_once(guarded: &Guarded) {
    let session = block_on(builder(guarded.node.address(), guarded.tls()).connect()).unwrap();
    let keyspace = guarded.node.create_keyspace().unwrap();
    block_on(async {
        let table = format!("CREATE TABLE {keyspace}.t (id int PRIMARY KEY, v blob)");
        session.query(&table, ()).await.unwrap();
        let insert = format!("INSERT INTO {keyspace}.t (id, v) VALUES (?, ?)");
        let insert = session.prepare(&insert).await.unwrap();
        let size = |id: i32| if id % 100 == 0 { 100_000 } else { 100 };
        let all = (0..1000).map(|id| insert.bind((id, vec![id as u8; size(id)])).execute());
        future::try_join_all(all).await.unwrap();
        let read = session.prepare(&format!("SELECT v FROM {keyspace}.t WHERE id = ?"));
        let read = read.await.unwrap();
        let all = (0..1000).map(|id| read.bind((id,)).execute());
        for (id, page) in future::try_join_all(all).await.unwrap().iter().enumerate() {
            let (value,) = page.rows::<(&[u8],)>().unwrap().next().unwrap().unwrap();
            assert_eq!(value.len(), size(id as i32));
            assert!(value.iter().all(|byte| *byte == id as u8));
        }
        session.close().await.unwrap();
    });
}

#[test]
fn a_certificate_that_has_expired() {
    let _one = own_node();
    within_deadline(|| {
        let authority = Authority::new();
        let late = Subject::new("late").address([127, 0, 0, 1]).expired();
        let late = embedded_cassandra::Tls::with_identity(authority.issue(&late).unwrap());
        let node = Cassandra::builder().fast_schema(true).tls(late).start().unwrap();
        let trusting = || Tls::new().ca_pem(authority.pem());
        for verify in [Verify::Chain, Verify::ChainAndIp, Verify::ChainAndReverseDns] {
            let error = refused(node.address(), trusting().verify(verify));
            tls_failed(&error, &["127.0.0.1", "has expired", "clock"]);
        }
        works(node.address(), trusting().verify(Verify::None));
    });
}

#[test]
fn a_port_without_tls() {
    within_deadline(|| {
        let tls = Tls::new().ca_pem(Authority::new().pem());
        let error = refused(node().address(), tls);
        tls_failed(&error, &["127.0.0.1", "does not speak TLS", "`tls`"]);
    });
}

#[test]
fn a_port_that_says_nothing() {
    within_deadline(|| {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let tls = Tls::new().ca_pem(Authority::new().pem());
        let connect = builder(silent.local_addr().unwrap(), tls)
            .connect_timeout(Duration::from_millis(200))
            .connect();
        let error = block_on(connect).unwrap_err();
        says(&error, &ErrorKind::NoHosts, &["127.0.0.1", "timeout"]);
    });
}

/// Nobody listens there: who connects has read the texts before.
fn misread(tls: Tls, words: &[&str]) {
    let error = refused("127.0.0.1:1".parse().unwrap(), tls);
    says(&error, &ErrorKind::Setting { name: "tls" }, words);
}

#[test]
fn texts_that_are_wrong_are_named() {
    within_deadline(|| {
        let authority = Authority::new();
        let issue = |name: &str| authority.issue(&Subject::new(name)).unwrap();
        let (one, two) = (issue("one"), issue("two"));
        let trusting = || Tls::new().ca_pem(authority.pem());
        let damaged = |pem: &str| pem.replace("MI", "!!");

        misread(Tls::new().ca_pem(damaged(authority.pem())), &["ca_pem", "certificate 1"]);
        let bundle = format!("{}{}", authority.pem(), damaged(authority.pem()));
        misread(Tls::new().ca_pem(bundle), &["ca_pem", "certificate 2"]);
        misread(Tls::new().ca_pem(&one.key_pem), &["ca_pem", "PRIVATE KEY"]);
        misread(Tls::new(), &["`ca_pem`", "`Verify::None`"]);

        let tls = trusting().client_pem(damaged(&one.certificate_pem), &one.key_pem);
        misread(tls, &["client_pem", "the certificate cannot be read"]);
        let tls = trusting().client_pem(&one.certificate_pem, damaged(&one.key_pem));
        misread(tls, &["client_pem", "the key cannot be read"]);
        let tls = trusting().client_pem(&one.certificate_pem, &two.key_pem);
        misread(tls, &["client_pem", "the key does not belong to the certificate"]);

        // As far as it goes before anybody reads it, a key of another kind.
        let rsa = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n";
        let tls = trusting().client_pem(&one.certificate_pem, rsa);
        misread(tls, &["client_pem", "does not belong", "RSA", "EC"]);

        let key = encrypt(&one.key_pem, "right");
        let tls = trusting().client_pem_with_password(&one.certificate_pem, &key, "wrong");
        misread(tls, &["client_pem", "password"]);
        let tls = trusting().client_pem(&one.certificate_pem, &key);
        misread(tls, &["client_pem", "encrypted", "`client_pem_with_password`"]);

        // What was wrong before leaves nothing behind.
        let tls = trusting().client_pem_with_password(&one.certificate_pem, &key, "right");
        let error = refused("127.0.0.1:1".parse().unwrap(), tls);
        says(&error, &ErrorKind::NoHosts, &["refused"]);
    });
}

/// A PKCS#8 key in PEM, encrypted as `openssl pkcs8 -topk8` does.
fn encrypt(key_pem: &str, password: &str) -> String {
    let (_, key) = pkcs8::SecretDocument::from_pem(key_pem).unwrap();
    let key = pkcs8::PrivateKeyInfo::from_der(key.as_bytes()).unwrap();
    let (salt, iv) = ([1; 16], [2; 16]);
    let how = pbes2::Parameters::pbkdf2_sha256_aes256cbc(2048, &salt, &iv).unwrap();
    let encrypted = key.encrypt_with_params(how, password).unwrap();
    encrypted.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).unwrap().to_string()
}

/// Runs in a process of its own, started by the test below.
#[test]
#[ignore = "started by `a_program_that_ends_in_the_middle_of_tls`"]
fn child_that_ends_in_the_middle_of_tls() {
    let variable = |name| std::env::var(name).expect("started by another test");
    let tls = Tls::new()
        .ca_pem(variable("CHILD_CA"))
        .client_pem(variable("CHILD_CERTIFICATE"), variable("CHILD_KEY"));
    let address = variable("CHILD_ADDRESS").parse().unwrap();
    let session = block_on(builder(address, tls).io_threads(2).connect()).unwrap();
    let mut requests: Vec<_> =
        (0..200).map(|_| session.query("SELECT * FROM system.local", ()).execute()).collect();
    for request in &mut requests {
        let _ = block_on(async { futures::poll!(request) });
    }
    match &*variable("CHILD_END") {
        "exit" => std::process::exit(0),
        "abort" => std::process::abort(),
        "forget" => std::mem::forget((requests, session.clone())),
        _ => {}
    }
}

#[test]
fn a_program_that_ends_in_the_middle_of_tls() {
    const ROUNDS: usize = 20;
    let _one = own_node();
    within_deadline(|| {
        let guarded = Guarded::start();
        let child = |end: &str| -> Child {
            Command::new(std::env::current_exe().unwrap())
                .args(["--ignored", "--exact", "tls::child_that_ends_in_the_middle_of_tls"])
                .env("CHILD_ADDRESS", guarded.node.address().to_string())
                .env("CHILD_CA", guarded.authority.pem())
                .env("CHILD_CERTIFICATE", &guarded.client.certificate_pem)
                .env("CHILD_KEY", &guarded.client.key_pem)
                .env("CHILD_END", end)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        };
        for _ in 0..ROUNDS {
            // Side by side, which takes less time and makes for more orders of events.
            let ends = ["return", "exit", "forget", "abort"];
            for (end, mut child) in ends.map(|end| (end, child(end))) {
                let status = child.wait().unwrap();
                match end {
                    // SIGABRT, and no other signal.
                    "abort" => assert_eq!(status.signal(), Some(6), "{end}: {status}"),
                    _ => assert!(status.success(), "{end}: {status}"),
                }
            }
        }
    });
}
