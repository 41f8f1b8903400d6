//! The host as a service: what it tells systemd, where its words go, what signals do, what it
//! refuses to start with.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use patchbay_test_lab::Site;
use patchbay_test_replay::{built, compile_c, scratch};
use patchbay_venue::AtEnd;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Stands in for systemd.
struct Manager {
    socket: UnixDatagram,
    heard: Vec<String>,
}

impl Manager {
    fn new(site: &Site) -> Self {
        let socket = UnixDatagram::bind(site.path("notify")).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self { socket, heard: Vec::new() }
    }

    /// Listens until a message has `part`.
    fn until(&mut self, part: &str) {
        let mut buffer = [0; 1024];
        for _ in 0..300 {
            let len = self.socket.recv(&mut buffer);
            let len = len.unwrap_or_else(|error| panic!("{part}: {error}: {:?}", self.heard));
            let text = String::from_utf8(buffer[..len].to_vec()).unwrap();
            let found = text.contains(part);
            self.heard.push(text);
            if found {
                return;
            }
        }
        panic!("{part}: {:?}", self.heard);
    }

    fn count(&self, message: &str) -> usize {
        self.heard.iter().filter(|heard| *heard == message).count()
    }
}

/// The program, without what cargo gives to tests.
fn patchbay(args: &[&str]) -> Command {
    let mut command = built(false).command(args);
    command.env_remove("LD_LIBRARY_PATH");
    command
}

