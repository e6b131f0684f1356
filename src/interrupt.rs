//! Ctrl-C. In: signals; out: whether somebody asked to stop, so that what is begun is finished and nothing new is begun.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The exit status of a process that was told to stop twice, as shells know it.
const KILLED: i32 = 130;

/// Whether somebody asked to stop.
#[derive(Clone, Default)]
pub struct Interrupt {
    is_asked: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens to Ctrl-C and to the signal that ends a process. The second one ends it at once: files that are there are
    /// whole even then, because each appears by being renamed.
    pub fn listen() -> Self {
        let interrupt = Self::default();
        let heard = interrupt.clone();
        // Where no handler can be set, the signal ends the process, as it does by default.
        let _ = ctrlc::set_handler(move || {
            if heard.is_asked.swap(true, Ordering::SeqCst) {
                process::exit(KILLED);
            }
        });
        interrupt
    }

    /// Whether nothing new is to be begun.
    pub fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::SeqCst)
    }
}
