//! Ctrl-C. In: signals; out: whether somebody asked to stop, and the end of the process with nothing left behind: files that
//! are being written are finished first, programs that were started are ended, and their folders are taken away.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{self, Child};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::{fs, io, thread};

/// The exit status of a process that was told to stop, as shells know it.
const KILLED: i32 = 130;

/// What is to come of the first Ctrl-C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// Somebody looks whether it was asked, and ends the process in order.
    IsHeeded,
    /// The process ends with this status, once what is being written is whole.
    Ends(i32),
}

impl First {
    /// The end of a process that has nothing to say of what it was stopped at.
    pub const KILLS: Self = Self::Ends(KILLED);
}

/// Whether somebody asked to stop, and what must not outlive the process.
#[derive(Clone, Default)]
pub struct Interrupt {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    is_asked: bool,
    /// Whether nobody looks whether it was asked.
    is_unheeded: bool,
    /// Whether nothing more may be written or started, because the process ends.
    is_over: bool,
    /// How many sets of files are being written.
    writing: usize,
    next: u64,
    running: BTreeMap<u64, Arc<Mutex<Child>>>,
    folders: BTreeMap<u64, PathBuf>,
}

impl std::fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Interrupt({})", self.is_asked())
    }
}

impl Interrupt {
    /// Listens to Ctrl-C and to the signal that ends a process. The second one ends it at once: files that are there are
    /// whole even then, because each appears by being renamed.
    pub fn listen(first: First) -> Self {
        let interrupt = Self::default();
        let heard = interrupt.clone();
        // Where no handler can be set, the signal ends the process, as it does by default.
        let _ = ctrlc::set_handler(move || {
            let (was_asked, is_unheeded) = {
                let mut state = heard.state();
                (std::mem::replace(&mut state.is_asked, true), state.is_unheeded)
            };
            match (was_asked, first) {
                (true, _) => heard.end(KILLED),
                (false, First::IsHeeded) if is_unheeded => heard.end(KILLED),
                (false, First::IsHeeded) => {}
                (false, First::Ends(status)) => {
                    // A second signal must be heard while this one waits.
                    let heard = heard.clone();
                    thread::spawn(move || heard.stop(status));
                }
            }
        });
        interrupt
    }

    /// Whether nothing new is to be begun.
    pub fn is_asked(&self) -> bool {
        self.state().is_asked
    }

    /// Nobody looks any more whether it was asked: the first Ctrl-C from now on ends the process at once, as the second does.
    pub fn heed_no_more(&self) {
        self.state().is_unheeded = true;
    }

    /// Waits until no set of files is being written; none is begun afterwards.
    pub fn close(&self) {
        let mut state = self.state();
        state.is_over = true;
        while state.writing > 0 {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends the process once what is being written is whole.
    pub fn stop(&self, status: i32) -> ! {
        self.close();
        self.end(status)
    }

    fn end(&self, status: i32) -> ! {
        let (running, folders) = {
            let mut state = self.state();
            state.is_over = true;
            (std::mem::take(&mut state.running), std::mem::take(&mut state.folders))
        };
        for child in running.values() {
            kill(child);
        }
        for folder in folders.values() {
            // Whoever lists the temporary folder finds what is left; there is nobody to tell.
            let _ = fs::remove_dir_all(folder);
        }
        process::exit(status)
    }

    /// Says that a set of files is being written, which is finished before the process ends.
    pub fn writing(&self) -> Writing<'_> {
        let mut state = self.begin();
        state.writing += 1;
        Writing { interrupt: self }
    }

    /// Takes charge of a program that was started, so that it does not outlive the process.
    pub fn started(&self, child: Child) -> Started {
        let child = Arc::new(Mutex::new(child));
        let mut state = self.state();
        if state.is_over {
            kill(&child);
        }
        let number = state.number();
        state.running.insert(number, Arc::clone(&child));
        Started { interrupt: self.clone(), number, child }
    }

    /// Makes a folder and takes charge of it, so that it does not outlive the process: none is made once that is about to end.
    ///
    /// # Errors
    /// Those of making it.
    pub fn folder<T>(
        &self,
        make: impl FnOnce() -> io::Result<T>,
        path: impl FnOnce(&T) -> &Path,
    ) -> io::Result<(T, Folder)> {
        let mut state = self.begin();
        let made = make()?;
        let number = state.number();
        state.folders.insert(number, path(&made).to_path_buf());
        Ok((made, Folder { interrupt: self.clone(), number }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, for something to begin; nothing does once the process is about to end.
    fn begin(&self) -> MutexGuard<'_, State> {
        let mut state = self.state();
        while state.is_over {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state
    }
}

impl State {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

fn kill(child: &Mutex<Child>) {
    let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
    // One that has ended already cannot be killed, and need not be.
    let _ = child.kill();
    let _ = child.wait();
}

/// A set of files is being written as long as this is there.
pub struct Writing<'a> {
    interrupt: &'a Interrupt,
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.interrupt.state().writing -= 1;
        self.interrupt.shared.changed.notify_all();
    }
}

/// A program that was started; it is ended when this is dropped.
pub struct Started {
    interrupt: Interrupt,
    number: u64,
    child: Arc<Mutex<Child>>,
}

impl Started {
    /// The program.
    pub fn child(&self) -> &Arc<Mutex<Child>> {
        &self.child
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        kill(&self.child);
        self.interrupt.state().running.remove(&self.number);
    }
}

/// A folder that somebody else takes away, unless the process ends before.
pub struct Folder {
    interrupt: Interrupt,
    number: u64,
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.interrupt.state().folders.remove(&self.number);
    }
}
