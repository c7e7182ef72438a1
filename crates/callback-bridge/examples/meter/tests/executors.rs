//! Every behaviour of the wrapped library under every executor.

use callback_bridge_meter::{Error, Meter, Sample};
use futures::StreamExt;
use futures::future::join_all;

/// The output of a test that fails tells on which executor.
fn on_every_executor<F: Future<Output = ()> + Send + 'static>(test: impl Fn() -> F) {
    println!("on tokio");
    let tokio = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    tokio.block_on(tokio.spawn(test())).unwrap();
    println!("on async-std");
    async_std::task::block_on(async_std::task::spawn(test()));
    println!("on smol");
    smol::block_on(smol::spawn(test()));
    println!("on futures");
    futures::executor::block_on(test());
    println!("on pollster");
    pollster::block_on(test());
}

#[test]
fn measures() {
    on_every_executor(async || {
        let meter = Meter::open();
        for channel in [0, 1, 49] {
            assert_eq!(meter.measure(channel).await, Ok(f64::from(channel) * 1.5));
        }
        assert_eq!(meter.measure(50).await, Err(Error::Meter(2)));
        assert_eq!(meter.measure(100).await, Err(Error::Meter(1)));
        let all = join_all((1..40).map(|channel| meter.measure(channel))).await;
        assert!(all.into_iter().eq((1..40).map(|channel| Ok(f64::from(channel) * 1.5))));
        // Detached, before and after it was polled.
        drop(meter.measure(1));
        let mut polled = Box::pin(meter.measure(2));
        let _ = futures::poll!(&mut polled);
    });
}

#[test]
fn watches() {
    on_every_executor(async || {
        let meter = Meter::open();
        let mut watch = meter.watch(16);
        let mut last: [Option<u32>; 2] = [None; 2];
        while last.iter().any(|number| *number < Some(200)) {
            let Sample { thread, number, .. } = watch.next().await.unwrap();
            let last = &mut last[thread as usize];
            assert!(*last < Some(number), "{last:?}, then {number}");
            *last = Some(number);
        }
    });
}

#[test]
fn closes_with_requests_under_way() {
    on_every_executor(async || {
        let meter = Meter::open();
        let requests: Vec<_> = (1..40).map(|channel| meter.measure(channel)).collect();
        drop(meter);
        let outcomes = join_all(requests).await;
        assert!(outcomes.iter().all(|outcome| outcome.is_ok() || *outcome == Err(Error::Closed)));
        assert_eq!(outcomes.last(), Some(&Err(Error::Closed)), "none of this was measured");
    });
}
