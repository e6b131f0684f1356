//! The live page misses no change and works for nobody but the person who started it.
