//! Dotted keys, by which facts are named. In: parts of a key; out: the whole.

/// Joins two dotted keys, either of which may be empty.
pub fn join_key(left: &str, right: &str) -> String {
    match (left.is_empty(), right.is_empty()) {
        (true, _) => right.to_owned(),
        (_, true) => left.to_owned(),
        _ => format!("{left}.{right}"),
    }
}
