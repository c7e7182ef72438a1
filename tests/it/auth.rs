//! Logging in: passwords, permissions, and authenticators of the program's own.

use std::error::Error as _;
use std::fmt;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use async_cassandra::{
    Authenticator, AuthenticatorError, Error, ErrorKind, Peer, Result, Session, SessionBuilder,
};
use embedded_cassandra::Cassandra;
use futures::executor::block_on;

use crate::harness::{self, RUNTIMES, until, within_deadline};
use crate::proxy::pump;
use crate::server::{node, own_node};

fn builder(address: SocketAddr) -> SessionBuilder {
    Session::builder().contact_points([address])
}

fn login(node: &Cassandra, user: &str, password: &str) -> SessionBuilder {
    builder(node.address()).auth(user, password)
}

/// Connects, and reads a row.
async fn round_trip(builder: SessionBuilder) -> Result<Session> {
    let session = builder.connect().await?;
    let page = session.query("SELECT key FROM system.local", ()).await?;
    assert_eq!(page.len(), 1);
    Ok(session)
}

#[track_caller]
fn refused(builder: SessionBuilder) -> Error {
    match block_on(builder.connect()) {
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

#[test]
fn a_node_that_asks_for_passwords() {
    let _one = own_node();
    within_deadline(|| {
        // By default a password changes once in 5 s at most.
        let at_once = "-Dcassandra.role_password_update_min_interval_in_ms=0";
        let node = Cassandra::builder().fast_schema(true).auth(true).jvm_arg(at_once);
        let node = node.start().unwrap();
        every_runtime(&node);
        wrong_passwords(&node);
        a_rotated_password(&node);
        a_missing_permission(&node);
        own_authenticators(&node);
    });
}

fn every_runtime(node: &Cassandra) {
    for name in RUNTIMES {
        let runtime = harness::runtime(name);
        let (by_password, by_own) =
            (login(node, "cassandra", "cassandra"), builder(node.address()).authenticator(good()));
        (runtime.block_on)(Box::pin(async move {
            for builder in [by_password, by_own] {
                let session = round_trip((runtime.configure)(builder)).await.unwrap();
                session.close().await.unwrap();
            }
        }));
    }
}

fn wrong_passwords(node: &Cassandra) {
    let kind = ErrorKind::BadCredentials;
    let error = refused(login(node, "cassandra", "wrong"));
    says(&error, &kind, &["127.0.0.1", "username cassandra", "incorrect"]);
    let error = refused(login(node, "nobody", "wrong"));
    says(&error, &kind, &["127.0.0.1", "username nobody"]);
    assert!(!format!("{error:?}").contains("wrong"), "{error:?}");
    let error = refused(builder(node.address()));
    says(&error, &kind, &["127.0.0.1", "wants a login", "`auth`", "`authenticator`"]);
}

fn a_rotated_password(node: &Cassandra) {
    node.execute("CREATE ROLE app WITH PASSWORD = 'old' AND LOGIN = true").unwrap();
    let session = block_on(round_trip(login(node, "app", "old"))).unwrap();
    node.execute("ALTER ROLE app WITH PASSWORD = 'new'").unwrap();
    // Who is in stays in; who comes needs the new one.
    block_on(session.query("SELECT key FROM system.local", ()).execute()).unwrap();
    let error = refused(login(node, "app", "old"));
    says(&error, &ErrorKind::BadCredentials, &["username app"]);
    block_on(round_trip(login(node, "app", "new"))).unwrap();
}

fn a_missing_permission(node: &Cassandra) {
    let keyspace = node.create_keyspace().unwrap();
    node.execute(&format!("CREATE TABLE {keyspace}.t (id int PRIMARY KEY)")).unwrap();
    node.execute("CREATE ROLE reader WITH PASSWORD = 'p' AND LOGIN = true").unwrap();
    node.execute(&format!("GRANT SELECT ON KEYSPACE {keyspace} TO reader")).unwrap();
    let session = block_on(round_trip(login(node, "reader", "p"))).unwrap();
    let select = format!("SELECT id FROM {keyspace}.t");
    block_on(session.query(&select, ()).execute()).unwrap();

    let insert = format!("INSERT INTO {keyspace}.t (id) VALUES (?)");
    let table = format!("{keyspace}.t");
    let unauthorized = |error: Error| {
        let words = ["reader", "MODIFY", &*table];
        says(&error, &ErrorKind::Unauthorized, &words);
        assert!(!error.is_retryable());
    };
    match block_on(async { session.prepare(&insert).await }) {
        // Some servers look at the permission when they prepare, all when they execute.
        Ok(prepared) => unauthorized(block_on(prepared.bind((1,)).execute()).unwrap_err()),
        Err(error) => unauthorized(error),
    }
    unauthorized(block_on(session.query(&insert, (1,)).execute()).unwrap_err());

    // A request that fails never closes the session.
    node.execute(&format!("GRANT MODIFY ON KEYSPACE {keyspace} TO reader")).unwrap();
    block_on(session.query(&insert, (1,)).execute()).unwrap();
}

type SeenPeer = (Option<IpAddr>, Option<String>, String);

/// What an authenticator saw, and what is left of it.
#[derive(Default)]
struct Seen {
    /// Address, host name and class name.
    peers: Mutex<Vec<SeenPeer>>,
    begun: AtomicUsize,
    dropped: AtomicUsize,
    authenticators: AtomicUsize,
}

/// What an authenticator's methods give.
type Given<T> = std::result::Result<T, AuthenticatorError>;
type Step = fn() -> Given<Vec<u8>>;

/// An authenticator whose first token comes from a function.
struct Own {
    seen: Arc<Seen>,
    token: Step,
}

impl Own {
    fn new(token: Step) -> (Self, Arc<Seen>) {
        let seen = Arc::<Seen>::default();
        (Self { seen: Arc::clone(&seen), token }, seen)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.seen.authenticators.fetch_add(1, Ordering::Relaxed);
    }
}

struct Exchange(Arc<Seen>);

impl Drop for Exchange {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

impl Authenticator for Own {
    type Exchange = Exchange;

    fn initial(&self, peer: &Peer<'_>) -> Given<(Vec<u8>, Exchange)> {
        let host_name = peer.host_name().map(str::to_owned);
        let peer = (peer.address(), host_name, peer.class_name().to_owned());
        self.seen.peers.lock().unwrap().push(peer);
        let token = (self.token)()?;
        self.seen.begun.fetch_add(1, Ordering::Relaxed);
        Ok((token, Exchange(Arc::clone(&self.seen))))
    }

    fn challenge(&self, _: &mut Exchange, _: &[u8]) -> Given<Vec<u8>> {
        Err("no challenge was expected".into())
    }
}

/// As the password authenticator wants it.
fn good() -> Own {
    Own::new(|| Ok(b"\0cassandra\0cassandra".to_vec())).0
}

/// An error of the program's own type.
#[derive(Debug, PartialEq)]
struct NoToken(u32);

impl std::error::Error for NoToken {}

impl fmt::Display for NoToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token service said {}", self.0)
    }
}

fn own_authenticators(node: &Cassandra) {
    let by = |own: Own| builder(node.address()).authenticator(own);

    let (own, seen) = Own::new(|| Ok(b"\0cassandra\0cassandra".to_vec()));
    let session = block_on(round_trip(by(own).io_threads(2))).unwrap();
    assert_eq!(seen.authenticators.load(Ordering::Relaxed), 0, "the session still needs it");
    block_on(async { session.close().await }).unwrap();
    drop(session);
    everything_is_dropped(&seen);
    // The control connection, and one for each I/O thread.
    let peers = seen.peers.lock().unwrap();
    assert!(peers.len() >= 3, "{peers:?}");
    for (address, host_name, class_name) in &*peers {
        assert_eq!(*address, Some(node.address().ip()));
        assert_eq!(*host_name, None);
        assert_eq!(class_name, "org.apache.cassandra.auth.PasswordAuthenticator");
    }

    let (own, seen) = Own::new(|| Ok(b"\0cassandra\0wrong".to_vec()));
    says(&refused(by(own)), &ErrorKind::BadCredentials, &["username cassandra"]);
    everything_is_dropped(&seen);

    let (own, seen) = Own::new(|| Err(NoToken(503).into()));
    let error = refused(by(own));
    says(&error, &ErrorKind::Authenticator, &["127.0.0.1", "initial"]);
    let cause = error.source().and_then(|cause| cause.downcast_ref::<NoToken>());
    assert_eq!(cause, Some(&NoToken(503)));
    drop(error);
    everything_is_dropped(&seen);

    // An empty text would count as success in C.
    let (own, seen) = Own::new(|| Err("".into()));
    says(&refused(by(own)), &ErrorKind::Authenticator, &["127.0.0.1"]);
    everything_is_dropped(&seen);

    let (own, seen) = Own::new(|| panic!("a bug in the authenticator"));
    let error = refused(by(own));
    says(&error, &ErrorKind::Authenticator, &["127.0.0.1"]);
    assert!(error.source().unwrap().to_string().contains("a bug in the authenticator"));
    drop(error);
    everything_is_dropped(&seen);

    let both = by(good()).auth("cassandra", "cassandra");
    says(&refused(both), &ErrorKind::Setting { name: "authenticator" }, &["`auth`"]);
}

#[track_caller]
fn everything_is_dropped(seen: &Seen) {
    until("the authenticator and its exchanges are dropped", || {
        let [begun, dropped, authenticators] =
            [&seen.begun, &seen.dropped, &seen.authenticators].map(|n| n.load(Ordering::Relaxed));
        begun == dropped && authenticators == 1
    });
}

#[test]
fn an_authenticator_is_dropped_with_a_builder_that_never_connects() {
    let (own, seen) = Own::new(|| Ok(Vec::new()));
    drop(Session::builder().authenticator(own).connect());
    everything_is_dropped(&seen);
}

const CLASS: &str = "org.example.Riddles";

/// Asks for a login in two steps before it passes on what the node behind it says.
struct Sphinx {
    address: SocketAddr,
}

impl Sphinx {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let behind = node().address();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                thread::spawn(move || Self::guard(client, behind));
            }
        });
        Self { address }
    }

    fn guard(mut client: TcpStream, behind: SocketAddr) -> Option<()> {
        let mut server = TcpStream::connect(behind).ok()?;
        loop {
            let (head, body) = frame(&mut client)?;
            match head[4] {
                // AUTH_RESPONSE: a challenge for the right name, the last token for the right answer.
                0x0f => match &body[4..] {
                    b"I am Oedipus" => answer(&mut client, &head, 0x0e, &token(b"what am I?")),
                    b"a man" => {
                        answer(&mut client, &head, 0x10, &token(b"enter"));
                        break;
                    }
                    _ => {
                        let text = b"the sphinx is hungry";
                        let mut body = 0x0100_u32.to_be_bytes().to_vec();
                        body.extend((text.len() as u16).to_be_bytes());
                        body.extend(text);
                        answer(&mut client, &head, 0x00, &body);
                    }
                },
                opcode => {
                    server.write_all(&head).ok()?;
                    server.write_all(&body).ok()?;
                    let (answer_head, answer_body) = frame(&mut server)?;
                    if opcode == 0x01 {
                        // STARTUP: the node says READY, and we AUTHENTICATE.
                        let mut body = (CLASS.len() as u16).to_be_bytes().to_vec();
                        body.extend(CLASS.as_bytes());
                        answer(&mut client, &head, 0x03, &body);
                    } else {
                        client.write_all(&answer_head).ok()?;
                        client.write_all(&answer_body).ok()?;
                    }
                }
            }
        }
        let (to, from) = (client.try_clone().ok()?, server.try_clone().ok()?);
        thread::spawn(move || pump(from, to));
        pump(client, server);
        Some(())
    }
}

