//! Custom authentication. Not every driver has these functions.

use std::ffi::{c_char, c_void};

pub use cassandra_cpp_sys::{
    CassAuthenticator, cass_authenticator_address, cass_authenticator_class_name,
    cass_authenticator_exchange_data, cass_authenticator_hostname, cass_authenticator_set_error_n,
    cass_authenticator_set_exchange_data, cass_authenticator_set_response,
};

use super::{CassCluster, Code};

/// `CassAuthenticatorInitialCallback` and `CassAuthenticatorCleanupCallback`.
pub type AuthenticatorCallback =
    unsafe extern "C" fn(authenticator: *mut CassAuthenticator, data: *mut c_void);
/// `CassAuthenticatorChallengeCallback` and `CassAuthenticatorSuccessCallback`.
pub type AuthenticatorTokenCallback = unsafe extern "C" fn(
    authenticator: *mut CassAuthenticator,
    data: *mut c_void,
    token: *const c_char,
    length: usize,
);
/// `CassAuthenticatorDataCleanupCallback`.
pub type AuthenticatorDataCallback = unsafe extern "C" fn(data: *mut c_void);

/// `CassAuthenticatorCallbacks`.
#[repr(C)]
pub struct AuthenticatorCallbacks {
    pub initial: AuthenticatorCallback,
    pub challenge: AuthenticatorTokenCallback,
    pub success: AuthenticatorTokenCallback,
    pub cleanup: AuthenticatorCallback,
}

unsafe extern "C" {
    pub fn cass_cluster_set_authenticator_callbacks(
        cluster: *mut CassCluster,
        callbacks: *const AuthenticatorCallbacks,
        cleanup: AuthenticatorDataCallback,
        data: *mut c_void,
    ) -> Code;
}
