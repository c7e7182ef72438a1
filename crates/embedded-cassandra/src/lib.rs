//! Real Apache Cassandra nodes on this machine, without containers
