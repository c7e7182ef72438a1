//! The C functions that the tests call, found by name, and a thin layer that reads like the tests.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::ptr;
use std::sync::OnceLock;

/// Any object of the library.
pub type Object = *mut c_void;
pub type Callback = unsafe extern "C" fn(Object, Object);

pub const NO_HOSTS: u32 = 0x0100_000A;
pub const QUEUE_FULL: u32 = 0x0100_0007;
pub const OUT_OF_BOUNDS: u32 = 0x0100_000B;
pub const INVALID_VALUE_TYPE: u32 = 0x0100_000D;
pub const TIMED_OUT: u32 = 0x0100_000E;
pub const UNABLE_TO_SET_KEYSPACE: u32 = 0x0100_000F;
pub const CALLBACK_ALREADY_SET: u32 = 0x0100_0010;
pub const NULL_VALUE: u32 = 0x0100_0014;
pub const UNABLE_TO_CONNECT: u32 = 0x0100_0016;
pub const UNABLE_TO_CLOSE: u32 = 0x0100_0017;
pub const NO_PAGING_STATE: u32 = 0x0100_0018;
pub const PARAMETER_UNSET: u32 = 0x0100_0019;
pub const UNEXPECTED_RESPONSE: u32 = 0x0100_0006;
pub const NO_CUSTOM_PAYLOAD: u32 = 0x0100_0021;
pub const NO_TRACING_ID: u32 = 0x0100_0023;
pub const PROTOCOL_ERROR: u32 = 0x0200_000A;
pub const BAD_CREDENTIALS: u32 = 0x0200_0100;
pub const SYNTAX_ERROR: u32 = 0x0200_2000;
pub const INVALID_QUERY: u32 = 0x0200_2200;

fn library() -> *mut c_void {
    static LIBRARY: OnceLock<usize> = OnceLock::new();
    *LIBRARY.get_or_init(|| {
        let path = CString::new(fake_driver::path().as_os_str().as_bytes()).unwrap();
        // SAFETY: the library's own initialisers do nothing.
        let library = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        assert!(!library.is_null(), "{} does not load", fake_driver::path().display());
        library as usize
    }) as *mut c_void
}

/// The function's pointer; NULL when the library has none.
pub fn address(name: &CStr) -> *mut c_void {
    // SAFETY: the library is open, and the name ends in NUL.
    unsafe { libc::dlsym(library(), name.as_ptr()) }
}

/// # Safety
/// `F` is the type of the function's pointer.
unsafe fn function<F: Copy>(name: &CStr) -> F {
    let address = address(name);
    assert!(!address.is_null(), "{name:?} is missing");
    // SAFETY: per the contract.
    unsafe { std::mem::transmute_copy(&address) }
}

/// Calls a function of one object that returns a number.
pub fn number(name: &CStr, object: Object) -> u32 {
    // SAFETY: the tests name functions of this shape only.
    let call = unsafe { function::<unsafe extern "C" fn(Object) -> u32>(name) };
    // SAFETY: what may be called when is what the tests are about; misuse aborts in the library.
    unsafe { call(object) }
}

/// Calls a function of one object that returns a size.
pub fn size(name: &CStr, object: Object) -> usize {
    // SAFETY: the tests name functions of this shape only.
    let call = unsafe { function::<unsafe extern "C" fn(Object) -> usize>(name) };
    // SAFETY: as in `number`.
    unsafe { call(object) }
}

/// Calls a function of one object that returns another.
pub fn object(name: &CStr, object: Object) -> Object {
    // SAFETY: the tests name functions of this shape only.
    let call = unsafe { function::<unsafe extern "C" fn(Object) -> Object>(name) };
    // SAFETY: as in `number`.
    unsafe { call(object) }
}

/// Calls a function of an object and an index that returns another.
pub fn object_at(name: &CStr, object: Object, index: usize) -> Object {
    // SAFETY: the tests name functions of this shape only.
    let call = unsafe { function::<unsafe extern "C" fn(Object, usize) -> Object>(name) };
    // SAFETY: as in `number`.
    unsafe { call(object, index) }
}

/// Calls a function of one object that returns nothing.
pub fn give(name: &CStr, object: Object) {
    // SAFETY: the tests name functions of this shape only.
    let call = unsafe { function::<unsafe extern "C" fn(Object)>(name) };
    // SAFETY: as in `number`.
    unsafe { call(object) }
}

