//! `uuid`.

use ::uuid::Uuid as Theirs;

use super::super::Uuid;
use super::way::by_way_of;

impl From<Theirs> for Uuid {
    fn from(uuid: Theirs) -> Self {
        Self::from_bytes(uuid.into_bytes())
    }
}

impl From<Uuid> for Theirs {
    fn from(uuid: Uuid) -> Self {
        Self::from_bytes(*uuid.as_bytes())
    }
}

// `uuid` and `timeuuid`; to a `timeuuid` marker it must be of version 1.
by_way_of!(Uuid: Theirs, |own| Ok(own.into()), |theirs| Ok((*theirs).into()));

#[cfg(test)]
mod tests {
    use super::super::super::recorder::bound;
    use super::super::super::{CqlType, FromValue};
    use super::*;

    #[test]
    fn both_ways() {
        let theirs = Theirs::from_u128(0x2a1b5c80_6f1e_11ee_b962_0242ac120002);
        assert_eq!(Uuid::from(theirs).to_string(), theirs.to_string());
        for t in [CqlType::Uuid, CqlType::TimeUuid] {
            assert_eq!(Theirs::from_value(&t, Some(theirs.as_bytes())).unwrap(), theirs);
            assert_eq!(bound(&theirs, t.clone()).unwrap(), bound(&Uuid::from(theirs), t).unwrap());
        }
        let error = bound(&Theirs::nil(), CqlType::TimeUuid).unwrap_err().to_string();
        assert!(error.contains("not of version 1"), "{error}");
        assert!(Theirs::check(&CqlType::Text).is_err());
        assert!(Theirs::from_value(&CqlType::Uuid, Some(&[0; 15])).is_err());
    }
}
