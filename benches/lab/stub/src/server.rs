//! The server's loop: one thread, one epoll. A batch of requests costs three system calls: the wait, a read
//! and a write. A connection that takes no more answers is not read from until it does.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::io::Errno;

use crate::answer::Answers;
use crate::connection::{Brought, Connection, READ};
use crate::held::Held;
use crate::options::Options;
use crate::out::Out;
use crate::plan::Planner;
use crate::stop::Stop;

/// What events are of; connections come after.
const LISTENER: u64 = 0;
const STOPPED: u64 = 1;
const HELD: u64 = 2;
const FIRST: u64 = 3;

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    epoll: OwnedFd,
    listener: TcpListener,
    address: SocketAddr,
    stop: Stop,
    // Held for the epoll that watches it.
    _stopped: UnixStream,
    held: Option<Held>,
    answers: Answers,
    connections: HashMap<u64, Connection>,
    next: u64,
    buffer: Vec<u8>,
    totals: Totals,
}

/// What a server did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Connections that were accepted.
    pub connections: u64,
    /// Requests that were answered.
    pub requests: u64,
    /// Bytes that were read.
    pub bytes_in: u64,
    /// Bytes that were written.
    pub bytes_out: u64,
}

impl Server {
    /// Listens. Clients can connect from now on; they are answered in [`Server::run`].
    pub fn bind(options: &Options) -> io::Result<Server> {
        let listener = TcpListener::bind(options.address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let (stop, stopped) = Stop::pair()?;
        watch(&epoll, &listener, LISTENER)?;
        watch(&epoll, &stopped, STOPPED)?;
        let held = match options.delay.is_zero() {
            true => None,
            false => Some(Held::new(options.delay)?),
        };
        if let Some(held) = &held {
            watch(&epoll, held, HELD)?;
        }
        Ok(Server {
            epoll,
            listener,
            address,
            stop,
            _stopped: stopped,
            held,
            answers: Answers::new(Planner::new(address, options.rows), options.error),
            connections: HashMap::new(),
            next: FIRST,
            buffer: vec![0; READ],
            totals: Totals::default(),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What ends it.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Answers until it is stopped. An error is one of the server; those of a connection end the connection.
    pub fn run(mut self) -> io::Result<Totals> {
        let mut events: Vec<Event> = Vec::with_capacity(256);
        loop {
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), None) {
                Err(Errno::INTR) => continue,
                result => result?,
            };
            for event in &events {
                match event.data.u64() {
                    LISTENER => self.accept()?,
                    STOPPED => {
                        self.totals.requests = self.answers.answered;
                        return Ok(self.totals);
                    }
                    HELD => self.let_go()?,
                    connection => self.serve(connection, event.flags),
                }
            }
        }
    }

    fn accept(&mut self) -> io::Result<()> {
        loop {
            match self.listener.accept() {
                Ok((stream, _)) => {
                    let connection = Connection::new(stream)?;
                    watch(&self.epoll, &connection.stream, self.next)?;
                    self.connections.insert(self.next, connection);
                    self.next += 1;
                    self.totals.connections += 1;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads what a connection sent, and writes what it takes; drops it when it ends or fails.
    fn serve(&mut self, id: u64, flags: EventFlags) {
        let failed = EventFlags::ERR | EventFlags::HUP;
        let alive = !flags.intersects(failed)
            && (!flags.contains(EventFlags::OUT) || self.write(id).is_ok())
            && (!flags.contains(EventFlags::IN) || self.read(id).unwrap_or(false));
        if !alive {
            // Closing the socket takes it from the epoll.
            self.connections.remove(&id);
        }
    }

    /// Reads once and answers, for the rest the epoll reports again; false at the end of the connection.
    fn read(&mut self, id: u64) -> io::Result<bool> {
        let Some(connection) = self.connections.get_mut(&id) else { return Ok(true) };
        let brought = if let Some(held) = &mut self.held {
            let mut out = Out::default();
            let brought = connection.read(&mut self.buffer, &mut self.answers, &mut out)?;
            if !out.is_empty() {
                held.push(id, out)?;
            }
            brought
        } else {
            let mut out = std::mem::take(&mut connection.out);
            let brought = connection.read(&mut self.buffer, &mut self.answers, &mut out);
            connection.out = out;
            let brought = brought?;
            self.write(id)?;
            brought
        };
        if let Brought::Bytes(count) = brought {
            self.totals.bytes_in += count as u64;
        }
        Ok(brought != Brought::End)
    }

    /// Writes the answers whose time has come.
    fn let_go(&mut self) -> io::Result<()> {
        loop {
            let Some((id, out)) = self.held.as_mut().map_or(Ok(None), Held::pop)? else {
                return Ok(());
            };
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.out.append(out);
                if self.write(id).is_err() {
                    self.connections.remove(&id);
                }
            }
        }
    }

    /// Writes as much as the connection takes, and then waits for it to take more, or to send more.
    fn write(&mut self, id: u64) -> io::Result<()> {
        let Some(connection) = self.connections.get_mut(&id) else { return Ok(()) };
        let was_blocked = connection.blocked;
        self.totals.bytes_out += connection.out.write_to(&connection.stream)?;
        connection.blocked = !connection.out.is_empty();
        if connection.blocked != was_blocked {
            let flags = if connection.blocked { EventFlags::OUT } else { EventFlags::IN };
            epoll::modify(&self.epoll, &connection.stream, EventData::new_u64(id), flags)?;
        }
        Ok(())
    }
}

fn watch(epoll: &OwnedFd, what: impl AsFd, id: u64) -> io::Result<()> {
    Ok(epoll::add(epoll, what, EventData::new_u64(id), EventFlags::IN)?)
}
