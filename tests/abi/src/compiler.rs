//! The machine's C and C++ compilers.

use std::{env, path::Path, process::Command};

/// A language in which a plugin may be written with the header.
#[derive(Clone, Copy, Debug)]
pub enum Language {
    /// `-std=c11`, by `CC` or `cc`.
    C,
    /// `-std=c++17`, by `CXX` or `c++`.
    Cpp,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::C, Self::Cpp];

    const fn flags(self) -> [&'static str; 3] {
        match self {
            Self::C => ["-std=c11", "-x", "c"],
            Self::Cpp => ["-std=c++17", "-x", "c++"],
        }
    }

    fn program(self) -> String {
        let (variable, default) = match self {
            Self::C => ("CC", "cc"),
            Self::Cpp => ("CXX", "c++"),
        };
        env::var(variable).unwrap_or_else(|_| default.to_owned())
    }
}

/// Compiles `source` with all warnings as errors, the headers of `include`, and `args`.
///
/// # Errors
///
/// What the compiler said, or that there is none.
pub fn compile(
    language: Language,
    source: &Path,
    include: &Path,
    args: &[&str],
) -> Result<(), String> {
    let program = language.program();
    let output = Command::new(&program)
        .args(language.flags())
        .args(["-Wall", "-Wextra", "-Werror", "-pedantic"])
        .arg("-I")
        .arg(include)
        .args(args)
        .arg(source)
        .output()
        .map_err(|e| format!("{program} does not run ({e}); name a compiler with CC and CXX"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{program} refuses {} as {language:?}:\n{said}", source.display()))
}