fn frame(from: &mut TcpStream) -> Option<([u8; 9], Vec<u8>)> {
    let mut head = [0; 9];
    from.read_exact(&mut head).ok()?;
    let mut body = vec![0; u32::from_be_bytes([head[5], head[6], head[7], head[8]]) as usize];
    from.read_exact(&mut body).ok()?;
    Some((head, body))
}

/// The protocol's `[bytes]`.
fn token(bytes: &[u8]) -> Vec<u8> {
    let mut token = (bytes.len() as u32).to_be_bytes().to_vec();
    token.extend(bytes);
    token
}

fn answer(to: &mut TcpStream, request: &[u8; 9], opcode: u8, body: &[u8]) {
    let mut head = [0x84, 0, request[2], request[3], opcode, 0, 0, 0, 0];
    head[5..].copy_from_slice(&(body.len() as u32).to_be_bytes());
    // Who has gone does not listen.
    let _ = to.write_all(&head).and_then(|()| to.write_all(body));
}

/// Remembers what it was told, from step to step.
struct Oedipus {
    answer: fn(&[u8]) -> Given<Vec<u8>>,
    enter: fn(&[Vec<u8>]) -> Given<()>,
}

impl Authenticator for Oedipus {
    type Exchange = Vec<Vec<u8>>;

