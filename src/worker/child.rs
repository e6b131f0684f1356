//! A program that was started, with what it says. In: a command; out: its standard output, for its starter to read, and how
//! it ended. It is ended when the process is, and when it is late.

use std::io::{self, Read};
use std::process::{ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::interrupt::{Interrupt, Started};

/// How much is kept of what a program says of itself.
const MOST_SAID: u64 = 64 << 10;
/// How often it is looked whether a program has ended that has nothing more to say.
const TURN: Duration = Duration::from_micros(200);

/// A program that was started.
pub struct Child {
    started: Started,
    said: JoinHandle<Vec<u8>>,
    is_late: Arc<AtomicBool>,
}

/// How a program ended.
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// The beginning of what it said on standard error.
    pub said: String,
    /// Whether it was ended because it was late.
    pub is_late: bool,
}

impl Child {
    /// Starts a program, and gives its standard input, where it is to have one, and its standard output.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(mut command: Command, interrupt: &Interrupt) -> io::Result<(Self, Option<ChildStdin>, ChildStdout)> {
        apart(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take();
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let started = interrupt.started(child);
        let (stdout, mut stderr) = stdout.zip(stderr).ok_or(io::ErrorKind::BrokenPipe)?;
        let said = thread::spawn(move || {
            let mut said = Vec::new();
            // What cannot be read is not said; more than is kept is read all the same, so that nobody waits for it to be.
            let _ = (&mut stderr).take(MOST_SAID).read_to_end(&mut said);
            let _ = io::copy(&mut stderr, &mut io::sink());
            said
        });
        Ok((Self { started, said, is_late: Arc::default() }, stdin, stdout))
    }

    /// Does something that waits for the program, which is ended where that takes too long.
    pub fn within<T>(&self, patience: Duration, act: impl FnOnce() -> T) -> T {
        let (done, waiting) = mpsc::channel::<()>();
        let (child, is_late) = (Arc::clone(self.started.child()), Arc::clone(&self.is_late));
        thread::spawn(move || {
            if waiting.recv_timeout(patience) == Err(mpsc::RecvTimeoutError::Timeout) {
                is_late.store(true, Ordering::SeqCst);
                // One that has just ended need not be.
                let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
            }
        });
        let made = act();
        drop(done);
        made
    }

    /// Waits for the end of a program that says nothing more.
    ///
    /// # Errors
    /// Those of the system.
    pub fn end(self) -> io::Result<Ended> {
        // It says no more once it ends, and little is left to wait for then.
        let said = self.said.join().unwrap_or_default();
        let status = loop {
            // Whoever ends the process must be able to end the program meanwhile.
            let ended = self.started.child().lock().unwrap_or_else(PoisonError::into_inner).try_wait()?;
            match ended {
                Some(status) => break status,
                None => thread::sleep(TURN),
            }
        };
        let is_late = self.is_late.load(Ordering::SeqCst);
        Ok(Ended { status, said: String::from_utf8_lossy(&said).into_owned(), is_late })
    }
}

/// Ctrl-C at a terminal is not for the program: what is begun is finished, or ended by who began it.
#[cfg(unix)]
fn apart(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn apart(_command: &mut Command) {}
