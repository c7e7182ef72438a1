//! The bytes between the crate and a node: plain, or over TLS.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
#[cfg(feature = "tls")]
use std::sync::Arc;
use std::time::Duration;

/// Where a node is asked, and over what.
#[derive(Clone)]
pub(crate) struct Way {
    pub(crate) address: SocketAddr,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Arc<rustls::ClientConfig>>,
}

pub(crate) enum Stream {
    Plain(TcpStream),
    #[cfg(feature = "tls")]
    Tls(Box<rustls::StreamOwned<rustls::ClientConnection, TcpStream>>),
}

impl Way {
    /// Without TLS.
    pub(crate) fn plain(address: SocketAddr) -> Self {
        Self {
            address,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Connects; every read and write may take `timeout` then. TLS shakes hands with the first.
    pub(crate) fn connect(&self, timeout: Duration) -> io::Result<Stream> {
        let socket = TcpStream::connect_timeout(&self.address, timeout)?;
        socket.set_nodelay(true)?;
        let stream = self.wrap(socket)?;
        stream.set_timeout(timeout)?;
        Ok(stream)
    }

    #[cfg(feature = "tls")]
    fn wrap(&self, socket: TcpStream) -> io::Result<Stream> {
        let Some(config) = &self.tls else { return Ok(Stream::Plain(socket)) };
        let name = self.address.ip().into();
        let tls =
            rustls::ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
        Ok(Stream::Tls(Box::new(rustls::StreamOwned::new(tls, socket))))
    }

    #[cfg(not(feature = "tls"))]
    fn wrap(&self, socket: TcpStream) -> io::Result<Stream> {
        Ok(Stream::Plain(socket))
    }
}

impl Stream {
    /// How long the next reads and writes may take.
    pub(crate) fn set_timeout(&self, timeout: Duration) -> io::Result<()> {
        let socket = match self {
            Self::Plain(socket) => socket,
            #[cfg(feature = "tls")]
            Self::Tls(tls) => tls.get_ref(),
        };
        socket.set_read_timeout(Some(timeout))?;
        socket.set_write_timeout(Some(timeout))
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(into),
            #[cfg(feature = "tls")]
            Self::Tls(tls) => tls.read(into),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            #[cfg(feature = "tls")]
            Self::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            #[cfg(feature = "tls")]
            Self::Tls(tls) => tls.flush(),
        }
    }
}
