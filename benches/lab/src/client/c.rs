//! The raw C client, `c/`: its works are in C, and only the measuring is around them.
//!
//! Its calls of the C API bind to the entries of this crate, so it uses the same driver as the others.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::net::SocketAddr;
use std::time::Instant;

use super::measured;
use crate::Result;
use crate::job::Job;
use crate::record::Record;
use crate::work::{self, Done, SAMPLED, Sum, Work};

/// As in `c/lab.h`.
#[repr(C)]
struct Requests {
    session: *mut c_void,
    prepared: *const c_void,
    tasks: u32,
    requests: u64,
    first_id: i64,
    ids: i64,
    text: *const c_char,
    text_length: usize,
    sampled: u32,
    samples: *mut u64,
}

unsafe extern "C" {
    fn lab_c_connect(
        host: *const c_char,
        host_length: usize,
        port: c_int,
        queue: c_uint,
        session: *mut *mut c_void,
    ) -> *const c_char;
    fn lab_c_prepare(
        session: *mut c_void,
        cql: *const c_char,
        length: usize,
        prepared: *mut *const c_void,
    ) -> *const c_char;
    fn lab_c_prepare_many(
        session: *mut c_void,
        texts: *const *const c_char,
        lengths: *const usize,
        count: u64,
        samples: *mut u64,
    ) -> *const c_char;
    fn lab_c_forget(prepared: *const c_void);
    fn lab_c_close(session: *mut c_void) -> *const c_char;
    fn lab_c_run(run: *const Requests, sum: *mut Sum) -> *const c_char;
    fn lab_c_fan_out(run: *const Requests, sum: *mut Sum) -> *const c_char;
    fn lab_c_open(run: *const Requests, interval: u64, sum: *mut Sum) -> *const c_char;
    fn lab_c_stream(
        session: *mut c_void,
        prepared: *const c_void,
        page_size: c_int,
        ahead: c_int,
        limit: u64,
        sum: *mut Sum,
    ) -> *const c_char;
}

pub fn run(job: &Job) -> Result<Record> {
    if job.work == Work::Connect {
        return measured(job, |job| connect(job.address, job.requests));
    }
    let session = Session::connect(job.address, queue(job))?;
    let statement = session.prepare(&job.work.statement())?;
    let record = measured(job, |job| match job.work {
        Work::Stream | Work::StreamBorrowed => session.stream(&statement, job),
        Work::Prepare => session.prepare_many(job.requests),
        _ => session.requests(&statement, job),
    })?;
    drop(statement);
    session.close()?;
    Ok(record)
}

/// An open loop does not stop sending when the machine falters, so the queue must hold what piles up.
fn queue(job: &Job) -> c_uint {
    if job.work == Work::OpenSelect { 32_768 } else { 0 }
}

fn connect(address: SocketAddr, times: u64) -> Result<Done> {
    let mut done = Done::default();
    for _ in 0..times {
        let started = Instant::now();
        Session::connect(address, 0)?.close()?;
        done.latencies.push(started.elapsed().as_nanos() as u64);
    }
    Ok(done)
}

struct Session(*mut c_void);

struct Prepared(*const c_void);

impl Session {
    fn connect(address: SocketAddr, queue: c_uint) -> Result<Self> {
        let host = address.ip().to_string();
        let port = c_int::from(address.port());
        let mut session = std::ptr::null_mut();
        // SAFETY: the host is a string of this length, and the session is written to.
        told(unsafe {
            lab_c_connect(host.as_ptr().cast(), host.len(), port, queue, &raw mut session)
        })?;
        Ok(Self(session))
    }

    fn prepare(&self, cql: &str) -> Result<Prepared> {
        let mut prepared = std::ptr::null();
        // SAFETY: the session is connected, the text is one of this length.
        told(unsafe { lab_c_prepare(self.0, cql.as_ptr().cast(), cql.len(), &raw mut prepared) })?;
        Ok(Prepared(prepared))
    }

    fn prepare_many(&self, times: u64) -> Result<Done> {
        let texts = work::texts(times);
        let at: Vec<*const c_char> = texts.iter().map(|text| text.as_ptr().cast()).collect();
        let lengths: Vec<usize> = texts.iter().map(String::len).collect();
        let mut done = Done { latencies: vec![0; texts.len()], ..Done::default() };
        let samples = done.latencies.as_mut_ptr();
        // SAFETY: as many texts, lengths and samples as the count says, until the call returns.
        told(unsafe { lab_c_prepare_many(self.0, at.as_ptr(), lengths.as_ptr(), times, samples) })?;
        Ok(done)
    }

    fn requests(&self, statement: &Prepared, job: &Job) -> Result<Done> {
        let (rows, text) = match job.work {
            Work::Insert(text) => (text.written(), Some("x".repeat(text.len()))),
            work => (work.text().rows(), None),
        };
        let tasks = u64::from(job.in_flight);
        let timed = match job.work {
            Work::OpenSelect => job.requests,
            Work::FanOut => job.requests / tasks,
            _ => tasks * (job.requests / tasks).div_ceil(u64::from(SAMPLED)),
        };
        let mut done = Done { latencies: vec![0; timed as usize], ..Done::default() };
        let run = Requests {
            session: self.0,
            prepared: statement.0,
            tasks: job.in_flight,
            requests: job.requests,
            first_id: rows.first,
            ids: rows.count,
            text: text.as_ref().map_or(std::ptr::null(), |text| text.as_ptr().cast()),
            text_length: text.as_ref().map_or(0, String::len),
            sampled: SAMPLED,
            samples: done.latencies.as_mut_ptr(),
        };
        // SAFETY: all that `run` points to lives until the call returns, which is when the last answer
        // has come, and the samples have the room that `lab.h` asks for.
        told(unsafe {
            match job.work {
                Work::OpenSelect => {
                    lab_c_open(&raw const run, 1_000_000_000 / job.rate, &raw mut done.sum)
                }
                Work::FanOut => lab_c_fan_out(&raw const run, &raw mut done.sum),
                _ => lab_c_run(&raw const run, &raw mut done.sum),
            }
        })?;
        Ok(done)
    }

    fn stream(&self, statement: &Prepared, job: &Job) -> Result<Done> {
        let mut done = Done::default();
        let page_size = c_int::try_from(job.page_size)?;
        let ahead = c_int::from(job.prefetch > 0);
        let sum = &raw mut done.sum;
        // SAFETY: the session is connected and the statement is its own; the sum is written to.
        told(unsafe { lab_c_stream(self.0, statement.0, page_size, ahead, job.requests, sum) })?;
        Ok(done)
    }

    fn close(self) -> Result<()> {
        // SAFETY: nothing uses it any more; this frees it.
        told(unsafe { lab_c_close(self.0) })
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // SAFETY: this handle is its owner.
        unsafe { lab_c_forget(self.0) }
    }
}

/// The first error, in C's words.
fn told(error: *const c_char) -> Result<()> {
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: what is not NULL is a text that stays.
    Err(unsafe { CStr::from_ptr(error) }.to_string_lossy().into())
}
