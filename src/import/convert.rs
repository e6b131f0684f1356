//! Files that only another program reads: DOC, WPS, RTF, ODT, XLS. In: the bytes of one; out: the same as DOCX or XLSX, made by
//! LibreOffice where it is on PATH. It works in a folder of its own with a profile of its own, runs no macros, fetches nothing, has a time limit, and
//! leaves nothing behind.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::blocks::{Limit, Unread};
use crate::disk::Scratch;

/// How long the program may take, by default: the first start of a new profile takes seconds.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked whether it has ended.
const TURN: Duration = Duration::from_millis(20);
/// How much is kept of what it says.
const MOST_SAID: u64 = 4 << 10;
/// What the program is called.
const NAMES: [&str; 2] = ["soffice", "libreoffice"];
/// How the file is called that it reads, without the extension, and the one that it writes.
const FILE: &str = "source";
/// What it is told before it starts: no macros, no links that are followed, and no way into the network.
const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>1</value></prop></item>
</oor:items>
"#;

/// Makes `wanted` (`docx` or `xlsx`) of a file of another kind; `extension` says which, as its first bytes do (`doc` for Kingsoft's
/// `.wps` too), and `is_stopped` whether somebody no longer waits.
///
/// # Errors
/// The program is not there, takes too long, or does not read the file.
pub(super) fn converted(
    bytes: &[u8],
    (extension, wanted): (&str, &str),
    patience: Duration,
    is_stopped: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Unread> {
    let program = on_path().ok_or(Unread::ConverterMissing)?;
    convert(&program, bytes, (extension, wanted), patience, is_stopped).map_err(|error| failed(&error))?
}

/// The filter that reads a kind of file, so that the program does not take what is damaged for plain text.
fn filter(extension: &str) -> Option<&'static str> {
    match extension {
        "doc" => Some("MS Word 97"),
        "rtf" => Some("Rich Text Format"),
        "odt" => Some("writer8"),
        "xls" => Some("MS Excel 97"),
        "ods" => Some("calc8"),
        _ => None,
    }
}

/// Runs a program that takes the same arguments as LibreOffice, on a file of one extension to make one of another.
fn convert(
    program: &Path,
    bytes: &[u8],
    (extension, wanted): (&str, &str),
    patience: Duration,
    is_stopped: &dyn Fn() -> bool,
) -> io::Result<Result<Vec<u8>, Unread>> {
    let folder = prepared(bytes, extension)?;
    let mut child = command(program, folder.path(), (extension, wanted))?.spawn()?;
    let said = child.stderr.take().map(|mut stderr| {
        thread::spawn(move || {
            let mut said = Vec::new();
            // What cannot be read is not said; what is more than is kept is read all the same, so that nobody waits for it to be.
            let _ = (&mut stderr).take(MOST_SAID).read_to_end(&mut said);
            let _ = io::copy(&mut stderr, &mut io::sink());
            without_warnings(&String::from_utf8_lossy(&said))
        })
    });
    let waited = wait(&mut child, patience, is_stopped);
    end_all(&mut child);
    let said = said.and_then(|said| said.join().ok()).unwrap_or_default();
    if let Some(reason) = waited? {
        return Ok(Err(Unread::ConverterFailed(reason.to_owned())));
    }
    let made = made(&folder.path().join("made").join(FILE).with_extension(wanted))?;
    Ok(made.ok_or_else(|| Unread::ConverterFailed(if said.is_empty() { "it made no file".to_owned() } else { said })))
}

/// What is said of why there is no file; that there is no Java, for one, is said each time and is no reason.
fn without_warnings(said: &str) -> String {
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("Warning:"));
    lines.collect::<Vec<_>>().join("; ")
}

/// A folder with the file, a profile that says what the program must not do, and room for what it makes.
// Nobody looks for the files after a crash, so that they need not be on the disk.
#[allow(clippy::disallowed_methods)]
fn prepared(bytes: &[u8], extension: &str) -> io::Result<Scratch> {
    let folder = Scratch::new()?;
    let user = folder.path().join("profile").join("user");
    fs::create_dir_all(&user)?;
    fs::create_dir(folder.path().join("made"))?;
    fs::write(user.join("registrymodifications.xcu"), SETTINGS)?;
    fs::write(source(folder.path(), extension), bytes)?;
    Ok(folder)
}

