//! Which nodes a cluster has: data centres, racks, and each node's place on the ring.

use crate::error::{Error, Result};

const SETTING: &str = "layout";
/// The data centre of a cluster that names none.
pub(crate) const DATA_CENTER: &str = "datacenter1";
/// Racks that are given in turn where none are named: as many as the usual replication factor.
const RACKS: [&str; 3] = ["rack1", "rack2", "rack3"];
/// The data centres' tokens lie this far apart, for no two nodes may have the same.
const STEP: i128 = 100;

/// The nodes of a cluster: see [`Builder::start_cluster`](crate::Builder::start_cluster).
///
/// A number means so many nodes in data centre `datacenter1`; a list gives the number of nodes of
/// each data centre. Their racks are then `rack1`, `rack2`, `rack3` in turn.
///
/// ```
/// use embedded_cassandra::Layout;
///
/// let three: Layout = 3.into();
/// let five: Layout = [("dc1", 3), ("dc2", 2)].into();
/// let by_rack = Layout::new().data_center("dc1", ["r1", "r1", "r2"]);
/// # let _ = (three, five, by_rack);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    data_centers: Vec<(String, Vec<String>)>,
}

/// Where one node belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) data_center: String,
    pub(crate) rack: String,
    pub(crate) token: i64,
}

impl Layout {
    /// No nodes yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more data centre, with a node for each of `racks`.
    #[must_use]
    pub fn data_center(
        mut self,
        name: impl Into<String>,
        racks: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.data_centers.push((name.into(), racks.into_iter().map(Into::into).collect()));
        self
    }

    /// Each node's place, data centre by data centre; the tokens of each cut the ring into equal
    /// parts.
    pub(crate) fn places(&self) -> Result<Vec<Place>> {
        let mut places = Vec::new();
        for (number, (name, racks)) in self.data_centers.iter().enumerate() {
            if self.data_centers[..number].iter().any(|(earlier, _)| earlier == name) {
                return Err(Error::setting(SETTING, format!("`{name}` is there twice")));
            }
            for (index, rack) in racks.iter().enumerate() {
                check_name(name)?;
                check_name(rack)?;
                let share = (1i128 << 64) * index as i128 / racks.len() as i128;
                let token = i128::from(i64::MIN) + share + STEP * number as i128;
                let (data_center, rack) = (name.clone(), rack.clone());
                places.push(Place { data_center, rack, token: token as i64 });
            }
        }
        if places.is_empty() {
            return Err(Error::setting(SETTING, "a cluster has at least one node"));
        }
        Ok(places)
    }
}

impl From<usize> for Layout {
    fn from(nodes: usize) -> Self {
        [(DATA_CENTER, nodes)].into()
    }
}

impl<Name: Into<String>, const N: usize> From<[(Name, usize); N]> for Layout {
    fn from(data_centers: [(Name, usize); N]) -> Self {
        Vec::from(data_centers).into()
    }
}

impl<Name: Into<String>> From<Vec<(Name, usize)>> for Layout {
    fn from(data_centers: Vec<(Name, usize)>) -> Self {
        data_centers.into_iter().fold(Self::new(), |layout, (name, nodes)| {
            layout.data_center(name, (0..nodes).map(nth_rack))
        })
    }
}

impl Place {
    /// The place of a node that joins those at `taken`: in the middle of the largest gap between
    /// two tokens.
    pub(crate) fn between(taken: &[&Self], data_center: &str, rack: &str) -> Result<Self> {
        check_name(data_center)?;
        check_name(rack)?;
        let mut tokens: Vec<i64> = taken.iter().map(|place| place.token).collect();
        tokens.sort_unstable();
        let next = tokens.iter().cycle().skip(1);
        // Wrapping, for the ring ends where it begins. One token leaves the whole ring, as 0.
        let gap = |(from, to): (&i64, &i64)| (to.wrapping_sub(*from) as u64, *from);
        let gaps = tokens.iter().zip(next).map(gap);
        let widest = gaps.max_by_key(|(width, _)| width.wrapping_sub(1));
        let token = widest.map_or(0, |(width, from)| {
            from.wrapping_add_unsigned(if width == 0 { 1 << 63 } else { width / 2 })
        });
        Ok(Self { data_center: data_center.into(), rack: rack.into(), token })
    }
}

/// The rack of a data centre's node number `index` where racks are given in turn.
pub(crate) fn nth_rack(index: usize) -> &'static str {
    RACKS[index % RACKS.len()]
}

/// Names go into a properties file and into statements, unquoted there and quoted here.
fn check_name(name: &str) -> Result<()> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    if !name.is_empty() && name.bytes().all(plain) {
        return Ok(());
    }
    let reason = format!("{name:?} is no name: letters, digits, `_`, `-` and `.` make one");
    Err(Error::setting(SETTING, reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(layout: impl Into<Layout>) -> Vec<i64> {
        layout.into().places().unwrap().iter().map(|place| place.token).collect()
    }

    #[test]
    fn tokens_cut_the_ring_into_equal_parts() {
        assert_eq!(tokens(1), [i64::MIN]);
        assert_eq!(tokens(2), [i64::MIN, 0]);
        let third = (1i128 << 64) / 3;
        assert_eq!(tokens(3)[1], (i128::from(i64::MIN) + third) as i64);
        assert_eq!(tokens([("a", 2), ("b", 1)]), [i64::MIN, 0, i64::MIN + 100]);
    }

    #[test]
    fn racks_come_in_turn() {
        let places = Layout::from(4).places().unwrap();
        let racks: Vec<_> = places.iter().map(|place| &*place.rack).collect();
        assert_eq!(racks, ["rack1", "rack2", "rack3", "rack1"]);
        assert_eq!(places[3].data_center, "datacenter1");
    }

    #[test]
    fn what_is_no_cluster_is_refused() {
        assert!(Layout::from(0).places().is_err());
        assert!(Layout::from([("a", 1), ("a", 1)]).places().is_err());
        assert!(Layout::from([("a b", 1)]).places().is_err());
        assert!(Layout::new().data_center("a", [""]).places().is_err());
    }

    #[test]
    fn who_joins_halves_the_widest_gap() {
        let joined = |layout: usize| {
            let places = Layout::from(layout).places().unwrap();
            let taken: Vec<_> = places.iter().collect();
            Place::between(&taken, "d", "r").unwrap().token
        };
        assert_eq!(joined(1), 0);
        // Of two equal gaps the last, which goes over the end of the ring.
        assert_eq!(joined(2), i64::MAX / 2 + 1);
        let far: Vec<_> = Layout::from([("a", 1), ("b", 1)]).places().unwrap();
        let far: Vec<_> = far.iter().collect();
        assert_eq!(Place::between(&far, "d", "r").unwrap().token, 50);
    }
}
