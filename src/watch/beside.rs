//! What a watch serves beside its own pages. In: what changes; out: more routes, and whether there is still anybody to serve.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use axum::Router;

use super::event::Event;
use crate::session::Selection;

/// Something that is served beside the pages of a watch, and has a first page of its own.
pub(crate) trait Beside: Send + Sync {
    /// Its routes, with the first page.
    fn routes(self: Arc<Self>) -> Router;
    /// Where it says that it has changed files.
    fn tell_to(&self, events: Sender<Event>);
    /// There are these reports, with forms and settings to be read anew.
    fn renew(&self, job: &Selection);
    /// Files have changed.
    fn changed(&self);
    /// Somebody asks for something.
    fn seen(&self);
    /// Whether nobody is there any more.
    fn is_over(&self) -> bool;
}
