//! A server that goes away.

use std::thread;

use async_cassandra::{ErrorKind, Reached, Session, observe};
use futures::executor::block_on;

use crate::harness::{until, within_deadline};
use crate::proxy::Proxy;
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
