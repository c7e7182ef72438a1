//! Custom authentication: C's callbacks on one side, an [`Authenticator`](crate::Authenticator) on the
//! other.
//!
//! # Who keeps what
//! - `data` of every callback is a `Login` of ours in a box. C shares it between the cluster, the session
//!   and its connections, and gives it back to `forget` when the last of them is freed.
//! - An exchange lies in a box in C's exchange data, from the first token until `end`, which C calls for
//!   every exchange that began, however it went.
//!
//! # Threads
//! C calls on its session thread (the control connection) and on its I/O threads. One exchange stays on
//! one thread and its calls follow each other; several run at once. `forget` runs where the session is
//! freed, on the reaper's thread, or where a cluster is freed that no connect took.
//!
//! # Errors
//! C takes an exchange for good unless it has an error text that is not empty. So every way out of a
//! callback that is no success sets one, a panic included.

use std::any::Any;
use std::ffi::{c_char, c_void};
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use callback_bridge::contain;

use super::cluster::{Cluster, check};
use super::{plug, sys};
use crate::cluster::{AuthenticatorError, Exchange, Login, Peer};
use crate::error::Result;

static CALLBACKS: sys::AuthenticatorCallbacks =
    sys::AuthenticatorCallbacks { initial, challenge, success, cleanup: end };

impl Cluster {
    /// Has every connection log in through `login`.
    pub(super) fn apply_login(&self, login: &Login) -> Result<()> {
        let set = plug::optional!(sys::cass_cluster_set_authenticator_callbacks)?;
        // What the callbacks call is there before they can be called.
        plug::optional!(sys::cass_authenticator_address)?;
        plug::optional!(sys::cass_authenticator_hostname)?;
        plug::optional!(sys::cass_authenticator_class_name)?;
        plug::optional!(sys::cass_authenticator_exchange_data)?;
        plug::optional!(sys::cass_authenticator_set_exchange_data)?;
        plug::optional!(sys::cass_authenticator_set_response)?;
        plug::optional!(sys::cass_authenticator_set_error_n)?;
        let data = Box::into_raw(Box::new(login.clone())).cast::<c_void>();
        // SAFETY: a live cluster; C copies the callbacks, and hands `data` to them and at last to
        // `forget`. Should it refuse, a box stays behind: who has it then is not documented.
        check("authenticator", unsafe { set(self.as_ptr(), &CALLBACKS, forget, data) })
    }
}

/// The types of C's exchange data and of its `data`.
type Slot = Box<dyn Exchange>;

unsafe extern "C" fn initial(c: *mut sys::CassAuthenticator, data: *mut c_void) {
    // SAFETY: C passes the login that it was given, alive until `forget`.
    let login = unsafe { &*data.cast::<Login>() };
    // SAFETY: C's authenticator lives while it calls us, and so do its texts.
    let peer = unsafe { peer(c) };
    let begun = guarded(|| login.begin(&peer)).map(|(token, exchange)| {
        let slot: *mut Slot = Box::into_raw(Box::new(exchange));
        // SAFETY: live, see above; `end` takes the box back.
        unsafe { sys::cass_authenticator_set_exchange_data(c, slot.cast()) };
        token
    });
    // SAFETY: live, see above.
    unsafe { answer(c, login, begun) }
}

unsafe extern "C" fn challenge(
    c: *mut sys::CassAuthenticator,
    data: *mut c_void,
    token: *const c_char,
    length: usize,
) {
    // SAFETY: as in `initial`; the exchange is called by one thread at a time; C lends the token.
    let (login, exchange, token) =
        unsafe { (&*data.cast::<Login>(), exchange(c), bytes(token, length)) };
    let token = guarded(|| exchange.ok_or("the exchange was not begun")?.challenge(token));
    // SAFETY: as in `initial`.
    unsafe { answer(c, login, token) }
}

unsafe extern "C" fn success(
    c: *mut sys::CassAuthenticator,
    data: *mut c_void,
    token: *const c_char,
    length: usize,
) {
    // SAFETY: as in `challenge`.
    let (login, exchange, token) =
        unsafe { (&*data.cast::<Login>(), exchange(c), bytes(token, length)) };
    let judged = guarded(|| exchange.ok_or("the exchange was not begun")?.success(token));
    if let Err(error) = judged {
        // SAFETY: as in `initial`.
        unsafe { refuse(c, login, error) }
    }
}

