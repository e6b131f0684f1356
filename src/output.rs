//! Lines on standard output, which is told where it takes none. In: lines; out: that they arrived.

use std::io::{self, Write};

// Those that keep records and fonts still know it by this name.
pub use crate::disk::write;

/// Standard output. What cannot be written to it is an error, unless whoever read it has gone away.
pub struct Printer {
    /// Where it goes; nothing more is written once something could not be.
    to: Option<Box<dyn Write>>,
}

impl Printer {
    /// The output that the process was given.
    pub fn open() -> Self {
        Self { to: Some(standard()) }
    }

    /// Prints a line.
    ///
    /// # Errors
    /// It cannot be written; that is told once.
    pub fn line(&mut self, line: &str) -> io::Result<()> {
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
fn standard() -> Box<dyn Write> {
    use std::os::fd::AsFd;
    match io::stdout().as_fd().try_clone_to_owned() {
        Ok(output) => Box::new(std::fs::File::from(output)),
        Err(_) => Box::new(io::stdout()),
    }
}

#[cfg(not(unix))]
fn standard() -> Box<dyn Write> {
    Box::new(io::stdout())
}
