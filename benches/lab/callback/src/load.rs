//! How many tasks there are, and what each does.

/// What the executor has to do meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    Idle,
    Busy,
    Busy1024,
}

impl Load {
    pub const ALL: [Self; 3] = [Self::Idle, Self::Busy, Self::Busy1024];

    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Busy => "busy",
            Self::Busy1024 => "busy-1024",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|load| load.name() == name)
    }

    /// Tasks, each with one request in flight.
    pub fn tasks(self) -> usize {
        match self {
            Self::Idle => 1,
            Self::Busy => 64,
            Self::Busy1024 => 1024,
        }
    }

    /// Requests of each task.
    pub fn requests(self, short: bool) -> usize {
        let all = match self {
            Self::Idle => 4_000,
            Self::Busy | Self::Busy1024 => 320_000,
        };
        (if short { all / 4 } else { all }) / self.tasks()
    }
}