/// Calls a function of one object that writes a text or bytes and returns an error code.
pub fn bytes(name: &CStr, object: Object) -> Result<Vec<u8>, u32> {
    type Function = unsafe extern "C" fn(Object, *mut *const u8, *mut usize) -> u32;
    // SAFETY: the tests name functions of this shape only.
    let call = unsafe { function::<Function>(name) };
    let (mut start, mut length) = (ptr::null(), 0);
    // SAFETY: as in `number`.
    match unsafe { call(object, &mut start, &mut length) } {
        // SAFETY: the bytes live as long as the object does.
        0 => Ok(unsafe { std::slice::from_raw_parts(start, length) }.to_vec()),
        error => Err(error),
    }
}

/// As `bytes`, for a function that takes an index too.
pub fn bytes_at(name: &CStr, object: Object, index: usize) -> Result<Vec<u8>, u32> {
    type Function = unsafe extern "C" fn(Object, usize, *mut *const u8, *mut usize) -> u32;
    // SAFETY: the tests name functions of this shape only.
    let call = unsafe { function::<Function>(name) };
    let (mut start, mut length) = (ptr::null(), 0);
    // SAFETY: as in `number`.
    match unsafe { call(object, index, &mut start, &mut length) } {
        // SAFETY: the bytes live as long as the object does.
        0 => Ok(unsafe { std::slice::from_raw_parts(start, length) }.to_vec()),
        error => Err(error),
    }
}

/// Calls a function of one object and a number that returns an error code.
pub fn set(name: &CStr, object: Object, value: u32) -> u32 {
    // SAFETY: the tests name functions of this shape only.
    let call = unsafe { function::<unsafe extern "C" fn(Object, u32) -> u32>(name) };
    // SAFETY: as in `number`.
    unsafe { call(object, value) }
}

