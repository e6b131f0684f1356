//! A project's own templates and patterns have limits of time and memory, and the second Ctrl-C ends everything.
