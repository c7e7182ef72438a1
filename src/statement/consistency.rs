//! How many replicas must answer.

use std::fmt;

/// How many replicas must acknowledge a write or answer a read.
///
/// The default of a session is [`LocalOne`](Self::LocalOne), the C driver's own.
///
/// A level that this version does not know (a newer server may name one in an error) is kept as
/// [`Unknown`](Self::Unknown) with its number.
///
/// ```
/// use async_cassandra::Consistency;
/// assert_eq!(Consistency::LocalQuorum.to_string(), "LOCAL_QUORUM");
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Consistency {
    /// A write is stored anywhere, a hint suffices. Writes only.
    Any,
    /// One replica.
    One,
    /// Two replicas.
    Two,
    /// Three replicas.
    Three,
    /// A majority of the replicas of all data centres together.
    Quorum,
    /// Every replica.
    All,
    /// A majority of the replicas in the local data centre.
    LocalQuorum,
    /// A majority of the replicas in each data centre. Writes only.
    EachQuorum,
    /// Linearizable reads over all data centres.
    Serial,
    /// Linearizable reads within the local data centre.
    LocalSerial,
    /// One replica in the local data centre.
    LocalOne,
    /// A level with a number that this version does not know.
    Unknown(u16),
}

/// The consistency of the Paxos phase of a lightweight transaction.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SerialConsistency {
    /// Linearizable over all data centres.
    Serial,
    /// Linearizable within the local data centre.
    LocalSerial,
}

const LEVELS: [(Consistency, &str); 11] = [
    (Consistency::Any, "ANY"),
    (Consistency::One, "ONE"),
    (Consistency::Two, "TWO"),
    (Consistency::Three, "THREE"),
    (Consistency::Quorum, "QUORUM"),
    (Consistency::All, "ALL"),
    (Consistency::LocalQuorum, "LOCAL_QUORUM"),
    (Consistency::EachQuorum, "EACH_QUORUM"),
    (Consistency::Serial, "SERIAL"),
    (Consistency::LocalSerial, "LOCAL_SERIAL"),
    (Consistency::LocalOne, "LOCAL_ONE"),
];

impl Consistency {
    /// The number of this level in the protocol, which is C's too: its place in `LEVELS`.
    pub(crate) fn to_code(self) -> u16 {
        match self {
            Self::Unknown(code) => code,
            known => LEVELS.iter().position(|(level, _)| *level == known).unwrap_or(0) as u16,
        }
    }

    pub(crate) fn from_code(code: u16) -> Self {
        LEVELS.get(usize::from(code)).map_or(Self::Unknown(code), |(level, _)| *level)
    }
}

impl fmt::Display for Consistency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match LEVELS.get(usize::from(self.to_code())) {
            Some((_, name)) => f.write_str(name),
            None => write!(f, "consistency 0x{:04x}", self.to_code()),
        }
    }
}

impl SerialConsistency {
    pub(crate) fn to_code(self) -> u16 {
        Consistency::from(self).to_code()
    }
}

impl From<SerialConsistency> for Consistency {
    fn from(level: SerialConsistency) -> Self {
        match level {
            SerialConsistency::Serial => Self::Serial,
            SerialConsistency::LocalSerial => Self::LocalSerial,
        }
    }
}

impl fmt::Display for SerialConsistency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Consistency::from(*self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_protocol() {
        assert_eq!(Consistency::Any.to_code(), 0);
        assert_eq!(Consistency::LocalQuorum.to_code(), 6);
        assert_eq!(Consistency::LocalOne.to_code(), 0x0A);
        for code in 0..40 {
            assert_eq!(Consistency::from_code(code).to_code(), code);
        }
        assert_eq!(Consistency::from_code(0x77).to_string(), "consistency 0x0077");
    }
}
