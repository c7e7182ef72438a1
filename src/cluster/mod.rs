//! The builder: where the cluster is and how to talk to it.

mod authenticator;
mod builder;
mod contact_point;
mod key_kind;
mod limits;
mod pem;
mod tls;

pub use authenticator::{Authenticator, AuthenticatorError, Peer};
pub(crate) use authenticator::{Exchange, Login};
pub use builder::SessionBuilder;
pub use contact_point::ContactPoint;

use limits::Limits;
pub(crate) use tls::Client;
pub use tls::{Tls, TlsVersion, Verify};
