//! What a page of a project's own templates may take, and what is told where that was not enough. In: how a process ended;
//! out: which limit it met, in words that say how to raise it.

use std::time::Duration;

use super::child::Ended;
use crate::diag::{Code, Diagnostic, Text, text};

/// Processor time for a page, in seconds; real pages take a tenth of one.
const SECONDS: u32 = 4;
/// Memory for a page beside its fonts, in MiB; real pages take less than a hundred.
const MIB: u32 = 256;
/// The memory without which no page is begun, in MiB.
pub const LEAST_MIB: usize = 128;
/// How much longer than its processor time a page may take by the clock, on a machine that has other work.
const PATIENCE: u32 = 12;

/// What a page of a project's own templates may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Processor time in seconds.
    pub seconds: u32,
    /// Memory in MiB.
    pub mib: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { seconds: SECONDS, mib: MIB }
    }
}

impl Limits {
    /// After how long by the clock a page is given up that its processor time has not ended.
    pub fn patience(self) -> Duration {
        Duration::from_secs(u64::from(self.seconds) * u64::from(PATIENCE))
    }

    pub(super) fn as_arguments(self) -> [String; 2] {
        [self.seconds.to_string(), self.mib.to_string()]
    }
}

/// Whether the system lets this process have so little memory that a page of any template may need more. Where that happens
/// within this process, nothing can be said of it any more.
#[cfg(unix)]
pub fn is_memory_short() -> bool {
    use rustix::process::{Resource, getrlimit};
    const AMPLE: u64 = 2 << 30;
    [Resource::As, Resource::Data].into_iter().filter_map(|which| getrlimit(which).current).any(|limit| limit < AMPLE)
}

/// Whether the system lets this process have little memory; not known here.
#[cfg(not(unix))]
pub fn is_memory_short() -> bool {
    false
}

/// The problem of a machine that has too little memory for a page.
pub fn memory_short() -> Diagnostic {
    let mib = LEAST_MIB;
    let message = text!("内存不足：排版需要 {mib} MiB", "too little memory: pages need {mib} MiB");
    Diagnostic::error(Code::EngineFailed, message)
        .help(text!("关闭其他程序，或放宽内存限制", "close other programs, or raise the limit on memory"))
}

/// Why a process did not do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It took too long.
    Time,
    /// It took too much memory.
    Memory,
    /// What it worked on was nested too deeply.
    Depth,
    /// Something else; what was said of it.
    Failed(String),
}

impl Stopped {
    /// The problem; `what` was being done.
    pub fn problem(&self, what: &Text, limits: Limits) -> Diagnostic {
        let Text { zh, en } = what;
        let Limits { seconds, mib } = limits;
        let (message, help) = match self {
            Self::Time => (
                text!(
                    "{zh}用时过长：处理器时间的限制是 {seconds} 秒",
                    "{en} takes too long: the limit is {seconds} s of processor time"
                ),
                raised("page-seconds", seconds),
            ),
            Self::Memory => (
                text!(
                    "{zh}用内存过多：字体之外的限制是 {mib} MiB",
                    "{en} takes too much memory: the limit is {mib} MiB beside the fonts"
                ),
                raised("page-mib", mib),
            ),
            Self::Depth => (
                text!("{zh}嵌套过深，栈满了", "{en} is nested too deeply: the stack is full"),
                text!("检查模板中的嵌套和递归", "look at the nesting and the recursion of the templates"),
            ),
            Self::Failed(said) => {
                let message = text!("{zh}没有正常结束：{said}", "{en} did not end well: {said}");
                return Diagnostic::error(Code::EngineFailed, message);
            }
        };
        Diagnostic::error(Code::PageLimit, message).help(help)
    }
}

fn raised(flag: &str, limit: u32) -> Text {
    let more = limit.saturating_mul(4);
    text!(
        "检查模板中的循环；页面确实需要的话，放宽限制：--{flag} {more}",
        "look at the loops of the templates; where the page does need that much, raise the limit: --{flag} {more}"
    )
}

/// Why a process ended that had not done its work.
pub fn stopped(ended: &Ended) -> Stopped {
    if ended.is_late {
        return Stopped::Time;
    }
    // The words of the Rust library, which ends the process in the same way for both.
    if ended.said.contains("memory allocation of") {
        return Stopped::Memory;
    }
    if ended.said.contains("overflowed its stack") {
        return Stopped::Depth;
    }
    by_signal(ended).unwrap_or_else(|| {
        let said = ended.said.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        Stopped::Failed(format!("{} {said}", ended.status).trim_end().to_owned())
    })
}

#[cfg(unix)]
fn by_signal(ended: &Ended) -> Option<Stopped> {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt;
    match Signal::from_named_raw(ended.status.signal()?)? {
        Signal::XCPU => Some(Stopped::Time),
        // Nobody else here kills; the system does where memory is short.
        Signal::KILL => Some(Stopped::Memory),
        Signal::SEGV | Signal::BUS => Some(Stopped::Depth),
        _ => None,
    }
}

#[cfg(not(unix))]
fn by_signal(_ended: &Ended) -> Option<Stopped> {
    None
}
