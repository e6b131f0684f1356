//! Pages of a project's own templates, made by processes of their own. In: templates, views and markup; out: what came of
//! them, or why the process that worked on them was [`Stopped`]. A template may loop for ever, double a text until memory is
//! full or nest until the stack is: that ends one process, and is told of one report.
//!
//! The processes are this very program. On Unix each watches over its own processor time and, where the system keeps to such
//! limits, its own memory; everywhere their time has an end by the clock.

mod child;
mod limits;
pub mod serve;
mod wire;

use std::collections::BTreeSet;
use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufReader, BufWriter};
use std::path::PathBuf;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::fonts::{FontFile, PageFonts};
use crate::import::blocks::{Document, Unread};
use crate::interrupt::Interrupt;
use crate::view::View;

pub use child::{Child, Ended};
pub use limits::{LEAST_MIB, Limits, Stopped, is_memory_short, memory_short, stopped};
pub use wire::{LayoutTask, Load, Reply, Sources, Span, Told, Wanted};
use wire::{Task, receive, send};

/// The first argument of a process that works for another one.
const ROLE: &str = "--work-for-nianbao";
/// Then: it makes pages, one after the other.
const MAKES_PAGES: &str = "pages";
/// Then: it reads one file that comes from elsewhere.
const READS: &str = "file";
/// Then: it becomes another program, which keeps to the limits.
const BECOMES: &str = "become";

/// How many pages a process makes before it makes room for a new one.
const PAGES: usize = 64;

/// What work runs under.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// What a page of a project's own templates may take.
    pub limits: Limits,
    /// What ends everything that was started.
    pub interrupt: Interrupt,
}

impl Guard {
    /// A program that is to keep to the limits, where the system knows such limits.
    ///
    /// # Errors
    /// This program is not where it was.
    pub fn limited(&self, program: &OsStr, fonts: &PageFonts) -> io::Result<Command> {
        if !cfg!(unix) {
            return Ok(Command::new(program));
        }
        let mut command = Command::new(this_program()?);
        let fonts = fonts.files.iter().map(FontFile::length).sum::<u64>() >> 20;
        let fonts = u32::try_from(fonts).unwrap_or(u32::MAX);
        let limits = Limits { mib: self.limits.mib.saturating_add(fonts), ..self.limits };
        command.args([ROLE, BECOMES]).args(limits.as_arguments()).arg(program).env("RAYON_NUM_THREADS", THREADS);
        Ok(command)
    }
}

/// How many threads a process has for a page: the stack of each counts as memory.
const THREADS: &str = "2";

/// The file of this program; one that was replaced while it runs is still there under another name.
fn this_program() -> io::Result<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    let named = env::current_exe()?;
    Ok(if !named.is_file() && own.exists() { own } else { named })
}

/// The processes, each of which works on one page at a time.
pub struct Workers {
    guard: Guard,
    idle: Mutex<Vec<Worker>>,
    sets: AtomicU64,
}

/// A set of templates, which each process that renders by them parses once.
pub struct Set {
    number: u64,
    load: Load,
}

struct Worker {
    child: Child,
    pipes: Pipes,
    pages: usize,
}

struct Pipes {
    to: BufWriter<ChildStdin>,
    from: BufReader<ChildStdout>,
    loaded: BTreeSet<u64>,
}

impl Workers {
    /// None yet; they are started when there is work.
    pub fn new(guard: Guard) -> Self {
        Self { guard, idle: Mutex::default(), sets: AtomicU64::new(0) }
    }

    /// What the processes run under.
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// A set of templates, and what came of parsing it.
    ///
    /// # Errors
    /// The process was stopped.
    pub fn load(&self, load: Load) -> Result<(Set, Reply), Stopped> {
        let set = Set { number: self.sets.fetch_add(1, Ordering::Relaxed), load };
        let reply = self.give(|pipes| pipes.load(&set))?;
        Ok((set, reply))
    }

    /// Has a page rendered by the templates of a set.
    ///
    /// # Errors
    /// The process was stopped.
    pub fn render(&self, set: &Set, view: &View) -> Result<Reply, Stopped> {
        self.give(|pipes| {
            if !pipes.loaded.contains(&set.number) {
                pipes.load(set)?;
            }
            pipes.ask(&Task::Render { set: set.number, view }, &[])
        })
    }

