//! Why the page is given no answer. In: problems; out: [`Refused`], and problems as the page is told of them.

use serde_json::{Value, json};

use crate::diag::{Diagnostic, Problems, json};

/// Why there is no answer.
pub(crate) enum Refused {
    /// There is no such report, form or value.
    Unknown,
    /// It cannot be done.
    Wrong(Problems),
}

impl From<Problems> for Refused {
    fn from(problems: Problems) -> Self {
        Self::Wrong(problems)
    }
}

impl From<Diagnostic> for Refused {
    fn from(problem: Diagnostic) -> Self {
        Self::Wrong(problem.into())
    }
}

/// Problems as the page is told of them.
pub(super) fn told(problems: &[Diagnostic]) -> Value {
    json!({ "problems": problems.iter().map(json::object).collect::<Vec<_>>() })
}
