//! Plugins that are mapped: what runs is what was checked, whatever happens to the file.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "closures and helpers of tests")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use patchbay_loader::{Kind, Loader, Reason, Trust, generations, inspect};
use support::{Bench, digest, isolated, message, sha256};

#[test]
fn loads_and_runs() {
    isolated("loads_and_runs", |bench| {
        let path = bench.plugin("good.so", &["NAME=\"good\"", "DIGEST=42"]);
        let loader = bench.loader();
        let manifest = loader.inspect(&path).unwrap();
        assert!(!bench.canary("good.so").exists());
        let loaded = loader.load(&path, Some(Kind::Strategy)).unwrap();
        assert!(bench.canary("good.so").exists());
        assert_eq!((digest(&loaded), loaded.generation, generations()), (42, 1, 1));
        assert_eq!(loaded.manifest, manifest);
        let text = manifest.to_string();
        println!("{text}");
        let lines = ["kind     strategy", "name     good", "version  1.0.0", "build    cc"];
        assert!(lines.iter().all(|line| text.lines().any(|it| it == *line)));
        let minor = patchbay_abi::ABI_MINOR;
        let abi = format!("abi      0.{minor}, with hosts from 0.{minor}\nflags    no-panic\n");
        assert!(text.contains(&abi));
    });
}

#[test]
fn loads_by_relative_path() {
    isolated("loads_by_relative_path", |bench| {
        bench.plugin("here.so", &[]);
        std::env::set_current_dir(&bench.folder).unwrap();
        let loader = Loader::new(Some(Path::new("staging")), Trust::Folder).unwrap();
        std::env::set_current_dir("/").unwrap();
        std::env::set_current_dir(&bench.folder).unwrap();
        assert_eq!(digest(&loader.load(Path::new("here.so"), None).unwrap()), 1);
        assert_eq!(digest(&loader.load(Path::new("./here.so"), None).unwrap()), 1);
    });
}

#[test]
fn missing_symbol() {
    isolated("missing_symbol", |bench| {
        let path = bench.plugin("undefined.so", &["DIGEST=undefined(instance)", "-Wl,-z,lazy"]);
        let found = "undefined symbol: undefined";
        let refusal = bench.loader().load(&path, None).unwrap_err();
        let parts = ["mapping", "the dynamic linker to accept it", "\"", "link what is missing"];
        message(&refusal, &path, parts);
        assert!(refusal.to_string().contains(found));
        assert!(!bench.canary("undefined.so").exists());
        assert_eq!(generations(), 0);
    });
}

#[test]
fn missing_function() {
    isolated("missing_function", |bench| {
        let path = bench.plugin("lacks.so", &["ON_TURN=NULL"]);
        let refusal = bench.loader().load(&path, None).unwrap_err();
        let parts = ["vtable", "every required function", "\"function `on_turn`", "implement"];
        message(&refusal, &path, parts);
    });
}

#[test]
fn descriptor_changed_in_memory() {
    isolated("descriptor_changed_in_memory", |bench| {
        let path = bench.plugin("written.so", &["WRITTEN"]);
        let refusal = bench.loader().load(&path, None).unwrap_err();
        let parts = ["slot_size", "the file's value in memory", "another one", "constructor"];
        message(&refusal, &path, parts);
        // It is mapped all the same, and counted.
        assert_eq!(generations(), 1);
    });
}

#[test]
fn overwritten_in_place() {
    isolated("overwritten_in_place", |bench| {
        let path = bench.plugin("first.so", &["DIGEST=1"]);
        let other = bench.plugin("other.so", &["DIGEST=2"]);
        let loader = bench.loader();
        let first = loader.load(&path, None).unwrap();
        fs::write(&path, fs::read(&other).unwrap()).unwrap();
        assert_eq!(digest(&first), 1);
        fs::write(&path, "").unwrap();
        assert_eq!(digest(&first), 1);
        fs::remove_file(&path).unwrap();
        assert_eq!(digest(&first), 1);
    });
}

#[test]
fn replaced_by_renaming() {
    isolated("replaced_by_renaming", |bench| {
        let path = bench.plugin("plugin.so", &["DIGEST=1"]);
        let loader = bench.loader();
        let old = loader.load(&path, None).unwrap();
        fs::rename(bench.plugin("new.so", &["DIGEST=2"]), &path).unwrap();
        let new = loader.load(&path, None).unwrap();
        assert_eq!((digest(&old), digest(&new)), (1, 2));
        assert_eq!((old.generation, new.generation, generations()), (1, 2, 2));
        // A loader that comes after the first is gone must not meet its names again.
        drop(loader);
        fs::rename(bench.plugin("third.so", &["DIGEST=3"]), &path).unwrap();
        let third = bench.loader().load(&path, None).unwrap();
        assert_eq!((digest(&old), digest(&new), digest(&third)), (1, 2, 3));
    });
}

