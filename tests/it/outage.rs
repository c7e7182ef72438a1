//! A server that goes away.

use std::thread;
use std::time::Duration;

use async_cassandra::{ErrorKind, Reached, Reconnection, Session, observe};
use futures::executor::block_on;

use crate::harness::{until, within_deadline};
use crate::proxy::{PREPARE, Proxy};
use crate::server::node;

#[test]
fn requests_end_when_the_connection_is_cut() {
    within_deadline(|| {
        let proxy = Proxy::start(node().address());
        let session =
            block_on(Session::builder().contact_points([proxy.address]).connect()).unwrap();
        proxy.cut();
        let error = loop {
            // Until the driver has seen the end of its connection.
            match block_on(session.query("SELECT key FROM system.local", ()).execute()) {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert!(matches!(error.kind(), ErrorKind::NoHosts | ErrorKind::Timeout), "{error:?}");
        assert_ne!(error.reached_server(), Reached::Yes);
        block_on(async { session.close().await }).unwrap();
    });
}

/// Some drivers crash when a session is closed while requests that cannot be sent lie in its queue.
#[test]
fn sessions_dropped_in_an_outage_end_cleanly() {
    within_deadline(|| {
        for round in 0..60 {
            let proxy = Proxy::start(node().address());
            let builder = Session::builder().contact_points([proxy.address]);
            let session = block_on(builder.connect()).unwrap();
            proxy.cut();
            for _ in 0..round * 10 {
                thread::yield_now();
            }
            for burst in 0..4 {
                let mut requests: Vec<_> = (0..50)
                    .map(|_| session.query("SELECT key FROM system.local", ()).execute())
                    .collect();
                for request in &mut requests {
                    let _ = block_on(async { futures::poll!(request) });
                }
                if burst % 2 == 0 {
                    drop(requests);
                }
            }
            drop(session);
        }
        until("every request has come back and every session was freed", || {
            let counters = observe::counters();
            counters.detached == 0 && counters.reaping == 0
        });
    });
}

/// A host that comes back is taught nothing ahead of its requests. The driver would do that on a
/// connection of its own and then tell the session, also one that was closed and freed meanwhile:
/// which ends the program.
#[test]
fn sessions_dropped_as_a_host_comes_back_end_cleanly() {
    within_deadline(|| {
        for _ in 0..5 {
            let proxy = Proxy::start(node().address());
            let builder = Session::builder()
                .contact_points([proxy.address])
                .reconnection(Reconnection::constant(Duration::from_millis(10)));
            let session = block_on(builder.connect()).unwrap();
            let prepares = (0..100).map(|number| {
                let cql = format!("SELECT key AS k{number} FROM system.local WHERE key = ?");
                let session = session.clone();
                async move { session.prepare(&cql).await.unwrap() }
            });
            block_on(futures::future::join_all(prepares));
            let prepared = proxy.frames(PREPARE).len();
            proxy.cut();
            let alive = || {
                let request = session.query("SELECT key FROM system.local", ()).idempotent(true);
                block_on(request.execute()).is_ok()
            };
            until("the outage is seen", || !alive());
            proxy.mend();
            until("the host is back", alive);
            drop(session);
            until("the session was freed", || observe::counters().reaping == 0);
            assert_eq!(proxy.frames(PREPARE).len(), prepared);
        }
    });
}
