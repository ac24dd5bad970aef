//! The surroundings of the process, apart from its arguments.

use std::{
    env,
    ffi::OsString,
    io::{self, IsTerminal},
    path::PathBuf,
};

/// The surroundings of the process, apart from its arguments.
#[derive(Debug, Default)]
pub struct Environment {
    /// The name that the command was called by, without directories.
    pub name: String,
    /// The variable FORE_LEVEL.
    pub level: Option<OsString>,
    /// The variable FORE_THREADS.
    pub threads: Option<OsString>,
    /// The variable FORETELL_MODELS.
    pub models: Option<OsString>,
    /// Whether standard input is a terminal.
    pub stdin_is_terminal: bool,
}

impl Environment {
    /// Those of this process.
    pub fn of_this_process() -> Self {
        // An empty variable means none.
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
        let program = env::args_os().next().map(PathBuf::from).unwrap_or_default();
        Self {
            name: program.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            level: variable("FORE_LEVEL"),
            threads: variable("FORE_THREADS"),
            models: variable("FORETELL_MODELS"),
            stdin_is_terminal: io::stdin().is_terminal(),
        }
    }
}
