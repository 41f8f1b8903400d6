//! A folder with plugins written in C, and a child process for each test: what would end the host
//! ends the child, and is reported with its signal.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a helper of a test may do both")]

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use patchbay_loader::{Loaded, Loader, Manifest, Refusal, Trust};

const CHILD: &str = "PATCHBAY_LOADER_TEST";

/// Runs `body` in a child process: this test binary again, with only the test `name`.
pub(crate) fn isolated(name: &str, body: impl FnOnce(&Bench)) {
    if std::env::var_os(CHILD).is_some_and(|child| child == name) {
        return body(&Bench::new(name));
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([name, "--exact", "--nocapture"]).env(CHILD, name);
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{name}: child ended with {}\n{text}\n{errors}",
        output.status
    );
    text.lines().filter(|line| line.contains("SKIPPED")).for_each(|line| println!("{line}"));
}

/// A private folder for the plugins of one test.
pub(crate) struct Bench {
    pub(crate) folder: PathBuf,
}

impl Bench {
    fn new(name: &str) -> Self {
        let folder = format!("patchbay-loader-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
        fs::create_dir(folder.join("staging")).unwrap();
        Self { folder: fs::canonicalize(folder).unwrap() }
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    pub(crate) fn staging(&self) -> PathBuf {
        self.path("staging")
    }

    pub(crate) fn loader(&self) -> Loader {
        self.loader_with(Trust::Folder)
    }

    pub(crate) fn loader_with(&self, trust: Trust) -> Loader {
        Loader::new(Some(&self.staging()), trust).unwrap()
    }

    /// Compiles the C plugin as `file`. `changes` are `NAME=VALUE` for the preprocessor, or
    /// options for the compiler if they begin with a dash.
    pub(crate) fn plugin(&self, file: &str, changes: &[&str]) -> PathBuf {
        let canary = format!("-DCANARY=\"{}\"", self.canary(file).display());
        let option = |change: &&str| match change.starts_with('-') {
            true => (*change).to_owned(),
            false => format!("-D{change}"),
        };
        let options: Vec<String> = changes.iter().map(option).chain([canary]).collect();
        self.compile(file, SOURCE, &["-shared", "-fPIC", "-I", INCLUDE], &options)
    }

    /// Compiles a C text as `file`.
    pub(crate) fn text(&self, file: &str, source: &str, options: &[&str]) -> PathBuf {
        let text = self.path("source.c");
        fs::write(&text, source).unwrap();
        self.compile(file, text.to_str().unwrap(), options, &[])
    }

    fn compile(&self, file: &str, source: &str, options: &[&str], more: &[String]) -> PathBuf {
        let path = self.path(file);
        let mut compiler = Command::new("cc");
        compiler.arg(source).arg("-o").arg(&path).args(options).args(more);
        let output = compiler.current_dir(&self.folder).output().expect("a C compiler named cc");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Gives a place to a group that is not the running user's own; the modes to try there. Where
    /// the system does not let us, the last one is left out: it opens the place to the group alone.
    pub(crate) fn give_to_others(&self, place: &Path, modes: [u32; 3]) -> Vec<u32> {
        match chown(place, None, Some(65534)) {
            Ok(()) => modes.into(),
            Err(error) => {
                println!("SKIPPED mode {:04o}: another group needs root: {error}", modes[2]);
                modes[..2].into()
            }
        }
    }

    /// Created by the constructor of the plugin `file`.
    pub(crate) fn canary(&self, file: &str) -> PathBuf {
        self.path(&format!("{file}.ran"))
    }

    /// Loads a plugin that must be refused, by a message that names the file and holds `parts` in
    /// their order: field, expected, found, remedy. None of its code may have run.
    pub(crate) fn refused(&self, path: &Path, parts: [&str; 4]) -> Refusal {
        let Err(refusal) = self.loader().load(path, None) else {
            panic!("{} was loaded", path.display());
        };
        message(&refusal, path, parts);
        let file = path.file_name().unwrap().to_str().unwrap();
        assert!(!self.canary(file).exists(), "{file}: a constructor ran");
        assert_eq!(patchbay_loader::generations(), 0);
        refusal
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/plugin.c");
const INCLUDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sdk/include");

pub(crate) fn message(refusal: &Refusal, path: &Path, [field, expected, found, remedy]: [&str; 4]) {
    let text = refusal.to_string();
    println!("{text}");
    let expected = format!("expected {expected}");
    let found = format!("found {found}");
    let mut rest = text.as_str();
    for part in ["plugin ", path.to_str().unwrap(), field, &expected, &found, remedy] {
        let place = rest.find(part).unwrap_or_else(|| panic!("no `{part}` in: {text}"));
        rest = &rest[place + part.len()..];
    }
}

/// Calls code of the plugin.
pub(crate) fn digest(loaded: &Loaded) -> u64 {
    let instance = loaded.plugin.strategy(&[], 0, 0, &|_, _| ());
    instance.map(|instance| instance.digest()).unwrap()
}

pub(crate) fn sha256(manifest: &Result<Manifest, Refusal>) -> [u8; 32] {
    manifest.as_ref().unwrap().sha256
}
