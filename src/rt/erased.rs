//! The object-safe mirror of [`Runtime`]: a session holds its runtime without naming it.
//!
//! A clone is one atomic increment; a sleep is one allocation and an indirect call.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::{Background, NoTasks, NoTimer, Runtime, Threads};

/// The future of [`AnyRuntime::sleep`].
pub(crate) type AnySleep = Pin<Box<dyn Future<Output = Result<(), NoTimer>> + Send>>;

/// A runtime whose type is forgotten. The default is [`Threads`].
#[derive(Clone)]
pub(crate) struct AnyRuntime(Arc<dyn Erased>);

trait Erased: Send + Sync {
    fn sleep(&self, after: Duration) -> AnySleep;
    fn enter(&self, call: &mut dyn FnMut());
    fn spawn(&self, task: Background) -> Result<(), NoTasks>;
}

impl<R: Runtime> Erased for R {
    fn sleep(&self, after: Duration) -> AnySleep {
        Box::pin(Runtime::sleep(self, after))
    }

    fn enter(&self, call: &mut dyn FnMut()) {
        Runtime::enter(self, call);
    }

    fn spawn(&self, task: Background) -> Result<(), NoTasks> {
        Runtime::spawn(self, task)
    }
}

impl AnyRuntime {
    pub(crate) fn new(runtime: impl Runtime) -> Self {
        Self(Arc::new(runtime))
    }

    pub(crate) fn sleep(&self, after: Duration) -> AnySleep {
        self.0.sleep(after)
    }

    pub(crate) fn enter(&self, call: &mut dyn FnMut()) {
        self.0.enter(call);
    }

    pub(crate) fn spawn(&self, task: Background) -> Result<(), NoTasks> {
        self.0.spawn(task)
    }
}

impl Default for AnyRuntime {
    fn default() -> Self {
        Self::new(Threads)
    }
}

impl fmt::Debug for AnyRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyRuntime")
    }
}
