//! Keys of the host and of instances that depend on the machine, on a plugin, or on other files.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use patchbay_control::LogLevel;
use patchbay_runtime::Cores;
use patchbay_runtime::config::{Config, Instance, PluginTables, SettingValue, Wanted};
use patchbay_runtime::live::Wait;

const SCHEMA: &str = "[keys.symbols_per_connection]\ntype = \"integer\"\nmin = 1\nmax = 200\n\
     doc = \"Symbols over one websocket.\"\n";

/// A new folder for one test, removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let name = format!("patchbay-host-keys-{test}-{}", std::process::id());
        let folder = Self(std::env::temp_dir().join(name));
        fs::create_dir(&folder.0).unwrap();
        folder
    }

    fn load_with(&self, text: &str, tables: &PluginTables) -> Result<Config, String> {
        let path = self.0.join("patchbay.toml");
        fs::write(&path, text).unwrap();
        let config = Config::load(&path, &mut |_: &Wanted<'_>| Ok(tables.clone()));
        config.map_err(|error| error.to_string().replace(&format!("{}/", self.0.display()), ""))
    }

    fn load(&self, text: &str) -> Result<Config, String> {
        let defaults = "symbols_per_connection = 5".to_owned();
        self.load_with(text, &PluginTables { defaults, schema: SCHEMA.to_owned() })
    }

    fn refusal(&self, text: &str) -> String {
        self.load(text).expect_err(text)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn what_is_written_is_what_is_meant() {
    let folder = Folder::new("meant");
    let text = "[host]\nnumber = 7\nwait = \"spin\"\n\
        [multicast]\ninterface = \"127.0.0.2\"\nttl = 3\ncrypto = \"239.1.2.3:5001\"\n\
        stocks = \"239.1.2.4:5002\"\ndatagram_bytes = 1000\nsnapshot_cycle_s = 11\n\
        snapshot_burst = 2\nheartbeat_ms = 250\nrepeat_s = 6\nmonitor_ms = 1500\n\
        derived_quotes = false\n\
        [books]\ncrossed_ms = 0\naudit_s = 7\naudit_percent = 50\n\
        [control]\nsocket = \"run/c\"\n\
        [log]\nfolder = \"/l\"\nlevel = \"warn\"\nfile_mib = 3\nfiles = 4\n\
        [network]\naddresses = [\"API.x.com:443=127.0.0.1:9\"]\n";
    let host = folder.load(text).unwrap().host;
    assert_eq!((host.number, host.wait), (7, Wait::Spin));
    let publisher = host.multicast.publisher;
    assert_eq!((publisher.publisher, publisher.channels), (7, [true; 2]));
    assert_eq!((publisher.max_datagram, publisher.snapshot_burst), (1000, 2));
    assert_eq!(publisher.snapshot_cycle_ns, 11_000_000_000);
    assert_eq!((publisher.heartbeat_ns, publisher.repeat_ns), (250_000_000, 6_000_000_000));
    assert_eq!((publisher.text_ns, publisher.derived_quotes), (1_500_000_000, false));
    let books = host.books;
    assert_eq!((books.crossed_ns, books.audit_ns, books.audit_percent), (0, 7_000_000_000, 50));
    let lines = host.multicast.lines;
    assert_eq!((lines.interface.to_string(), lines.ttl), ("127.0.0.2".to_owned(), 3));
    let groups = lines.groups.map(|group| format!("{}:{}", group.address, group.port));
    assert_eq!(groups, ["239.1.2.3:5001", "239.1.2.4:5002"]);
    assert_eq!(host.control_socket, Some(folder.0.join("run/c")));
    assert_eq!((host.log.folder.to_str(), host.log.level), (Some("/l"), LogLevel::Warn));
    assert_eq!((host.log.file_bytes, host.log.files), (3 << 20, 4));
    let addresses: Vec<_> = host.network.addresses.into_iter().collect();
    assert_eq!(addresses, [("api.x.com:443".to_owned(), "127.0.0.1:9".parse().unwrap())]);

    let off = folder.load("[multicast]\nenabled = false\ninterface = \"192.0.2.1\"").unwrap();
    assert_eq!(off.host.multicast.publisher.channels, [false; 2]);
}

#[test]
fn what_the_machine_does_not_have_is_refused_with_what_it_has() {
    let folder = Folder::new("machine");
    let refusal = folder.refusal("[host.cores]\nengine = [0]\nio = [0, 9999, -1]");
    let lines: Vec<&str> = refusal.lines().collect();
    assert_eq!(lines.len(), 2, "{refusal}");
    let expected = "patchbay.toml:3:10: `host.cores.io.1`: expected a core that this process may \
                    use: 0";
    assert!(lines[0].starts_with(expected) && lines[0].ends_with(", found 9999"), "{refusal}");
    assert!(lines[1].starts_with("patchbay.toml:3:16: `host.cores.io.2`"), "{refusal}");
    let cores = folder.load("[host.cores]\nengine = [0]\nio = [0]").unwrap().host.cores;
    assert_eq!(cores, Cores { engine: vec![0], io: vec![0], multicast: Vec::new() });

    let refusal = folder.refusal("[network]\nextra_ca = [\"none.pem\"]");
    let expected = "patchbay.toml:2:13: `network.extra_ca.0`: expected a file with PEM \
                    certificates, found none.pem (";
    assert!(refusal.starts_with(expected), "{refusal}");

    // A network for documentation (RFC 5737): nobody's interface.
    assert_eq!(
        folder.refusal("[multicast]\ninterface = \"192.0.2.1\""),
        "patchbay.toml:2:13: `multicast.interface`: expected the IPv4 address of an interface of \
         this machine, found 192.0.2.1",
    );
}

#[test]
fn keys_that_contradict_each_other_are_refused() {
    let folder = Folder::new("contradict");
    assert_eq!(
        folder.refusal("[host]\nwait = \"spin\"\n[host.cores]\nengine = [0]\nio = [0]"),
        "patchbay.toml:5:7: `host.cores.io.0`: expected a core that no thread above it fills, \
         as `wait = \"spin\"` does, found 0",
    );
    let both = "[host]\nwait = \"spin\"\n[host.cores]\nio = [0]\nmulticast = [0]";
    assert!(folder.refusal(both).contains("`host.cores.multicast.0`"));
    assert_eq!(
        folder.refusal("[multicast]\ncrypto = \"239.1.1.1:1\"\nstocks = \"239.1.1.1:1\""),
        "patchbay.toml:3:10: `multicast.stocks`: expected another group or port than channel 1, \
         found 239.1.1.1:1",
    );
}

#[test]
fn symbols_of_a_connection_are_bounded_by_the_plugin() {
    let folder = Folder::new("symbols");
    let of = |text: &str| folder.load(text).unwrap().instances[0].settings.clone();
    let is = |count| vec![("symbols_per_connection".to_owned(), SettingValue::Int(count))];
    assert_eq!(of("[adapters.x]"), is(5));
    assert_eq!(of("[adapters.x]\nsymbols_per_connection = 200"), is(200));
    assert_eq!(
        folder.refusal("[adapters.x]\nsymbols_per_connection = 201"),
        "patchbay.toml:2:26: `adapters.x.symbols_per_connection`: expected an integer from 1 to \
         200, found the integer 201",
    );
    assert_eq!(
        folder
            .refusal("[adapters.x]\nsymbols_per_connection = 7\nvenue.symbols_per_connection = 8"),
        "patchbay.toml:2:26: `adapters.x.symbols_per_connection`: expected the key once, found \
         another in `adapters.x.venue`",
    );
    let without = folder.load_with(
        "[adapters.x]\nsymbols_per_connection = 7",
        &PluginTables { defaults: String::new(), schema: String::new() },
    );
    assert!(without.unwrap_err().contains("unknown key `adapters.x.symbols_per_connection`"));
    for key in ["symbols_per_connection = 5", "streams = []", "keys = []"] {
        let refusal = folder.refusal(&format!("[strategies.x]\n{key}"));
        assert!(refusal.contains("unknown key `strategies.x."), "{refusal}");
    }
}

#[test]
fn keys_are_read_from_private_files_alone() {
    let folder = Folder::new("keys");
    let text = "[adapters.x]\nkeys = [\"one\"]";
    let secrets = folder.0.join("secrets");
    let place = "patchbay.toml:2:9: `adapters.x.keys.0`: expected the name of a key that can be \
                 read, found \"one\"";
    let refused = |why: &str| {
        let refusal = folder.refusal(text);
        assert!(refusal.starts_with(place) && refusal.contains(why), "{why}: {refusal}");
        assert!(!refusal.contains("canary"), "{refusal}");
    };
    let mode = |path: &PathBuf, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    refused("secrets: No such file");
    fs::create_dir(&secrets).unwrap();
    mode(&secrets, 0o700);
    refused("secrets/one.toml: No such file");
    let key = secrets.join("one.toml");
    fs::write(&key, "secret = \"canary\"\n").unwrap();
    mode(&key, 0o644);
    refused("secrets/one.toml: mode 0644, expected 0600; chmod it");
    mode(&key, 0o600);
    let config = folder.load(text).unwrap();
    assert_eq!(config.instances[0].keys, ["one"]);
    let keyring = config.host.secrets.keyring(&config.instances[0].keys);
    assert_eq!(keyring.unwrap().account(), "one");
    let dumpable = rustix::process::dumpable_behavior().unwrap();
    assert_eq!(dumpable, rustix::process::DumpableBehavior::NotDumpable);
    assert_eq!(rustix::process::getrlimit(rustix::process::Resource::Core).maximum, Some(0));
    mode(&secrets, 0o770);
    refused("secrets: mode 0770, expected not writable for group and others");
    mode(&secrets, 0o700);
    fs::rename(&key, secrets.join("other.toml")).unwrap();
    symlink("other.toml", &key).unwrap();
    refused("one.toml: a symbolic link");
    let refusal = folder.refusal("[adapters.x]\nkeys = [\"../one\"]");
    assert!(refusal.contains("expected the name of a key, A-Z"), "{refusal}");

    // Nobody runs this test as a unit with credentials, so nothing is known of them yet.
    let unit = format!("[secrets]\nfrom = \"credentials\"\n{text}");
    let config = folder.load(&unit).unwrap();
    let error = config.host.secrets.keyring(&config.instances[0].keys).err().unwrap().to_string();
    assert!(error.contains("LoadCredential="), "{error}");
}

#[test]
fn a_plugin_that_refuses_its_settings_is_quoted() {
    let folder = Folder::new("refuses");
    let path = folder.0.join("patchbay.toml");
    let tables = PluginTables {
        defaults: "symbols_per_connection = 5".to_owned(),
        schema: SCHEMA.to_owned(),
    };
    let load = |text: &str| {
        fs::write(&path, text).unwrap();
        let mut probe = |instance: &Instance| match instance.settings[0].1 {
            SettingValue::Int(5) => Ok(()),
            _ => Err("only five will do".to_owned()),
        };
        let config = Config::load_and_probe(&path, &mut |_| Ok(tables.clone()), &mut probe);
        config.map_err(|error| error.to_string().replace(&format!("{}/", folder.0.display()), ""))
    };
    assert!(load("[adapters.x]").is_ok());
    assert_eq!(
        load("[host]\n[adapters.x]\nsymbols_per_connection = 6").unwrap_err(),
        "patchbay.toml:2:11: `adapters.x`: expected settings that plugin x takes, found its answer \
         \"only five will do\"",
    );
    let twice = load("[adapters.x]\nsymbols_per_connection = 0").unwrap_err();
    assert_eq!(twice.lines().count(), 1, "a wrong value is not tried: {twice}");
}
