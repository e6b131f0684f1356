//! Lines on standard output, which is told where it takes none. In: lines; out: that they arrived.

use std::io::{self, Write};

/// Standard output or standard error. What cannot be written there is an error, unless whoever read it has gone away.
pub(crate) struct Printer {
    /// Where it goes; nothing more is written once something could not be.
    to: Option<Box<dyn Write>>,
}

impl Printer {
    /// The output that the process was given.
    pub(crate) fn open() -> Self {
        Self { to: Some(standard(io::stdout())) }
    }

    /// The output for problems that the process was given.
    pub(crate) fn of_problems() -> Self {
        Self { to: Some(standard(io::stderr())) }
    }

    /// Prints a line.
    ///
    /// # Errors
    /// It cannot be written; that is told once.
    pub(crate) fn line(&mut self, line: &str) -> io::Result<()> {
        let Some(to) = &mut self.to else { return Ok(()) };
        let written = to.write_all(format!("{line}\n").as_bytes()).and_then(|()| to.flush());
        if written.is_err() {
            self.to = None;
        }
        written.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
    }
}

/// The standard library takes an output that is not open for writing for one that takes everything, so that it is passed by.
#[cfg(unix)]
fn standard(output: impl Write + std::os::fd::AsFd + 'static) -> Box<dyn Write> {
    match output.as_fd().try_clone_to_owned() {
        Ok(output) => Box::new(std::fs::File::from(output)),
        Err(_) => Box::new(output),
    }
}

#[cfg(not(unix))]
fn standard(output: impl Write + 'static) -> Box<dyn Write> {
    Box::new(output)
}
