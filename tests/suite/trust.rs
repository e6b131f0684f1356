//! What must hold on bad days and with strangers' files: broken disks, races, hostile projects, and no end of mistakes. Each
//! case runs the program as a process.

mod build_name;
mod files;
mod limits;
mod live;
mod messages;
mod pages;
