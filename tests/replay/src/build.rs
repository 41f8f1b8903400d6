//! The program and the plugins as a user would build them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// Paths of what was built.
#[derive(Debug)]
pub struct Built {
    /// The `patchbay` program.
    pub patchbay: PathBuf,
    artifacts: Vec<Value>,
}

impl Built {
    /// The library of a plugin's package.
    pub fn plugin(&self, package: &str) -> PathBuf {
        let target = package.replace('-', "_");
        let artifact = self.artifacts.iter().find(|a| a["target"]["name"] == target.as_str());
        let files = artifact.unwrap_or_else(|| panic!("{package} was not built"));
        let files = files["filenames"].as_array().unwrap().iter().filter_map(Value::as_str);
        files.map(PathBuf::from).find(|file| file.extension().is_some_and(|e| e == "so")).unwrap()
    }

    /// Runs the program; its output. Panics if it fails.
    pub fn run(&self, args: &[&str]) -> String {
        let output = self.command(args).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "patchbay {args:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The program with arguments, ready to run.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.patchbay);
        command.args(args).stdin(Stdio::null());
        command
    }
}

/// Builds once a test program, in the test's own profile or in release.
pub fn built(release: bool) -> &'static Built {
    static DEBUG: OnceLock<Built> = OnceLock::new();
    static RELEASE: OnceLock<Built> = OnceLock::new();
    let cell = if release { &RELEASE } else { &DEBUG };
    cell.get_or_init(|| build(release))
}

/// The library of an adapter alone, which takes less time than everything.
pub fn adapter(name: &str) -> PathBuf {
    static ALL: OnceLock<Built> = OnceLock::new();
    let built = ALL.get_or_init(|| {
        let packages: Vec<_> = adapters().iter().map(|name| format!("patchbay-{name}")).collect();
        Built { patchbay: PathBuf::new(), artifacts: artifacts(&packages, false) }
    });
    built.plugin(&format!("patchbay-{name}"))
}

/// The library of what a new adapter begins as.
pub fn template() -> PathBuf {
    let package = "patchbay-template".to_owned();
    let artifacts = artifacts(std::slice::from_ref(&package), false);
    Built { patchbay: PathBuf::new(), artifacts }.plugin(&package)
}

/// Names of all adapters.
fn adapters() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../adapters");
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn build(release: bool) -> Built {
    let packages = ["patchbay", "patchbay-recorder", "patchbay-zoo-panicker"].map(str::to_owned);
    let plugins = adapters().into_iter().map(|name| format!("patchbay-{name}"));
    let packages: Vec<_> = packages.into_iter().chain(plugins).collect();
    let artifacts = artifacts(&packages, release);
    let patchbay = artifacts
        .iter()
        .filter(|a| a["target"]["name"] == "patchbay")
        .find_map(|a| a["executable"].as_str())
        .unwrap();
    Built { patchbay: patchbay.into(), artifacts }
}

/// Builds packages; what cargo says of each.
fn artifacts(packages: &[String], release: bool) -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--message-format=json-render-diagnostics"]);
    packages.iter().for_each(|package| {
        command.args(["-p", package]);
    });
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    if release {
        command.arg("--release");
    }
    for (key, _) in std::env::vars_os() {
        let key = key.to_string_lossy().into_owned();
        if key.starts_with("CARGO_PKG_") || key.starts_with("CARGO_MANIFEST_") {
            command.env_remove(key);
        }
    }
    let output = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "building the program and the plugins failed");
    let messages = String::from_utf8(output.stdout).unwrap();
    messages.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Compiles the recorder in C to `library`.
pub fn compile_c_recorder(library: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    compile_c(&root.join("strategies/c-recorder/recorder.c"), library);
}

/// Compiles a plugin in C to `library`.
pub fn compile_c(source: &Path, library: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let cc = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let compiled = Command::new(cc)
        .args(["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"])
        .args(["-fvisibility=hidden", "-Wl,-z,now,-z,nodelete", "-I"])
        .arg(root.join("sdk/include"))
        .arg("-o")
        .arg(library)
        .arg(source)
        .status()
        .unwrap();
    assert!(compiled.success());
}

/// A new empty folder that only the running user can change, among the temporary files.
pub fn scratch(name: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let folder = std::env::temp_dir().join(format!("patchbay-{name}-{}", std::process::id()));
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    folder
}
