//! The builder: where the cluster is and how to talk to it.

mod builder;
mod contact_point;
mod limits;

pub use builder::SessionBuilder;
pub use contact_point::ContactPoint;
use limits::Limits;
