//! The other side: a process that works for another one. In: tasks on standard input; out: replies on standard output, until
//! there are no more tasks, a limit is met, or whoever gave them is gone.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use super::wire::{LayoutTask, Load, Reply, Sources, Task, Told, Wanted, receive, send};
use super::{BECOMES, Limits, MAKES_PAGES, READS};
use crate::diag::{Diagnostic, Problems};
use crate::import::pdf;
use crate::render::{LARGEST_FOREIGN_PAGE, LineMap, Loaded, Markup};
use crate::source::Source;
use crate::typeset::{self, CompileOptions, Engine};
use crate::view::View;

/// The exit status of a process that was not told what to do.
const UNTOLD: u8 = 2;

/// Does what a process is told that works for another one.
pub fn serve(told: &[OsString]) -> ExitCode {
    let number = |at: usize| told.get(at).and_then(|word| word.to_str()?.parse().ok());
    let (Some(role), Some(seconds), Some(mib)) = (told.first(), number(1), number(2)) else {
        return UNTOLD.into();
    };
    let limits = Limits { seconds, mib };
    let done = match told.get(3) {
        None if role == MAKES_PAGES => pages(limits),
        None if role == READS => file(limits),
        Some(program) if role == BECOMES => Err(bounds::become_program(limits, program, &told[4..])),
        _ => return UNTOLD.into(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever started the process reads it there.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// What a panic says is short: to print where it was needs memory that there may not be.
fn panic_in_short() {
    std::panic::set_hook(Box::new(|panic| drop(writeln!(io::stderr(), "{panic}"))));
}

fn file(limits: Limits) -> io::Result<()> {
    panic_in_short();
    let bounds = bounds::Bounds::begin(limits)?;
    let (mut from, mut to) = (BufReader::new(io::stdin().lock()), BufWriter::new(io::stdout().lock()));
    if let Some(((), pieces)) = receive::<()>(&mut from)? {
        let bytes = pieces.into_iter().next().unwrap_or_default();
        bounds.work(u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
        send(&mut to, &pdf::read(bytes), &[])?;
    }
    Ok(())
}

fn pages(limits: Limits) -> io::Result<()> {
    panic_in_short();
    let bounds = bounds::Bounds::begin(limits)?;
    let (mut from, mut to) = (BufReader::new(io::stdin().lock()), BufWriter::new(io::stdout().lock()));
    let mut desk = Desk::default();
    while let Some((task, pieces)) = receive::<Task<View>>(&mut from)? {
        if let Task::LayOut(page) = &task {
            desk.weigh(page);
        }
        bounds.work(desk.fonts.values().sum())?;
        let (reply, made) = desk.reply(task, pieces);
        let made: Vec<&[u8]> = made.iter().map(Vec::as_slice).collect();
        send(&mut to, &reply, &made)?;
        bounds.rest();
    }
    Ok(())
}

/// What is kept from page to page.
#[derive(Default)]
struct Desk {
    sets: BTreeMap<u64, Result<(Loaded, Sources), Box<Told>>>,
    engine: Option<Box<dyn Engine>>,
    /// The sizes of the fonts loaded so far.
    fonts: BTreeMap<PathBuf, u64>,
}

impl Desk {
    fn weigh(&mut self, page: &LayoutTask) {
        for file in &page.fonts.files {
            self.fonts.entry(file.path().to_path_buf()).or_insert_with(|| file.length());
        }
    }

    fn reply(&mut self, task: Task<View>, pieces: Vec<Vec<u8>>) -> (Reply, Vec<Vec<u8>>) {
        match task {
            Task::Load { set, load } => {
                let loaded = loaded(&load);
                let reply = loaded.as_ref().err().map_or(Reply::Done, |told| Reply::Wrong(vec![Told::clone(told)]));
                self.sets.insert(set, loaded);
                (reply, Vec::new())
            }
            Task::Render { set, view } => match self.sets.get(&set) {
                Some(Ok((templates, sources))) => match templates.render(&view) {
                    Ok(Markup { text, lines }) => {
                        let lines = sources.spans(&lines);
                        (Reply::Made { lines, made: Vec::new() }, vec![text.into_bytes()])
                    }
                    Err(problem) => (Reply::Wrong(vec![Told::of(&problem, sources)]), Vec::new()),
                },
                Some(Err(told)) => (Reply::Wrong(vec![Told::clone(told)]), Vec::new()),
                None => (Reply::Wrong(Vec::new()), Vec::new()),
            },
            Task::LayOut(page) => self.laid_out(&page, pieces),
        }
    }

    fn laid_out(&mut self, page: &LayoutTask, pieces: Vec<Vec<u8>>) -> (Reply, Vec<Vec<u8>>) {
        let sources: Sources = page.sources.iter().map(|name| Source::new(name.as_str(), "")).collect();
        let lines: LineMap = sources.lines(&page.lines);
        let text = pieces.into_iter().next().and_then(|text| String::from_utf8(text).ok()).unwrap_or_default();
        let markup = Markup { text, lines };
        let options = CompileOptions { fonts: page.fonts.clone(), timestamp: page.timestamp };
        let laid_out = self.engine().map_err(Problems::from).and_then(|engine| engine.layout(markup, options));
        let made = laid_out.and_then(|pages| match &page.wanted {
            Wanted::Pdf => pages.pdf().map(|pdf| vec![pdf]),
            Wanted::All => {
                let sheets = pages.svg()?;
                let sheets = sheets.iter().map(|sheet| sheet.as_bytes().to_vec());
                Ok([pages.pdf().unwrap_or_default()].into_iter().chain(sheets).collect())
            }
            Wanted::Areas(stretches) => Ok(vec![serde_json::to_vec(&pages.areas(stretches)).unwrap_or_default()]),
        });
        match made {
            Ok(made) => (Reply::Made { lines: Vec::new(), made: Vec::new() }, made),
            Err(problems) => {
                (Reply::Wrong(problems.iter().map(|problem| Told::of(problem, &sources)).collect()), Vec::new())
            }
        }
    }

    fn engine(&mut self) -> Result<&dyn Engine, Diagnostic> {
        let engine = match self.engine.take() {
            Some(engine) => engine,
            None => typeset::embedded_engine()?,
        };
        Ok(&**self.engine.insert(engine))
    }
}

fn loaded(load: &Load) -> Result<(Loaded, Sources), Box<Told>> {
    let (files, sources) = load.files();
    let declaration = files.last().map_or_else(|| Source::new("", ""), |(_, source)| Arc::clone(source));
    let templates = &files[..files.len().saturating_sub(1)];
    let templates = templates.iter().map(|(name, source)| (name.as_str(), source));
    match Loaded::parse(load.target, templates, declaration) {
        Ok(templates) => Ok((templates.up_to(LARGEST_FOREIGN_PAGE), sources)),
        Err(problem) => Err(Box::new(Told::of(&problem, &sources))),
    }
}

/// The limits of this very process.
#[cfg(unix)]
mod bounds {
    use std::ffi::{OsStr, OsString};
    use std::io;
    use std::os::unix::process::CommandExt;
    use std::process::Command;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;
    use std::time::Duration;

    use rustix::process::{Pid, Resource, Rlimit, Signal, getpid, getppid, kill_process, setrlimit};
    use rustix::time::{ClockId, clock_gettime};

    use super::Limits;

    /// How often a process looks after itself.
    const TURN: Duration = Duration::from_millis(25);
    /// The processor time of a process that has nothing to do.
    const RESTS: u64 = u64::MAX;

    /// What a process that makes pages keeps to.
    pub(super) struct Bounds {
        mib: u32,
        /// The processor time at which the work at hand has taken too long, in milliseconds.
        end: Arc<AtomicU64>,
        milliseconds: u64,
    }

    impl Bounds {
        pub(super) fn begin(limits: Limits) -> io::Result<Self> {
            no_dump()?;
            stack()?;
            let end = Arc::new(AtomicU64::new(RESTS));
            let (parent, watched) = (getppid(), Arc::clone(&end));
            thread::Builder::new().spawn(move || {
                loop {
                    thread::sleep(TURN);
                    if used() > watched.load(Ordering::SeqCst) {
                        end_by(Signal::XCPU);
                    } else if getppid() != parent {
                        end_by(Signal::KILL);
                    }
                }
            })?;
            Ok(Self { mib: limits.mib, end, milliseconds: u64::from(limits.seconds) * 1000 })
        }

        /// Begins a piece of work, with memory for fonts beside that for everything else.
        pub(super) fn work(&self, fonts: u64) -> io::Result<()> {
            memory(self.mib, fonts)?;
            self.end.store(used() + self.milliseconds, Ordering::SeqCst);
            Ok(())
        }

        pub(super) fn rest(&self) {
            self.end.store(RESTS, Ordering::SeqCst);
        }
    }

    /// The processor time that this process has used, in milliseconds.
    fn used() -> u64 {
        let used = clock_gettime(ClockId::ProcessCPUTime);
        let part = |number: i64| u64::try_from(number).unwrap_or_default();
        part(used.tv_sec) * 1000 + part(used.tv_nsec) / 1_000_000
    }

    fn end_by(signal: Signal) {
        // It ends the process, or the next look does.
        let _ = kill_process(getpid(), signal);
    }

    fn memory(mib: u32, fonts: u64) -> io::Result<()> {
        let bytes = (u64::from(mib) << 20) + fonts;
        let hard = rustix::process::getrlimit(Resource::Data).maximum;
        let bytes = hard.map_or(bytes, |hard| hard.min(bytes));
        Ok(setrlimit(Resource::Data, Rlimit { current: Some(bytes), maximum: hard })?)
    }

    fn no_dump() -> io::Result<()> {
        Ok(setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?)
    }

    /// The stack does not count as memory, and where it has no bound, nesting has none.
    fn stack() -> io::Result<()> {
        const BOUND: u64 = 64 << 20;
        let limit = rustix::process::getrlimit(Resource::Stack);
        let current = limit.current.map_or(BOUND, |current| current.min(BOUND));
        Ok(setrlimit(Resource::Stack, Rlimit { current: Some(current), maximum: limit.maximum })?)
    }

    /// Becomes a program, which then keeps to the limits; gives why that could not be done.
    pub(super) fn become_program(limits: Limits, program: &OsStr, arguments: &[OsString]) -> io::Error {
        let bound = || {
            let parent = getppid();
            dies_with(parent)?;
            no_dump()?;
            stack()?;
            memory(limits.mib, 0)?;
            // At the first the program is told that its time is up, at the second it is killed.
            let seconds = u64::from(limits.seconds);
            Ok(setrlimit(Resource::Cpu, Rlimit { current: Some(seconds), maximum: Some(seconds + 1) })?)
        };
        match bound() {
            Ok(()) => Command::new(program).args(arguments).exec(),
            Err(error) => error,
        }
    }

    /// Has the system end this process when that which started it ends.
    #[cfg(target_os = "linux")]
    fn dies_with(parent: Option<Pid>) -> io::Result<()> {
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
        if getppid() == parent { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    }

    #[cfg(not(target_os = "linux"))]
    fn dies_with(_parent: Option<Pid>) -> io::Result<()> {
        Ok(())
    }
}

/// Where the system knows no such limits, the time by the clock is all that there is.
#[cfg(not(unix))]
mod bounds {
    use std::ffi::{OsStr, OsString};
    use std::io;

    use super::Limits;

    pub struct Bounds;

    impl Bounds {
        pub fn begin(_limits: Limits) -> io::Result<Self> {
            Ok(Self)
        }

        pub fn work(&self, _fonts: u64) -> io::Result<()> {
            Ok(())
        }

        pub fn rest(&self) {}
    }

    pub fn become_program(_limits: Limits, _program: &OsStr, _arguments: &[OsString]) -> io::Error {
        io::ErrorKind::Unsupported.into()
    }
}