    fn initial(&self, peer: &Peer<'_>) -> Given<(Vec<u8>, Self::Exchange)> {
        assert_eq!(peer.class_name(), CLASS);
        Ok((b"I am Oedipus".to_vec(), Vec::new()))
    }

    fn challenge(&self, heard: &mut Self::Exchange, token: &[u8]) -> Given<Vec<u8>> {
        heard.push(token.to_vec());
        (self.answer)(token)
    }

    fn success(&self, heard: &mut Self::Exchange, token: &[u8]) -> Given<()> {
        heard.push(token.to_vec());
        (self.enter)(heard)
    }
}

#[test]
fn challenges_are_answered_step_by_step() {
    within_deadline(|| {
        let sphinx = Sphinx::start();
        let by = |oedipus| builder(sphinx.address).authenticator(oedipus);
        let right = Oedipus {
            answer: |riddle| match riddle {
                b"what am I?" => Ok(b"a man".to_vec()),
                _ => Err("not the riddle".into()),
            },
            enter: |heard| match heard == [&b"what am I?"[..], b"enter"] {
                true => Ok(()),
                false => Err("not what was heard".into()),
            },
        };
        let session = block_on(round_trip(by(right))).unwrap();
        block_on(async { session.close().await }).unwrap();

        let wrong = Oedipus { answer: |_| Ok(b"a lion".to_vec()), enter: |_| Ok(()) };
        says(&refused(by(wrong)), &ErrorKind::BadCredentials, &["the sphinx is hungry"]);

        for (silent, words) in [
            (Oedipus { answer: |_| Err("no idea".into()), enter: |_| Ok(()) }, "no idea"),
            (Oedipus { answer: |_| panic!("a fright"), enter: |_| Ok(()) }, "a fright"),
            (
                Oedipus { answer: |_| Ok(b"a man".to_vec()), enter: |_| Err("a trap".into()) },
                "a trap",
            ),
            (Oedipus { answer: |_| Ok(b"a man".to_vec()), enter: |_| panic!("a pit") }, "a pit"),
        ] {
            let error = refused(by(silent));
            says(&error, &ErrorKind::Authenticator, &["127.0.0.1", "Failed evaluating"]);
            assert!(error.source().unwrap().to_string().contains(words), "{error:?}");
        }
    });
}
