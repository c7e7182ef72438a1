//! TLS. Not every driver has these functions, and none has the last one before 2.17.0.

use std::ffi::{c_char, c_int, c_uint};

pub use cassandra_cpp_sys::{
    CassSsl, cass_cluster_set_ssl, cass_ssl_free, cass_ssl_new, cass_ssl_set_verify_flags,
};

use super::{Bool, CassCluster, Code};

// `CassSslVerifyFlags`. The identity is checked in addition to the chain only where both are set.
pub const SSL_VERIFY_NONE: c_int = 0;
pub const SSL_VERIFY_PEER_CERT: c_int = 1;
pub const SSL_VERIFY_PEER_IDENTITY: c_int = 2;
pub const SSL_VERIFY_PEER_IDENTITY_DNS: c_int = 4;

unsafe extern "C" {
    pub fn cass_ssl_add_trusted_cert_n(
        ssl: *mut CassSsl,
        certificate: *const c_char,
        length: usize,
    ) -> Code;
    pub fn cass_ssl_set_cert_n(
        ssl: *mut CassSsl,
        certificate: *const c_char,
        length: usize,
    ) -> Code;
    /// The password ends at its NUL, whatever its length says.
    pub fn cass_ssl_set_private_key_n(
        ssl: *mut CassSsl,
        key: *const c_char,
        key_length: usize,
        password: *const c_char,
        password_length: usize,
    ) -> Code;
    pub fn cass_ssl_set_min_protocol_version(ssl: *mut CassSsl, version: c_uint) -> Code;
    pub fn cass_cluster_set_use_hostname_resolution(cluster: *mut CassCluster, on: Bool) -> Code;
}