    /// Has a page laid out.
    ///
    /// # Errors
    /// The process was stopped.
    pub fn lay_out(&self, page: &LayoutTask, markup: &str) -> Result<Reply, Stopped> {
        self.give(|pipes| pipes.ask(&Task::LayOut(page.clone()), &[markup.as_bytes()]))
    }

    /// Gives work to a process. What is left in one of earlier pages may count against its memory, so that only a new one is
    /// believed to need too much.
    fn give(&self, work: impl Fn(&mut Pipes) -> io::Result<Reply>) -> Result<Reply, Stopped> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let known = idle().pop();
            let worker = known.map_or_else(|| Worker::start(MAKES_PAGES, &self.guard), Ok);
            let mut worker = worker.map_err(|error| Stopped::Failed(error.to_string()))?;
            worker.pages += 1;
            let replied = worker.child.within(self.guard.limits.patience(), || work(&mut worker.pipes));
            let error = match replied {
                Ok(reply) => {
                    if worker.pages < PAGES {
                        idle().push(worker);
                    }
                    return Ok(reply);
                }
                Err(error) => error,
            };
            drop(worker.pipes);
            let stopped = match worker.child.end() {
                Ok(ended) => stopped(&ended),
                Err(_) => Stopped::Failed(error.to_string()),
            };
            if worker.pages == 1 || stopped == Stopped::Time {
                return Err(stopped);
            }
        }
    }
}

/// Has a file read that comes from elsewhere, and may be made to exhaust whoever reads it.
///
/// # Errors
/// The process was stopped.
pub fn read(bytes: &[u8], guard: &Guard) -> Result<Result<Document, Unread>, Stopped> {
    let failed = |error: io::Error| Stopped::Failed(error.to_string());
    let mut worker = Worker::start(READS, guard).map_err(failed)?;
    let replied = worker.child.within(guard.limits.patience(), || {
        send(&mut worker.pipes.to, &(), &[bytes])?;
        receive(&mut worker.pipes.from)?.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
    });
    drop(worker.pipes);
    let ended = worker.child.end();
    match replied {
        Ok((read, _)) => Ok(read),
        Err(error) => Err(ended.map_or_else(|_| failed(error), |ended| stopped(&ended))),
    }
}

impl Worker {
    fn start(role: &str, guard: &Guard) -> io::Result<Self> {
        let mut command = Command::new(this_program()?);
        command.args([ROLE, role]).args(guard.limits.as_arguments());
        // What it needs of the environment, and what keeps the memory that it only might use from being counted.
        command.env_clear().envs(env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
        command.env("RAYON_NUM_THREADS", THREADS).env("MIMALLOC_ARENA_EAGER_COMMIT", "0");
        command.stdin(Stdio::piped());
        let (child, stdin, stdout) = Child::start(command, &guard.interrupt)?;
        let to = BufWriter::new(stdin.ok_or(io::ErrorKind::BrokenPipe)?);
        let pipes = Pipes { to, from: BufReader::new(stdout), loaded: BTreeSet::new() };
        Ok(Self { child, pipes, pages: 0 })
    }
}

impl Pipes {
    fn load(&mut self, set: &Set) -> io::Result<Reply> {
        let reply = self.ask(&Task::Load { set: set.number, load: set.load.clone() }, &[])?;
        self.loaded.insert(set.number);
        Ok(reply)
    }

    fn ask(&mut self, task: &Task<&View>, pieces: &[&[u8]]) -> io::Result<Reply> {
        send(&mut self.to, task, pieces)?;
        let (mut reply, pieces): (Reply, _) = receive(&mut self.from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if let Reply::Made { made, .. } = &mut reply {
            *made = pieces;
        }
        Ok(reply)
    }
}

/// What a process is to do that was started to work for another one; `None` for any other process.
pub fn role(typed: &[OsString]) -> Option<&[OsString]> {
    typed
        .split_first()
        .and_then(|(_, rest)| rest.split_first())
        .filter(|(first, _)| *first == ROLE)
        .map(|(_, rest)| rest)
}
