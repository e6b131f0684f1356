//! `roll`: starts next year's facts from this year's. In: what was typed; out: facts files, or their texts where they are only to be
//! shown.

use super::aside::{tell, tell_strays};
use crate::cli::Roll;
use crate::diag::emit::Emitter;
use crate::diag::{ExitStatus, Problems, text};
use crate::roll;
use crate::session::Selection;
use crate::source::display_path;

/// Starts next year's facts.
///
/// # Errors
/// No project, a selection that names nothing, facts with errors, or a file that is there already.
pub(super) fn run(typed: Roll, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let job = Selection::of(&typed.select, false)?;
    let strays = tell_strays(&job, emitter);
    let (rolled, problems) = roll::roll(&job, typed.to, typed.dry_run)?;
    let paths = rolled.iter().map(|next| (next, display_path(&next.path)));
    match typed.dry_run {
        true => {
            let shown: Vec<String> = paths.map(|(next, path)| format!("# {path}\n{}", next.text.trim_end())).collect();
            emitter.print(&shown.join("\n\n"));
        }
        false => {
            for (_, path) in paths {
                emitter.say(&text!(
                    "已生成 {path}；运行 nianbao check {path}",
                    "wrote {path}; run `nianbao check {path}`"
                ));
            }
        }
    }
    Ok(tell(&problems, emitter).max(strays))
}
