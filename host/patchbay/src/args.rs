//! What may stand on the command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

/// Host for exchange adapters and strategies.
#[derive(Debug, Parser)]
#[command(name = "patchbay", version, about, disable_help_subcommand = true)]
pub(crate) struct Args {
    /// Folder of plugin files [default: `plugins` beside this program]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) plugins: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Feed recorded captures, or a journal, to an adapter and print the books
    Replay(ReplayArgs),
    /// Look at plugin files; none of their code runs
    Plugin {
        #[command(subcommand)]
        command: PluginCommand,
    },
    /// Check a configuration file and everything it names
    Check(CheckArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ReplayArgs {
    /// Captures (cryptofeed, hftbacktest; gzip, zstd or plain), merged by time; or one journal
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Adapter that reads the frames: a name in the plugin folder, or a path to a file
    #[arg(long, value_name = "NAME")]
    pub(crate) adapter: Option<String>,
    /// Strategy that sees the turns: a name in the plugin folder, or a path; may be repeated
    #[arg(long = "strategy", value_name = "NAME")]
    pub(crate) strategies: Vec<String>,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub(crate) json: bool,
    /// Write a journal of the run to this new folder
    #[arg(long, value_name = "DIR")]
    pub(crate) journal: Option<PathBuf>,
    /// Configuration of the adapter, over its own defaults: KEY=VALUE; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) settings: Vec<String>,
    /// Folder for the frames on which plugins failed
    #[arg(long, value_name = "DIR")]
    pub(crate) faults: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Every plugin in the folder, and why those that are refused would be
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// What one file says of itself
    Inspect {
        /// Plugin file
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    /// Configuration file
    pub(crate) config: PathBuf,
}
