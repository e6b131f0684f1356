//! Messages have an end, are plain text on every terminal, and are never lost in silence.