/// Where the file is that the program reads.
fn source(folder: &Path, extension: &str) -> PathBuf {
    let is_plain = (1..=8).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    folder.join(FILE).with_extension(if is_plain { extension } else { "bin" })
}

/// How the program is started.
fn command(program: &Path, folder: &Path, (extension, wanted): (&str, &str)) -> io::Result<Command> {
    let mut command = Command::new(program);
    let profile = file_url(&folder.join("profile")).ok_or(io::ErrorKind::InvalidFilename)?;
    command
        .args(["--headless", "--invisible", "--norestore", "--nolockcheck", "--nologo", "--nodefault"])
        .arg(OsString::from(format!("-env:UserInstallation={profile}")))
        .args(filter(extension).map(|filter| format!("--infilter={filter}")))
        .args(["--convert-to", wanted, "--outdir"])
        .arg(folder.join("made"))
        .arg(source(folder, extension))
        .current_dir(folder)
        .env("SAL_USE_VCLPLUGIN", "svp")
        .envs(["TMPDIR", "TEMP", "TMP"].map(|name| (name, folder)))
        .envs(
            ["HTTPS_PROXY", "https_proxy", "http_proxy", "ALL_PROXY", "all_proxy"]
                .map(|name| (name, "http://127.0.0.1:1")),
        )
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    apart(&mut command);
    Ok(command)
}

/// A path as a URL, as the program wants it.
fn file_url(path: &Path) -> Option<String> {
    let path = path.to_str()?.replace('\\', "/");
    let mut url = String::from(if path.starts_with('/') { "file://" } else { "file:///" });
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b':' | b'.' | b'-' | b'_' | b'~' => {
                url.push(char::from(byte))
            }
            byte => url.push_str(&format!("%{byte:02X}")),
        }
    }
    Some(url)
}

/// Waits for the end of the program; why it is waited for no longer, where it does not end.
fn wait(child: &mut Child, patience: Duration, is_stopped: &dyn Fn() -> bool) -> io::Result<Option<&'static str>> {
    let start = Instant::now();
    while !has_ended(child)? {
        if is_stopped() {
            return Ok(Some("stopped"));
        }
        if start.elapsed() >= patience {
            return Ok(Some("it took too long"));
        }
        thread::sleep(TURN);
    }
    Ok(None)
}

/// What the program made; none where it made nothing.
// A file of this process's own folder.
#[allow(clippy::disallowed_methods)]
fn made(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let most = Limit::Bytes.most();
    let mut bytes = Vec::new();
    file.take(u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() <= most))
}

/// What is said where the system does not let the program be run.
fn failed(error: &io::Error) -> Unread {
    Unread::ConverterFailed(error.to_string())
}

/// The program on PATH.
fn on_path() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders = || env::split_paths(&path);
    let named = |name: &str| {
        let file = if cfg!(windows) { format!("{name}.exe") } else { name.to_owned() };
        folders().map(|folder| folder.join(&file)).find(|path| path.is_file())
    };
    NAMES.iter().find_map(|name| named(name))
}

