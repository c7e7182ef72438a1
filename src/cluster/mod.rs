//! The builder: where the cluster is and how to talk to it.
//!
//! One file a concern, each with its settings, the builder's methods for them, and what is wrong
//! with them: `contact`, `tls` (with `pem` and `key_kind`) and `authenticator`, `connections`,
//! `throughput`, `requests`, `upkeep`, `identity`, `limits` of our own; the policies
//! `load_balancing`, `reconnection`, `retry`, `speculative`, `timestamps`; `profile`. `settings` is
//! all that C is told, which [`driver`](crate::driver) does; `profiles` is what a session remembers.
//!
//! Nothing here calls C. Each method's documentation says the default, what C does with the setting
//! and which drivers have it: "all" are DataStax's since 2.16.0, ScyllaDB's fork of it, and
//! ScyllaDB's cpp-rs-driver. A setting that the loaded driver lacks fails the connect with
//! [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).

mod authenticator;
mod builder;
mod connections;
mod contact;
mod contact_point;
mod identity;
mod key_kind;
mod limits;
mod load_balancing;
mod mistakes;
mod pem;
mod profile;
mod profiles;
mod reconnection;
mod requests;
mod retry;
mod settings;
mod speculative;
mod throughput;
mod timestamps;
mod tls;
mod upkeep;

pub use authenticator::{Authenticator, AuthenticatorError, Peer};
pub use builder::SessionBuilder;
pub use contact_point::ContactPoint;
pub use load_balancing::{LatencyAware, LoadBalancing};
pub use profile::{Profile, ProfileName};
pub use reconnection::Reconnection;
pub use retry::RetryPolicy;
pub use speculative::SpeculativeExecution;
pub use throughput::Coalesce;
pub use timestamps::Timestamps;
pub use tls::{Tls, TlsVersion, Verify};

pub(crate) use authenticator::{Exchange, Login};
pub(crate) use connections::Connections;
pub(crate) use contact::Contact;
pub(crate) use identity::Identity;
use limits::Limits;
pub(crate) use load_balancing::{Base, Filter};
pub(crate) use mistakes::Mistakes;
pub(crate) use profiles::Profiles;
pub(crate) use reconnection::Schedule;
pub(crate) use requests::RequestDefaults;
pub(crate) use retry::RetryKind;
pub(crate) use settings::Settings;
pub(crate) use throughput::Throughput;
pub(crate) use timestamps::Generator;
pub(crate) use tls::Client;
pub(crate) use upkeep::Upkeep;
