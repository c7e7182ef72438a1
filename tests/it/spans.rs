//! A span for each request, with a real answer.

use async_cassandra::{ErrorKind, Session};
use futures::executor::block_on;

use crate::harness::alone::alone;
use crate::harness::recorder::{Recorder, seen};
use crate::server::node;

/// The subscriber is the process's, so the test has one of its own.
#[test]
fn they_tell_of_statement_and_outcome() {
    let give = |child: &mut std::process::Command| {
        child.env("ADDRESS", node().address().to_string());
    };
    alone("spans::they_tell_of_statement_and_outcome", give, || {
        tracing::subscriber::set_global_default(Recorder).unwrap();
        let address = std::env::var("ADDRESS").unwrap();
        let builder = Session::builder().contact_points([address]).keyspace("system");
        let session = block_on(builder.connect()).unwrap();
        let task = tracing::info_span!(target: "task", "task");
        task.in_scope(|| {
            let select = session.query("SELECT key FROM local WHERE key = ?", ("local",));
            assert_eq!(block_on(select.execute()).unwrap().len(), 1);
            let error = block_on(session.query("SELECT none FROM local", ()).execute());
            assert_eq!(*error.unwrap_err().kind(), ErrorKind::Invalid);
        });
        block_on(session.close().into_future()).unwrap();

        let spans = seen("async_cassandra::request");
        let fields = ["db.operation.name", "db.query.text", "db.namespace", "error.type"];
        let fields = spans.iter().map(|span| fields.map(|name| span.field(name)));
        let text = Some("SELECT key FROM local WHERE key = ?");
        let expected = [
            [Some("PREPARE"), text, Some("system"), None],
            [Some("SELECT"), text, Some("system"), None],
            [Some("SELECT"), Some("SELECT none FROM local"), Some("system"), Some("Invalid")],
        ];
        assert_eq!(fields.collect::<Vec<_>>(), expected);
        assert_eq!(spans[2].field("db.response.status_code"), Some("0x2200"));
        for span in spans {
            assert!(span.closed && span.parent == Some(1), "{span:?}");
            assert_eq!(span.level, Some(tracing::Level::DEBUG));
        }
    });
}
