//! A page is set in the faces that its record names, a record is believed by nobody, and faults of the machine are told as such.
