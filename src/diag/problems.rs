//! All that is wrong with something. In: one problem or several; out: [`Problems`], the error of whatever may find more than
//! one thing wrong, so that `?` takes a single problem as well.

use std::ops::{Deref, DerefMut};

use super::{Code, Diagnostic, ExitStatus};

/// What is wrong with something: nothing, or several things, in the order in which they are to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Diagnostic>);

/// What the process is to end with because of problems: the worst that one of the errors leads to.
pub fn exit_status(problems: &[Diagnostic]) -> ExitStatus {
    let errors = problems.iter().filter(|problem| problem.is_error());
    errors.map(|problem| problem.code.exit_status()).max().unwrap_or(ExitStatus::Done)
}

impl Problems {
    /// Nothing is wrong.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether all that is wrong is one problem of that kind.
    pub fn is_only(&self, code: &Code) -> bool {
        matches!(self.0.as_slice(), [problem] if problem.code == *code)
    }
}

impl From<Diagnostic> for Problems {
    fn from(problem: Diagnostic) -> Self {
        Self(vec![problem])
    }
}

impl From<Vec<Diagnostic>> for Problems {
    fn from(problems: Vec<Diagnostic>) -> Self {
        Self(problems)
    }
}

impl From<&[Diagnostic]> for Problems {
    fn from(problems: &[Diagnostic]) -> Self {
        Self(problems.to_vec())
    }
}

impl From<Problems> for Vec<Diagnostic> {
    fn from(problems: Problems) -> Self {
        problems.0
    }
}

impl Deref for Problems {
    type Target = Vec<Diagnostic>;

    fn deref(&self) -> &Vec<Diagnostic> {
        &self.0
    }
}

impl DerefMut for Problems {
    fn deref_mut(&mut self) -> &mut Vec<Diagnostic> {
        &mut self.0
    }
}

impl FromIterator<Diagnostic> for Problems {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(problems: I) -> Self {
        Self(problems.into_iter().collect())
    }
}

impl Extend<Diagnostic> for Problems {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, problems: I) {
        self.0.extend(problems);
    }
}

impl IntoIterator for Problems {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::text;

    #[test]
    fn the_worst_error_decides_and_no_warning_does() {
        let warned = Diagnostic::warning(Code::ProjectFile, text!("警告", "a warning"));
        let rejected = Diagnostic::error(Code::WrongTotal, text!("错误", "an error"));
        let broken = Diagnostic::error(Code::NoFonts, text!("错误", "an error"));
        assert_eq!(exit_status(&[]), ExitStatus::Done);
        assert_eq!(exit_status(std::slice::from_ref(&warned)), ExitStatus::Done);
        assert_eq!(exit_status(&[rejected.clone(), warned]), ExitStatus::Rejected);
        assert_eq!(exit_status(&[broken, rejected]), ExitStatus::Environment);
    }

    #[test]
    fn one_problem_is_problems_and_both_are_lists() {
        let one = || Diagnostic::error(Code::NoProject, text!("错误", "an error"));
        fn fails(problem: Diagnostic) -> Result<(), Problems> {
            Err(problem)?;
            Ok(())
        }
        fn passes_on(problem: Diagnostic) -> Result<(), Vec<Diagnostic>> {
            fails(problem)?;
            Ok(())
        }
        assert_eq!(fails(one()), Err(Problems::from(one())));
        assert_eq!(passes_on(one()), Err(vec![one()]));
        assert!(Problems::from(one()).is_only(&Code::NoProject));
        assert!(!Problems::from(vec![one(), one()]).is_only(&Code::NoProject));
        assert!(!Problems::new().is_only(&Code::NoProject));
    }
}
