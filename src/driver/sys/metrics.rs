//! A session's figures. No enum is in them.

pub use cassandra_cpp_sys::{
    CassMetrics, CassSpeculativeExecutionMetrics, cass_session_get_metrics,
    cass_session_get_speculative_execution_metrics,
};
