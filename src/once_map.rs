//! What is made once for each name, when it is first asked for, and then shared. In: a name and how to make it; out: what was
//! made.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Things by name, of which each is made once however many ask for it at the same time.
pub(crate) struct OnceMap<K, T> {
    known: Mutex<BTreeMap<K, Arc<OnceLock<T>>>>,
}

impl<K, T> Default for OnceMap<K, T> {
    fn default() -> Self {
        Self { known: Mutex::default() }
    }
}

impl<K, T> fmt::Debug for OnceMap<K, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OnceMap").finish_non_exhaustive()
    }
}

impl<K: Ord + Clone, T: Clone> OnceMap<K, T> {
    /// The thing of that name. Others with other names do not wait while it is made.
    pub(crate) fn get<Q>(&self, name: &Q, make: impl FnOnce() -> T) -> T
    where
        K: Borrow<Q>,
        Q: Ord + ToOwned<Owned = K> + ?Sized,
    {
        let slot = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            match known.get(name) {
                Some(slot) => Arc::clone(slot),
                None => Arc::clone(known.entry(name.to_owned()).or_default()),
            }
        };
        slot.get_or_init(make).clone()
    }
}
