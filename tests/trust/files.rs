//! Files of others stay as they are, nothing outside the project is read, and nothing is left behind.
