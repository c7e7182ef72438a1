//! The builder: where the cluster is and how to talk to it.

mod builder;
mod contact_point;

pub use builder::SessionBuilder;
pub use contact_point::ContactPoint;