/// Two files take turns under one name until each was met 100 times; only the listed one may run.
fn race(bench: &Bench, replace: impl Fn(&Path, &[u8]) + Sync) {
    let path = bench.plugin("listed.so", &["DIGEST=1"]);
    let other = bench.plugin("other.so", &["DIGEST=2"]);
    let listed = sha256(&inspect(&path));
    let trust = Trust::Listed([("listed.so".to_owned(), listed)].into());
    let loader = bench.loader_with(trust);
    let contents = [fs::read(&path).unwrap(), fs::read(&other).unwrap()];
    let done = AtomicBool::new(false);
    let (mut loaded, mut refused) = (0, Vec::new());
    thread::scope(|scope| {
        let writer = || {
            for content in contents.iter().cycle() {
                replace(&path, content);
                thread::sleep(Duration::from_micros(100));
                if done.load(Ordering::Relaxed) {
                    break;
                }
            }
        };
        scope.spawn(writer);
        while loaded < 100 || refused.len() < 100 {
            match loader.load(&path, None) {
                Ok(plugin) if digest(&plugin) == 1 && plugin.manifest.sha256 == listed => {
                    loaded += 1;
                }
                Ok(_) => break,
                Err(refusal) => refused.push(refusal.reason),
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    let others = refused.iter().filter(|it| matches!(it, Reason::OtherContent { .. })).count();
    println!("loaded {loaded}, refused {}, {others} as other content", refused.len());
    assert!(loaded >= 100 && refused.len() >= 100, "a file that was not checked was mapped");
    assert!(!bench.canary("other.so").exists(), "code of the file that is not listed ran");
}

#[test]
fn swapped_while_loading() {
    isolated("swapped_while_loading", |bench| {
        race(bench, |path, content| {
            let new = path.with_extension("new");
            fs::write(&new, content).unwrap();
            fs::rename(&new, path).unwrap();
        });
    });
}

#[test]
fn overwritten_while_loading() {
    isolated("overwritten_while_loading", |bench| {
        race(bench, |path, content| fs::write(path, content).unwrap());
    });
}

#[test]
fn staging_is_private_and_removed() {
    isolated("staging_is_private_and_removed", |bench| {
        let path = bench.plugin("plugin.so", &["DIGEST=1"]);
        let loader = bench.loader();
        let loaded = loader.load(&path, None).unwrap();
        let [folder] = &folders(bench)[..] else { panic!("not one folder") };
        assert_eq!(mode(folder), 0o700);
        let copies = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let copies: Vec<_> = copies.filter(|path| path.extension().is_some()).collect();
        assert_eq!(copies.len(), 1);
        assert_eq!(mode(&copies[0]), 0o500);
        assert_eq!(fs::read(&copies[0]).unwrap(), fs::read(&path).unwrap());
        drop(loader);
        assert!(folders(bench).is_empty());
        assert_eq!(digest(&loaded), 1);
    });
}

#[test]
fn staging_under_others_is_refused() {
    isolated("staging_under_others_is_refused", |bench| {
        fs::set_permissions(bench.staging(), fs::Permissions::from_mode(0o777)).unwrap();
        let refusal = Loader::new(Some(&bench.staging()), Trust::Folder).unwrap_err();
        assert!(matches!(refusal.reason, Reason::Writable { .. }), "{refusal}");
        assert!(folders(bench).is_empty());
        // As /tmp is.
        fs::set_permissions(bench.staging(), fs::Permissions::from_mode(0o1777)).unwrap();
        bench.loader();
        let refusal = Loader::new(Some(&bench.path("nowhere")), Trust::Folder).unwrap_err();
        assert!(refusal.to_string().contains("nowhere, found \"No such file"), "{refusal}");
    });
}

#[test]
fn staging_of_the_dead_is_removed() {
    const BASE: &str = "PATCHBAY_LOADER_TEST_BASE";
    if let Some(base) = std::env::var_os(BASE) {
        let _loader = Loader::new(Some(Path::new(&base)), Trust::Folder).unwrap();
        fs::write(Path::new(&base).join("ready"), "").unwrap();
        thread::sleep(Duration::from_secs(60));
        return;
    }
    isolated("staging_of_the_dead_is_removed", |bench| {
        let alive = bench.loader();
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["staging_of_the_dead_is_removed", "--exact"]).stdout(Stdio::null());
        let mut child = child.env(BASE, bench.staging()).spawn().unwrap();
        while !bench.staging().join("ready").exists() {
            thread::sleep(Duration::from_millis(5));
        }
        drop(bench.loader());
        assert_eq!(folders(bench).len(), 2, "a living process lost its folder");
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(folders(bench).len(), 2);
        drop(bench.loader());
        assert_eq!(folders(bench).len(), 1);
        drop(alive);
        assert!(folders(bench).is_empty());
    });
}

fn folders(bench: &Bench) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(bench.staging()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}
