//! Files that are refused for where they are, whose they are, or because nobody listed them.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "closures and helpers of tests")]

mod support;

use std::ffi::CString;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;

use patchbay_loader::{Trust, inspect};
use support::{isolated, message, sha256};

#[test]
fn not_a_file() {
    isolated("not_a_file", |bench| {
        let field = "file type";
        let expected = "a regular file";
        let folder = bench.path("folder.so");
        fs::create_dir(&folder).unwrap();
        bench.refused(&folder, [field, expected, "a folder;", "name the plugin's .so file"]);
        let plugin = bench.plugin("plugin.so", &[]);
        let link = bench.path("link.so");
        symlink(&plugin, &link).unwrap();
        bench.refused(&link, [field, expected, "a symbolic link;", "install a copy"]);
        let pipe = bench.path("pipe.so");
        make_pipe(&pipe);
        bench.refused(&pipe, [field, expected, "a pipe;", "name the plugin's .so file"]);
        let nothing = bench.path("nothing.so");
        bench.refused(&nothing, ["nothing.so", "it to be readable", "\"No such file", "check"]);
    });
}

fn make_pipe(path: &Path) {
    let name = CString::new(path.to_str().unwrap()).unwrap();
    #[allow(unsafe_code)]
    // SAFETY: a name that ends in zero.
    let made = unsafe { libc::mkfifo(name.as_ptr(), 0o600) };
    assert_eq!(made, 0);
}

#[test]
fn writable_by_others() {
    isolated("writable_by_others", |bench| {
        let expected = "no write permission for group and others";
        let path = bench.plugin("open.so", &[]);
        for mode in bench.give_to_others(&path, [0o666, 0o602, 0o620]) {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let found = format!("{mode:04o};");
            bench.refused(&path, ["mode of", expected, &found, "chmod go-w"]);
        }
        let folder = bench.path("shared");
        fs::create_dir_all(&folder).unwrap();
        let path = bench.plugin("shared/plugin.so", &[]);
        for mode in bench.give_to_others(&folder, [0o777, 0o1777, 0o770]) {
            fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
            let found = format!("{mode:04o};");
            let field = format!("mode of {}", folder.display());
            bench.refused(&path, [&field, expected, &found, "chmod go-w"]);
        }
    });
}

/// What `umask 002` makes, where each user is a group: nobody else can write there.
#[test]
fn writable_by_the_user_s_own_group() {
    isolated("writable_by_the_user_s_own_group", |bench| {
        fs::create_dir(bench.path("own")).unwrap();
        let path = bench.plugin("own/plugin.so", &[]);
        let meta = fs::metadata(&path).unwrap();
        if !is_one_user(meta.gid(), meta.uid()) {
            println!("SKIPPED writable_by_the_user_s_own_group: the group has other users");
            return;
        }
        for place in [&path, &bench.path("own")] {
            fs::set_permissions(place, fs::Permissions::from_mode(0o775)).unwrap();
        }
        inspect(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
        bench.refused(&path, ["mode of", "no write permission", "0777;", "chmod go-w"]);
    });
}

/// As the system's own commands tell it.
fn is_one_user(gid: u32, uid: u32) -> bool {
    let ask = |database: &str| {
        let output = Command::new("getent").arg(database).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let users = ask("passwd");
    let of_group: Vec<_> = users
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .filter(|user| user[3] == gid.to_string())
        .collect();
    let members = ask("group")
        .lines()
        .map(|line| line.split(':').map(str::to_owned).collect::<Vec<_>>())
        .find(|group| group[2] == gid.to_string())
        .map(|group| group[3].clone());
    let [only] = of_group.as_slice() else { return false };
    only[2] == uid.to_string() && members.is_some_and(|m| m.is_empty() || m == only[0])
}

#[test]
fn below_a_folder_of_others() {
    isolated("below_a_folder_of_others", |bench| {
        let outer = bench.path("outer");
        let inner = outer.join("inner");
        fs::create_dir_all(&inner).unwrap();
        let path = bench.plugin("outer/inner/plugin.so", &[]);
        fs::set_permissions(&outer, fs::Permissions::from_mode(0o777)).unwrap();
        let field = format!("mode of {}", outer.display());
        bench.refused(&path, [&field, "no write permission", "0777;", "chmod go-w"]);
        // The sticky bit keeps others from renaming `inner`.
        fs::set_permissions(&outer, fs::Permissions::from_mode(0o1777)).unwrap();
        inspect(&path).unwrap();
    });
}

#[test]
fn owned_by_a_stranger() {
    isolated("owned_by_a_stranger", |bench| {
        let path = bench.plugin("stranger.so", &[]);
        if let Err(error) = chown(&path, Some(65534), None) {
            println!("SKIPPED owned_by_a_stranger: chown needs root: {error}");
            return;
        }
        let field = format!("owner of {}", path.display());
        bench.refused(&path, [&field, "user 0 (root)", "user 65534;", "chown it"]);
        fs::create_dir(bench.path("theirs")).unwrap();
        let path = bench.plugin("theirs/plugin.so", &[]);
        chown(bench.path("theirs"), Some(65534), None).unwrap();
        let field = format!("owner of {}", bench.path("theirs").display());
        bench.refused(&path, [&field, "user 0 (root)", "user 65534;", "chown it"]);
    });
}

#[test]
fn not_listed() {
    isolated("not_listed", |bench| {
        let path = bench.plugin("listed.so", &[]);
        let manifest = inspect(&path);
        let right = sha256(&manifest);
        let listed = |name: &str, sha256| Trust::Listed([(name.to_owned(), sha256)].into());
        let hex: String = right.iter().map(|byte| format!("{byte:02x}")).collect();

        let refusal = bench.loader_with(listed("other.so", right)).load(&path, None).err();
        let parts = ["trust", "an entry for this file in plugins.toml", "none;", &hex];
        message(&refusal.unwrap(), &path, parts);

        let refusal = bench.loader_with(listed("listed.so", [0; 32])).load(&path, None).err();
        let parts = ["SHA-256", "00000000", &hex, "install the listed file"];
        message(&refusal.unwrap(), &path, parts);
        assert!(!bench.canary("listed.so").exists());

        let loaded = bench.loader_with(listed("listed.so", right)).load(&path, None);
        assert_eq!(loaded.unwrap().manifest, manifest.unwrap());
    });
}

#[test]
fn folder_is_scanned_by_name() {
    isolated("folder_is_scanned_by_name", |bench| {
        bench.plugin("b.so", &["NAME=\"second\""]);
        bench.plugin("a.so", &["NAME=\"first\""]);
        fs::write(bench.path("c.so"), "text").unwrap();
        fs::write(bench.path("notes.txt"), "text").unwrap();
        let loader = bench.loader();
        let found = loader.scan_folder(&bench.folder).unwrap();
        let names: Vec<_> = found.iter().map(|(path, _)| path.file_name().unwrap()).collect();
        assert_eq!(names, ["a.so", "b.so", "c.so"]);
        assert_eq!(found[0].1.as_ref().unwrap().name, "first");
        assert_eq!(found[1].1.as_ref().unwrap().name, "second");
        assert!(found[2].1.is_err());
        fs::set_permissions(&bench.folder, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(loader.scan_folder(&bench.folder).is_err());
    });
}