/// The program is a script that starts another, and that another: they are one group, so that all can be ended.
#[cfg(unix)]
fn apart(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn apart(_command: &mut Command) {}

/// Whether the program has ended. It is not let go of by asking: as long as it is not, no other group can have its number.
#[cfg(unix)]
fn has_ended(child: &mut Child) -> io::Result<bool> {
    use rustix::process::{WaitId, WaitIdOptions, waitid};
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    let pid = rustix::process::Pid::from_child(child);
    match waitid(WaitId::Pid(pid), options) {
        Err(rustix::io::Errno::INTR) => Ok(false),
        ended => Ok(ended?.is_some()),
    }
}

#[cfg(not(unix))]
fn has_ended(child: &mut Child) -> io::Result<bool> {
    Ok(child.try_wait()?.is_some())
}

/// Ends the program and what it started.
fn end_all(child: &mut Child) {
    // One that has ended already cannot be ended, and need not be.
    #[cfg(unix)]
    let _ = rustix::process::kill_process_group(rustix::process::Pid::from_child(child), rustix::process::Signal::KILL);
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;

    /// A program that does this, and the folder that it is in.
    fn program(script: &str) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("soffice");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it may be run");
        (folder, path)
    }

    fn run(script: &str, patience: Duration, is_stopped: &dyn Fn() -> bool) -> Result<Vec<u8>, Unread> {
        let (_folder, program) = program(script);
        // Another test may hold the new file open for an instant, as it starts a program of its own.
        loop {
            match convert(&program, b"words", ("doc", "docx"), patience, is_stopped) {
                Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => thread::sleep(TURN),
                converted => return converted.unwrap_or_else(|error| Err(failed(&error))),
            }
        }
    }

    /// The last two arguments are the folder for what is made and the file.
    const MAKES: &str =
        "while [ $# -gt 2 ]; do shift; done; cat \"$2\" > \"$1/source.docx\"; echo more >> \"$1/source.docx\"";

    #[test]
    fn what_the_program_makes_comes_back() {
        assert_eq!(run(MAKES, PATIENCE, &|| false), Ok(b"wordsmore\n".to_vec()));
    }

    #[test]
    fn what_the_program_says_is_told_and_no_more_of_it_than_is_kept() {
        assert_eq!(
            run("echo Warning: no Java >&2; echo no such filter >&2; exit 1", PATIENCE, &|| false),
            Err(Unread::ConverterFailed("no such filter".into()))
        );
        assert_eq!(run("exit 0", PATIENCE, &|| false), Err(Unread::ConverterFailed("it made no file".into())));
        let Err(Unread::ConverterFailed(said)) = run("head -c 1000000 /dev/zero | tr '\\0' x >&2", PATIENCE, &|| false)
        else {
            panic!("it made something")
        };
        assert_eq!(said.len(), 4 << 10);
    }

    #[test]
    fn a_program_that_is_late_or_no_longer_waited_for_is_ended_with_what_it_started() {
        let mark = tempfile::tempdir().expect("a folder");
        let pid = mark.path().join("pid");
        let script = format!("sleep 1000 & echo $! > {}; wait", pid.display());
        let start = Instant::now();
        let late = run(&script, Duration::from_millis(500), &|| false);
        assert_eq!(late, Err(Unread::ConverterFailed("it took too long".into())));
        let alive = |pid: &Path| {
            let pid = fs::read_to_string(pid).expect("a number");
            let state = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
            // One that nobody waits for is no longer alive, though it is still listed.
            !state.is_empty() && !state.contains(") Z ")
        };
        thread::sleep(Duration::from_millis(100));
        assert!(!alive(&pid));
        let stopped = run(&script, PATIENCE, &|| start.elapsed() > Duration::from_secs(1));
        assert_eq!(stopped, Err(Unread::ConverterFailed("stopped".into())));
        thread::sleep(Duration::from_millis(100));
        assert!(!alive(&pid) && start.elapsed() < Duration::from_secs(10));
        // A program that ends, and leaves one behind that holds what it says open, does not hold anybody up.
        let start = Instant::now();
        assert_eq!(run(&format!("sleep 1000 & {MAKES}"), PATIENCE, &|| false), Ok(b"wordsmore\n".to_vec()));
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn nothing_is_left_behind() {
        let seen = tempfile::tempdir().expect("a folder");
        let list = seen.path().join("folder");
        assert!(run(&format!("pwd > {}; {MAKES}", list.display()), PATIENCE, &|| false).is_ok());
        let folder = fs::read_to_string(&list).expect("a path");
        assert!(folder.contains("nianbao-") && !Path::new(folder.trim()).exists());
    }

    #[test]
    fn a_path_is_a_url_and_an_extension_is_one() {
        assert_eq!(file_url(Path::new("/tmp/年 %/a")).as_deref(), Some("file:///tmp/%E5%B9%B4%20%25/a"));
        assert_eq!(source(Path::new("/x"), "../y"), Path::new("/x/source.bin"));
        assert_eq!(source(Path::new("/x"), "wps"), Path::new("/x/source.wps"));
    }
}