/// A value to bind.
#[derive(Clone, Copy)]
pub enum Bind<'a> {
    Null,
    Int(i32),
    Bigint(i64),
    Double(f64),
    Bool(bool),
    Text(&'a str),
    Blob(&'a [u8]),
    Uuid([u64; 2]),
    Inet(&'a [u8]),
}

#[repr(C)]
struct Inet {
    address: [u8; 16],
    length: u8,
}

#[repr(C)]
struct Uuid {
    time_and_version: u64,
    clock_seq_and_node: u64,
}

/// `cass_statement_bind_*`, by position.
pub fn bind(to: Object, at: usize, value: Bind<'_>) -> u32 {
    // SAFETY: each name goes with the type of its function; pointers live over the call.
    unsafe {
        match value {
            Bind::Null => function::<unsafe extern "C" fn(Object, usize) -> u32>(
                c"cass_statement_bind_null",
            )(to, at),
            Bind::Int(value) => bind_value(c"cass_statement_bind_int32", to, at, value),
            Bind::Bigint(value) => bind_value(c"cass_statement_bind_int64", to, at, value),
            Bind::Double(value) => bind_value(c"cass_statement_bind_double", to, at, value),
            Bind::Bool(value) => bind_value(c"cass_statement_bind_bool", to, at, u32::from(value)),
            Bind::Text(text) => bind_run(c"cass_statement_bind_string_n", to, at, text.as_bytes()),
            Bind::Blob(bytes) => bind_run(c"cass_statement_bind_bytes", to, at, bytes),
            Bind::Uuid([time_and_version, clock_seq_and_node]) => {
                let uuid = Uuid { time_and_version, clock_seq_and_node };
                bind_value(c"cass_statement_bind_uuid", to, at, uuid)
            }
            Bind::Inet(bytes) => {
                let mut inet = Inet { address: [0; 16], length: bytes.len() as u8 };
                inet.address[..bytes.len()].copy_from_slice(bytes);
                bind_value(c"cass_statement_bind_inet", to, at, inet)
            }
        }
    }
}

/// # Safety
/// The function binds a `V`.
unsafe fn bind_value<V>(name: &CStr, to: Object, at: usize, value: V) -> u32 {
    // SAFETY: per the contract.
    unsafe { function::<unsafe extern "C" fn(Object, usize, V) -> u32>(name)(to, at, value) }
}

/// # Safety
/// The function binds a pointer and a length.
unsafe fn bind_run(name: &CStr, to: Object, at: usize, bytes: &[u8]) -> u32 {
    type Function = unsafe extern "C" fn(Object, usize, *const u8, usize) -> u32;
    // SAFETY: per the contract.
    unsafe { function::<Function>(name)(to, at, bytes.as_ptr(), bytes.len()) }
}

/// `cass_cluster_new` with these contact points.
pub fn cluster(points: &str) -> Object {
    type Function = unsafe extern "C" fn(Object, *const c_char, usize) -> u32;
    // SAFETY: the types of the functions; the text lives over the call.
    unsafe {
        let cluster = function::<unsafe extern "C" fn() -> Object>(c"cass_cluster_new")();
        let set = function::<Function>(c"cass_cluster_set_contact_points_n");
        assert_eq!(set(cluster, points.as_ptr().cast(), points.len()), 0);
        cluster
    }
}

/// Calls a function of nothing that returns an object.
pub fn new(name: &CStr) -> Object {
    // SAFETY: the tests name functions of this shape only.
    unsafe { function::<unsafe extern "C" fn() -> Object>(name)() }
}

/// `cass_session_new`.
pub fn session() -> Object {
    // SAFETY: the type of the function.
    unsafe { function::<unsafe extern "C" fn() -> Object>(c"cass_session_new")() }
}

/// `cass_session_connect_keyspace_n`.
pub fn connect(session: Object, cluster: Object, keyspace: &str) -> Object {
    type Function = unsafe extern "C" fn(Object, Object, *const c_char, usize) -> Object;
    // SAFETY: the type of the function; the text lives over the call.
    unsafe {
        let connect = function::<Function>(c"cass_session_connect_keyspace_n");
        connect(session, cluster, keyspace.as_ptr().cast(), keyspace.len())
    }
}

/// `cass_session_prepare_n`.
pub fn prepare(session: Object, text: &str) -> Object {
    type Function = unsafe extern "C" fn(Object, *const c_char, usize) -> Object;
    // SAFETY: the type of the function; the text lives over the call.
    unsafe {
        let prepare = function::<Function>(c"cass_session_prepare_n");
        prepare(session, text.as_ptr().cast(), text.len())
    }
}

/// `cass_session_execute`.
pub fn execute(session: Object, statement: Object) -> Object {
    type Function = unsafe extern "C" fn(Object, Object) -> Object;
    // SAFETY: the type of the function.
    unsafe { function::<Function>(c"cass_session_execute")(session, statement) }
}

/// `cass_session_execute_batch`.
pub fn execute_batch(session: Object, batch: Object) -> Object {
    type Function = unsafe extern "C" fn(Object, Object) -> Object;
    // SAFETY: the type of the function.
    unsafe { function::<Function>(c"cass_session_execute_batch")(session, batch) }
}

/// `cass_batch_new`.
pub fn batch(kind: u32) -> Object {
    // SAFETY: the type of the function.
    unsafe { function::<unsafe extern "C" fn(u32) -> Object>(c"cass_batch_new")(kind) }
}

/// Calls a function of two objects that returns an error code.
pub fn set_object(name: &CStr, object: Object, other: Object) -> u32 {
    // SAFETY: the tests name functions of this shape only.
    let call = unsafe { function::<unsafe extern "C" fn(Object, Object) -> u32>(name) };
    // SAFETY: as in `number`.
    unsafe { call(object, other) }
}

/// `cass_custom_payload_new`.
pub fn payload() -> Object {
    // SAFETY: the type of the function.
    unsafe { function::<unsafe extern "C" fn() -> Object>(c"cass_custom_payload_new")() }
}

/// `cass_custom_payload_set_n`.
pub fn set_item(payload: Object, name: &str, value: &[u8]) {
    type Function = unsafe extern "C" fn(Object, *const u8, usize, *const u8, usize);
    // SAFETY: the type of the function; the bytes live over the call.
    unsafe {
        let set = function::<Function>(c"cass_custom_payload_set_n");
        set(payload, name.as_ptr(), name.len(), value.as_ptr(), value.len());
    }
}

/// `cass_future_custom_payload_item`.
pub fn item(future: Object, index: usize) -> Result<(Vec<u8>, Vec<u8>), u32> {
    type Function = unsafe extern "C" fn(
        Object,
        usize,
        *mut *const u8,
        *mut usize,
        *mut *const u8,
        *mut usize,
    ) -> u32;
    let (mut name, mut name_length, mut value, mut size) = (ptr::null(), 0, ptr::null(), 0);
    // SAFETY: the type of the function; the bytes live as long as the future.
    unsafe {
        let call = function::<Function>(c"cass_future_custom_payload_item");
        match call(future, index, &mut name, &mut name_length, &mut value, &mut size) {
            0 => Ok((
                std::slice::from_raw_parts(name, name_length).to_vec(),
                std::slice::from_raw_parts(value, size).to_vec(),
            )),
            error => Err(error),
        }
    }
}

/// `cass_statement_new_n`.
pub fn statement(text: &str, values: usize) -> Object {
    type Function = unsafe extern "C" fn(*const c_char, usize, usize) -> Object;
    // SAFETY: the type of the function; the text lives over the call.
    unsafe {
        let new = function::<Function>(c"cass_statement_new_n");
        new(text.as_ptr().cast(), text.len(), values)
    }
}

/// `cass_statement_set_paging_state_token`.
pub fn set_paging_state(statement: Object, token: &[u8]) -> u32 {
    type Function = unsafe extern "C" fn(Object, *const u8, usize) -> u32;
    // SAFETY: the type of the function; the bytes live over the call.
    unsafe {
        let set = function::<Function>(c"cass_statement_set_paging_state_token");
        set(statement, token.as_ptr(), token.len())
    }
}

/// `cass_future_set_callback`.
pub fn set_callback(future: Object, callback: Callback, data: Object) -> u32 {
    type Function = unsafe extern "C" fn(Object, Callback, Object) -> u32;
    // SAFETY: the type of the function; the tests keep `data` alive until the callback.
    unsafe { function::<Function>(c"cass_future_set_callback")(future, callback, data) }
}

/// `cass_future_wait_timed`.
pub fn wait_timed(future: Object, microseconds: u64) -> bool {
    type Function = unsafe extern "C" fn(Object, u64) -> u32;
    // SAFETY: the type of the function.
    unsafe { function::<Function>(c"cass_future_wait_timed")(future, microseconds) != 0 }
}

/// `cass_future_error_message`.
pub fn message(future: Object) -> String {
    type Function = unsafe extern "C" fn(Object, *mut *const u8, *mut usize);
    let (mut start, mut length) = (ptr::null(), 0);
    // SAFETY: the type of the function; the text lives as long as the future.
    unsafe {
        function::<Function>(c"cass_future_error_message")(future, &mut start, &mut length);
        String::from_utf8_lossy(std::slice::from_raw_parts(start, length)).into_owned()
    }
}

/// `cass_future_tracing_id`, without the id.
pub fn tracing_id(future: Object) -> u32 {
    type Function = unsafe extern "C" fn(Object, *mut Uuid) -> u32;
    let mut uuid = Uuid { time_and_version: 0, clock_seq_and_node: 0 };
    // SAFETY: the type of the function.
    unsafe { function::<Function>(c"cass_future_tracing_id")(future, &mut uuid) }
}

/// `cass_error_desc`.
pub fn describe(error: u32) -> String {
    type Function = unsafe extern "C" fn(u32) -> *const c_char;
    // SAFETY: the type of the function; the text is a constant.
    unsafe { CStr::from_ptr(function::<Function>(c"cass_error_desc")(error)) }
        .to_string_lossy()
        .into_owned()
}

#[repr(C)]
pub struct LogMessage {
    pub time_ms: u64,
    pub severity: u32,
    pub file: *const c_char,
    pub line: c_int,
    pub function: *const c_char,
    pub message: [c_char; 1024],
}

/// `cass_log_set_callback` and `cass_log_set_level`.
pub fn log_to(callback: Option<unsafe extern "C" fn(*const LogMessage, Object)>, level: u32) {
    type Function =
        unsafe extern "C" fn(Option<unsafe extern "C" fn(*const LogMessage, Object)>, Object);
    // SAFETY: the types of the functions.
    unsafe {
        function::<unsafe extern "C" fn(u32)>(c"cass_log_set_level")(level);
        function::<Function>(c"cass_log_set_callback")(callback, ptr::null_mut());
    }
}
