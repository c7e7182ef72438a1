//! Pages that were cut short on their way, read with the embedded driver.
//!
//! They also fail when this crate no longer finds the bytes of a page in that driver's memory: C reads on
//! behind the end of what came, and gives that out.

use async_cassandra::driver::{self, Source};
use async_cassandra::{ErrorKind, Page, Prepared, Result, Session};

use crate::server::Test;
use crate::tap::{TO_BE_CUT, Tap};

const ROWS: usize = 3;
/// Of a row: three cells, each with its length.
const ROW: usize = 4 + 4 + (4 + TO_BE_CUT.len()) + (4 + 4 + 4 + 4);

type Row<'r> = (i32, &'r str, Vec<i32>);

struct Cut {
    tap: Tap,
    session: Session,
    select: Prepared,
}

impl Cut {
    async fn new(test: &Test) -> Option<Self> {
        if *driver::load().unwrap().source() != Source::Embedded {
            return None;
        }
        let tap = Tap::start();
        let builder = Session::builder().contact_points([tap.address]).keyspace(&test.keyspace);
        let session = (test.runtime.configure)(builder).connect().await.unwrap();
        let table = "(part int, n int, name text, l list<int>, PRIMARY KEY (part, n))";
        session.query(&format!("CREATE TABLE t {table}"), ()).await.unwrap();
        let insert = session.prepare("INSERT INTO t (part, n, name, l) VALUES (?, ?, ?, ?)");
        let insert = insert.await.unwrap();
        for (part, rows) in [(1, 1), (2, ROWS)] {
            for n in 0..rows as i32 {
                insert.bind((part, n, TO_BE_CUT, vec![n])).await.unwrap();
            }
        }
        let select = session.prepare("SELECT n, name, l FROM t WHERE part = ?").await.unwrap();
        Some(Self { tap, session, select })
    }

    /// A page of one row, or of all.
    async fn page(&self, part: i32, cut: usize) -> Result<Page> {
        self.tap.cut(cut);
        self.select.bind((part,)).await
    }
}

fn is(row: Row<'_>, n: usize) -> bool {
    row == (n as i32, TO_BE_CUT, vec![n as i32])
}

/// Every row before the cut, then an error, and no byte that did not come.
pub async fn rows(test: Test) {
    let Some(cut) = Cut::new(&test).await else { return };
    // The first row stays whole: C reads it by itself.
    for bytes in 0..(ROWS - 1) * ROW {
        let page = cut.page(2, bytes).await.unwrap();
        let whole = ROWS - bytes.div_ceil(ROW);
        let mut rows = page.rows::<Row<'_>>().unwrap();
        let indexed = page.indexed::<Row<'_>>().unwrap();
        for n in 0..whole {
            assert!(is(rows.next().unwrap().unwrap(), n), "{bytes}");
            assert!(is(indexed.get(n).unwrap().unwrap(), n), "{bytes}");
        }
        if whole < ROWS {
            let error = rows.next().unwrap().unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Malformed, "{bytes}");
            let which = format!("says 3 rows, and row {whole} is damaged or missing");
            assert!(error.to_string().contains(&which), "{bytes}: {error}");
            assert!(indexed.get(whole).unwrap().is_err(), "{bytes}");
        }
        assert!(rows.next().is_none(), "{bytes}");
    }
    let error = cut.select.bind((2,)).all::<(i32, String, Vec<i32>)>().await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Malformed);
    cut.session.close().await.unwrap();
}

/// An only row whose last cell was cut, and a first row of several.
pub async fn first_rows(test: Test) {
    let Some(cut) = Cut::new(&test).await else { return };
    for (part, before) in [(1, 0), (2, (ROWS - 1) * ROW)] {
        // Within the only element of the list.
        for bytes in 1..=4 {
            let page = cut.page(part, before + bytes).await.unwrap();
            let rows: Vec<_> = page.rows::<Row<'_>>().unwrap().collect();
            let [Err(error)] = &rows[..] else { panic!("{bytes}: {rows:?}") };
            assert_eq!(*error.kind(), ErrorKind::Malformed, "{bytes}");
            assert!(error.to_string().contains("row 0 is damaged"), "{bytes}: {error}");
        }
    }
    cut.session.close().await.unwrap();
}
