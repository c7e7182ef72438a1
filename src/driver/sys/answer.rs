//! What a future tells about its answer besides the rows: trace and coordinator.

use super::{Bool, CassFuture, CassStatement, CassUuid, Code};

pub use cassandra_cpp_sys::{CassNode, cass_future_coordinator};

unsafe extern "C" {
    pub fn cass_future_tracing_id(future: *mut CassFuture, id: *mut CassUuid) -> Code;
    pub fn cass_statement_set_node(statement: *mut CassStatement, node: *const CassNode) -> Code;
    pub fn cass_statement_set_tracing(statement: *mut CassStatement, on: Bool) -> Code;
}
