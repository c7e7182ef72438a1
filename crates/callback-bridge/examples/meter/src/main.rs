//! The same code on five executors: `cargo run -p callback-bridge-meter`.

use callback_bridge_meter::{Error, Meter};
use futures::StreamExt;

fn main() {
    let tokio = tokio::runtime::Builder::new_multi_thread().build().expect("tokio starts");
    tokio.block_on(show("tokio"));
    async_std::task::block_on(show("async-std"));
    smol::block_on(show("smol"));
    futures::executor::block_on(show("futures"));
    pollster::block_on(show("pollster"));
}

async fn show(executor: &str) {
    let meter = Meter::open();
    // Both are under way before the first is awaited.
    let (first, second) = (meter.measure(7), meter.measure(8));
    let values = (first.await.expect("it measures"), second.await.expect("it measures"));
    let refused = meter.measure(100).await;
    assert_eq!(refused, Err(Error::Meter(1)));

    let mut watch = meter.watch(8);
    let mut samples = [0; 2];
    while samples.iter().sum::<u32>() < 1000 {
        let sample = watch.next().await.expect("it goes on");
        samples[sample.thread as usize] += 1;
    }
    println!("{executor:>9}: measured {values:?}; read {samples:?} samples, lost {}", watch.lost());
}