/// The end of an exchange. C may be about to free everything: nothing but the exchange is looked at.
unsafe extern "C" fn end(c: *mut sys::CassAuthenticator, _data: *mut c_void) {
    // SAFETY: C's authenticator lives until this returns.
    let slot = unsafe { sys::cass_authenticator_exchange_data(c) }.cast::<Slot>();
    if !slot.is_null() {
        // SAFETY: the box that `initial` made, given up by C here. The drop is foreign code.
        contain(|| drop(unsafe { Box::from_raw(slot) }));
    }
}

/// The end of what all exchanges share.
unsafe extern "C" fn forget(data: *mut c_void) {
    // SAFETY: the box that `apply_login` made, given up by C here. The drop is foreign code.
    contain(|| drop(unsafe { Box::from_raw(data.cast::<Login>()) }));
}

/// Sets the token, or the error.
///
/// # Safety
/// `c` is live.
unsafe fn answer(
    c: *mut sys::CassAuthenticator,
    login: &Login,
    token: std::result::Result<Vec<u8>, AuthenticatorError>,
) {
    match token {
        // SAFETY: live, says the caller; C copies the token.
        Ok(token) => unsafe {
            sys::cass_authenticator_set_response(c, token.as_ptr().cast(), token.len());
        },
        // SAFETY: live, says the caller.
        Err(error) => unsafe { refuse(c, login, error) },
    }
}

/// Ends the exchange with `error`.
///
/// # Safety
/// `c` is live.
unsafe fn refuse(c: *mut sys::CassAuthenticator, login: &Login, error: AuthenticatorError) {
    let text = contain(|| error.to_string()).filter(|text| !text.is_empty());
    let text = text.as_deref().unwrap_or("the authenticator failed");
    // SAFETY: live, says the caller; C copies the text.
    unsafe { sys::cass_authenticator_set_error_n(c, text.as_ptr().cast(), text.len()) };
    contain(|| login.failed(error));
}

/// The exchange that `initial` began.
///
/// # Safety
/// `c` is live, and nobody else uses its exchange as long as this is borrowed.
unsafe fn exchange<'a>(c: *mut sys::CassAuthenticator) -> Option<&'a mut Slot> {
    // SAFETY: null, or the box that `initial` made; alone with it, says the caller.
    unsafe { sys::cass_authenticator_exchange_data(c).cast::<Slot>().as_mut() }
}

/// Who asks, as C's authenticator says.
///
/// # Safety
/// `c` lives as long as what is returned.
unsafe fn peer<'a>(c: *const sys::CassAuthenticator) -> Peer<'a> {
    let mut inet = sys::CassInet { address: [0; 16], address_length: 0 };
    let (mut host_length, mut class_length) = (0, 0);
    // SAFETY: live, says the caller; C fills in what it is given room for, and its texts live as long.
    let (host_name, class_name) = unsafe {
        sys::cass_authenticator_address(c, &mut inet);
        let host_name = sys::cass_authenticator_hostname(c, &mut host_length);
        let class_name = sys::cass_authenticator_class_name(c, &mut class_length);
        (bytes(host_name, host_length), bytes(class_name, class_length))
    };
    Peer { address: address(&inet), host_name: text(host_name), class_name: text(class_name) }
}

fn address(inet: &sys::CassInet) -> Option<IpAddr> {
    let [a, b, c, d, ..] = inet.address;
    match inet.address_length {
        4 => Some([a, b, c, d].into()),
        16 => Some(inet.address.into()),
        _ => None,
    }
}

/// Names in other than UTF-8 are no names that could be known.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// # Safety
/// NULL, or `length` bytes that live as long as what is returned.
unsafe fn bytes<'a>(start: *const c_char, length: usize) -> &'a [u8] {
    match start.is_null() {
        true => &[],
        // SAFETY: the contract is the caller's.
        false => unsafe { std::slice::from_raw_parts(start.cast(), length) },
    }
}

/// Runs foreign code; a panic is an error like others.
fn guarded<T>(
    f: impl FnOnce() -> std::result::Result<T, AuthenticatorError>,
) -> std::result::Result<T, AuthenticatorError> {
    let mut panic = String::new();
    let done = contain(|| {
        catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|payload| {
            panic = format!("the authenticator panicked{}", said(payload.as_ref()));
            // Dropped inside `contain`: its drop may panic again.
            drop(payload);
            Err(panic.as_str().into())
        })
    });
    done.unwrap_or_else(|| Err("the authenticator panicked".into()))
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    match text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)) {
        Some(text) => format!(": {text}"),
        None => String::new(),
    }
}
