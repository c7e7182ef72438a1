//! What the builder gathered, on its way to C. `None` leaves C's default.

use super::connections::Connections;
use super::contact::Contact;
use super::identity::Identity;
use super::throughput::Throughput;
use super::upkeep::Upkeep;
use super::{Login, Profile, Reconnection, RequestDefaults, Timestamps, Tls};
use crate::driver;

/// All that C is told before a connect, by concern, and what its session is held to by us.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) contact: Contact,
    pub(crate) credentials: Option<(String, String)>,
    pub(crate) login: Option<Login>,
    pub(crate) tls: Option<Tls>,
    pub(crate) connections: Connections,
    pub(crate) throughput: Throughput,
    pub(crate) upkeep: Upkeep,
    pub(crate) identity: Identity,
    pub(crate) reconnection: Option<Reconnection>,
    pub(crate) timestamps: Option<Timestamps>,
    pub(crate) requests: RequestDefaults,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) limits: driver::Limits,
}