fn service(site: &Site, more: &str) -> Command {
    let config = site.configure(more);
    let mut command = patchbay(&["--plugins"]);
    command.arg(site.path("plugins")).args(["run", "--production"]).arg(config);
    command.env("NOTIFY_SOCKET", site.path("notify")).env("WATCHDOG_USEC", "2000000");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A service, ended with the test.
struct Running(Option<Child>);

impl Running {
    fn start(command: &mut Command) -> Self {
        Self(Some(command.spawn().unwrap()))
    }

    fn pid(&self) -> Pid {
        Pid::from_child(self.0.as_ref().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

fn signal(running: &Running, signal: Signal) {
    kill_process(running.pid(), signal).unwrap();
}

fn ended(mut running: Running) -> (Option<i32>, String, String) {
    let child = running.0.take().unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// Cores that the thread of that name may run on.
fn cores_of(running: &Running, name: &str) -> String {
    let tasks = fs::read_dir(format!("/proc/{}/task", running.pid())).unwrap();
    let status = tasks.map(|task| fs::read_to_string(task.unwrap().path().join("status")).unwrap());
    let own =
        status.into_iter().find(|text| text.starts_with(&format!("Name:\t{name}\n"))).unwrap();
    let line = own.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap();
    line.trim().to_owned()
}

#[test]
fn a_service_says_how_it_goes_and_stops_in_order() {
    let Some(site) = Site::new("service", 20.0, AtEnd::Stay) else { return };
    let mut manager = Manager::new(&site);
    let log = site.path("logs/patchbay.log");
    let (key, canary) = (site.path("secrets/account.toml"), "canary-4f1d9ab2");
    fs::create_dir(site.path("secrets")).unwrap();
    fs::set_permissions(site.path("secrets"), fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(&key, format!("key_id = \"{canary}\"\nsecret = \"{canary}\"\n")).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    // The table of the adapter is the last one.
    let more = "keys = [\"account\"]\n[strategies.recorder]\n[log]\nlevel = \"debug\"\n\
        [host.cores]\nengine = [0]\nio = [IO]\nmulticast = [0, IO]";
    let io = usize::from(std::thread::available_parallelism().unwrap().get() > 1);
    let more = more.replace("IO", &io.to_string());
    let child = Running::start(service(&site, &more).env("LIMITED_MODE", "true"));

    manager.until("READY=1");
    assert!(manager.heard.iter().all(|m| !m.contains("STATUS=")), "ready before all else");
    manager.until("1 of 1 books live");
    manager.until("WATCHDOG=1");
    let proc = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.pid())).unwrap();
    let core = proc("limits").lines().find(|line| line.starts_with("Max core")).unwrap().to_owned();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    assert_eq!(cores_of(&child, "engine"), "0");
    assert_eq!(cores_of(&child, "io"), io.to_string());
    assert_eq!(cores_of(&child, "multicast"), if io == 0 { "0" } else { "0-1" });
    assert!(!proc("environ").contains(canary) && !proc("cmdline").contains(canary));

    let moved = site.path("logs/moved");
    fs::rename(&log, &moved).unwrap();
    signal(&child, Signal::HUP);
    for _ in 0..100 {
        if log.exists() {
            break;
        }
        sleep(Duration::from_millis(50));
    }
    signal(&child, Signal::TERM);
    manager.until("STOPPING=1");
    assert_eq!(ended(child), (Some(0), String::new(), String::new()), "nothing on the terminal");
    assert!(manager.count("WATCHDOG=1") >= 1);

    let (before, after) = (fs::read_to_string(moved).unwrap(), fs::read_to_string(log).unwrap());
    for part in
        ["INFO  host: patchbay ", ", LIMITED_MODE", "INFO  binance: connection 1 is open: wss://"]
    {
        assert!(before.contains(part), "{part}: {before}");
    }
    for part in ["SIGHUP", "stopping, by a signal", "stopped: "] {
        assert!(after.contains(part), "{part}: {after}");
    }
    assert!(!before.contains(canary) && !after.contains(canary));
    assert!(!site.path("run/control").exists(), "the socket is taken away");
    site.remove();
}

#[test]
fn a_service_stops_by_its_control_socket_and_after_its_time() {
    let Some(site) = Site::new("service-control", 1.0, AtEnd::Stay) else { return };
    let mut manager = Manager::new(&site);
    let child = Running::start(&mut service(&site, ""));
    manager.until("READY=1");
    let second = service(&site, "").output().unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.contains("is in use by another host"), "{said}");
    let stop = "{\"id\":1,\"do\":\"stop\"}\n";
    let mut socket = std::os::unix::net::UnixStream::connect(site.path("run/control")).unwrap();
    std::io::Write::write_all(&mut socket, stop.as_bytes()).unwrap();
    manager.until("STOPPING=1");
    assert_eq!(ended(child).0, Some(0));

    let mut command = service(&site, "");
    command.args(["--for", "300ms"]);
    assert_eq!(ended(Running::start(&mut command)), (Some(0), String::new(), String::new()));
    let log = fs::read_to_string(site.path("logs/patchbay.log")).unwrap();
    for part in ["stopping, by an operator", "stopping, by the end of its time"] {
        assert!(log.contains(part), "{part}: {log}");
    }
    let refused = log.lines().find(|line| line.contains("is in use by another host"));
    assert!(refused.is_some_and(|line| line.contains("ERROR host: ")), "{log}");
    site.remove();
}

#[test]
fn strategies_are_loaded_by_the_configuration() {
    let Some(site) = Site::new("strategies-configured", 20.0, AtEnd::Stay) else { return };
    let more = "[strategies.c]\nplugin = \"c-recorder\"\n[strategies.rust]\nplugin = \"recorder\"";
    let config = site.configure(more);
    let plugins = site.path("plugins");
    let output = built(false).run(&[
        "--plugins",
        plugins.to_str().unwrap(),
        "run",
        config.to_str().unwrap(),
        "--for",
        "6s",
        "--json",
    ]);
    let status: Value = serde_json::from_str(&output).unwrap();
    let plugins = status["plugins"].as_array().unwrap();
    let names: Vec<_> = plugins.iter().map(|plugin| plugin["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["binance", "c", "rust"]);
    assert_eq!(plugins[1]["digest"], plugins[2]["digest"]);
    assert_eq!(plugins[1]["frames"], plugins[2]["frames"]);
    assert!(plugins[1]["frames"].as_u64().unwrap() > 100, "{plugins:?}");
    assert!(plugins[2]["ns_per_frame"].as_u64().unwrap() > 0, "{plugins:?}");
    site.remove();
}

/// Runs the program; exit code and standard error.
fn run(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn an_environment_that_loads_other_code_is_refused() {
    let folder = scratch("linker");
    let config = folder.join("patchbay.toml");
    fs::write(&config, "[adapters.binance]\n").unwrap();
    let command = |production: bool, name: &str| {
        let mut command = patchbay(&["run"]);
        command.arg(&config).env(name, folder.join("nothing"));
        if production {
            command.arg("--production");
        }
        command
    };
    for name in ["LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT"] {
        let (code, said) = run(&mut command(true, name));
        assert_eq!(code, Some(78), "{said}");
        let words = format!("environment: {name} is set");
        assert!(said.contains(&words) && said.contains("unset it"), "{said}");
        let (_, said) = run(&mut command(false, name));
        assert!(said.contains("warning: ") && said.contains(&words), "{said}");
    }
    let mut command = command(true, "NOTHING");
    command.env("NOTIFY_SOCKET", "vsock:2:1234");
    // The plugin folder is not there, which is found first.
    let (code, said) = run(&mut command);
    assert_eq!(code, Some(78), "{said}");
    let (code, said) = run(command.arg("--json"));
    assert_eq!(code, Some(2), "{said}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_manager_that_cannot_be_told_is_named() {
    let Some(site) = Site::new("no-manager", 1.0, AtEnd::Stay) else { return };
    let (code, said) = run(service(&site, "").env("NOTIFY_SOCKET", "vsock:2:1234"));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("`NOTIFY_SOCKET` cannot be used"), "{said}");
    site.remove();
}

/// The recorder in C, but that its 50th turn never ends.
fn compile_endless(site: &Site) {
    let source = include_str!("../../../strategies/c-recorder/recorder.c");
    let endless =
        "recorder->turns++;\n    volatile int on = 1;\n    while (recorder->turns >= 50 && on) {}";
    let endless = source.replace("recorder->turns++;", endless);
    assert_ne!(endless, source);
    let file = site.path("endless.c");
    fs::write(&file, endless.replace("\"c-recorder\"", "\"endless\"")).unwrap();
    compile_c(&file, &site.plugin("endless"));
}

#[test]
fn an_engine_that_hangs_has_no_pulse_and_a_second_signal_ends_it() {
    let Some(site) = Site::new("hangs", 20.0, AtEnd::Stay) else { return };
    compile_endless(&site);
    let mut manager = Manager::new(&site);
    let child = Running::start(&mut service(&site, "[strategies.endless]"));
    manager.until("READY=1");
    manager.until("WATCHDOG=1");
    // Every half second while it lives. When there was none for two, it hangs.
    for _ in 0..60 {
        let before = manager.count("WATCHDOG=1");
        (0..2).for_each(|_| manager.until("STATUS="));
        if manager.count("WATCHDOG=1") == before {
            break;
        }
    }
    let beats = manager.count("WATCHDOG=1");
    (0..3).for_each(|_| manager.until("STATUS="));
    assert_eq!(manager.count("WATCHDOG=1"), beats, "{:?}", manager.heard);
    signal(&child, Signal::TERM);
    manager.until("STOPPING=1");
    sleep(Duration::from_millis(300));
    signal(&child, Signal::TERM);
    assert_eq!(ended(child).0, Some(1), "the first one waits for the engine");
    site.remove();
}

const MANUAL: &str = include_str!("../../../docs/operations.md");

/// The blocks of the manual in a language.
fn blocks(language: &str) -> impl Iterator<Item = &'static str> {
    let all = MANUAL.split(&format!("```{language}\n")).skip(1).collect::<Vec<_>>();
    all.into_iter().map(|block| block.split("```").next().unwrap())
}

#[test]
fn the_unit_of_the_manual_is_sound() {
    let folder = scratch("unit");
    let unit = blocks("ini").next().unwrap();
    let program = built(false).patchbay.display().to_string();
    let file = folder.join("patchbay.service");
    fs::write(&file, unit.replace("/usr/local/bin/patchbay", &program)).unwrap();
    let analyze = |args: &[&str]| Command::new("systemd-analyze").args(args).arg(&file).output();
    let Ok(verified) = analyze(&["verify"]) else {
        println!("SKIPPED: systemd-analyze is not installed");
        return;
    };
    let said = String::from_utf8(verified.stderr).unwrap();
    assert!(verified.status.success() && said.is_empty(), "{said}");
    // 2.0 of 10 at most: the network is what it is for.
    let secured = analyze(&["security", "--offline=true", "--threshold=20", "--no-pager"]).unwrap();
    let said = String::from_utf8(secured.stdout).unwrap();
    assert!(secured.status.success(), "{said}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_configuration_of_the_manual_is_taken() {
    let Some(site) = Site::new("manual", 1.0, AtEnd::Stay) else { return };
    let text = blocks("toml").next().unwrap();
    assert!(text.starts_with("[host]"), "{text}");
    let plugins = site.path("plugins");
    let hash = |name: &str| {
        let file = site.plugin(name).display().to_string();
        let said = built(false).run(&["plugin", "inspect", &file, "--json"]);
        let said: Value = serde_json::from_str(&said).unwrap();
        format!("[[plugin]]\nfile = \"{name}.so\"\nsha256 = {}\n", said["sha256"])
    };
    fs::write(site.path("plugins.toml"), hash("binance")).unwrap();
    let text = text.replace("10.0.0.5", "127.0.0.1");
    let text = text.replace("/usr/local/lib/patchbay/plugins", plugins.to_str().unwrap());
    let config = site.path("manual.toml");
    fs::write(&config, text).unwrap();
    let said = built(false).run(&["check", config.to_str().unwrap()]);
    assert!(said.contains("no problems"), "{said}");
    site.remove();
}
