//! A CQL server that answers from memory.
