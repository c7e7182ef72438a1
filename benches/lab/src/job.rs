//! What one run does: which client, which work, how much of it.

use std::net::SocketAddr;

use crate::Result;
use crate::client::Client;
use crate::options::Options;
use crate::work::Work;

#[derive(Debug, Clone)]
pub struct Job {
    pub client: Client,
    pub work: Work,
    pub address: SocketAddr,
    /// What the server is called in the record.
    pub server: String,
    pub in_flight: u32,
    /// Requests; rows for a stream, connects, statements to prepare.
    pub requests: u64,
    pub page_size: u32,
    pub prefetch: u32,
    /// Requests a second, open loop only.
    pub rate: u64,
    pub round: u32,
    pub share: Option<u32>,
    /// Counts allocations and system calls; what it measures besides is worth nothing then.
    pub count: bool,
}

impl Job {
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Options::parse(arguments, &["count"])?;
        let work: Work = options.word(1, "a work")?.parse()?;
        let in_flight = options.optional("in-flight")?.unwrap_or(1);
        let page_size = options.optional("page-size")?.unwrap_or(5000);
        let rate = options.optional("rate")?.unwrap_or(10_000);
        let requests = match options.optional::<u64>("requests")? {
            Some(requests) => requests,
            None if work == Work::OpenSelect => rate * options.optional("seconds")?.unwrap_or(1),
            None => work.requests(in_flight),
        };
        let job = Self {
            client: options.word(0, "a client")?.parse()?,
            work,
            address: options.required("address")?,
            server: options.optional("server")?.unwrap_or_else(|| "stub".into()),
            in_flight,
            requests: requests.max(u64::from(in_flight)),
            page_size,
            prefetch: options.optional("prefetch")?.unwrap_or(1),
            rate,
            round: options.optional("round")?.unwrap_or(1),
            share: options.optional("share")?,
            count: options.flag("count"),
        };
        options.finish()?;
        if in_flight == 0 || page_size == 0 || rate == 0 {
            return Err("0 is none of --in-flight, --page-size, --rate".into());
        }
        Ok(job)
    }
}
