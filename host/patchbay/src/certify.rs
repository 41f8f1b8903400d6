//! `patchbay certify`: what holds of an adapter's file.

use std::path::{Path, PathBuf};
use std::process::exit;

use patchbay_certify::{Certificate, Corpus, Means, catalogue, certify, confined, matrix};
use patchbay_loader::Kind;

use crate::args::CertifyArgs;
use crate::console::{progress, say};
use crate::{FAILED, Failure, plugin};

pub(crate) fn run(args: &CertifyArgs, folder: Option<&Path>) -> Result<(), Failure> {
    if args.catalogue {
        say(catalogue().trim());
        return Ok(());
    }
    if let (Some(trial), Some(stage), [file]) = (&args.confined, &args.stage, &args.files[..]) {
        exit(confined(file, stage, trial));
    }
    let corpus = corpus()?;
    let program = std::env::current_exe()?;
    let recordings = args.recordings.unwrap_or(usize::MAX);
    let means = Means { corpus: corpus.as_ref(), recordings, program: &program };
    let mut certificates = Vec::new();
    for file in files(args, folder)? {
        let name = file.file_name().unwrap_or_default().display().to_string();
        let say = |what: &str| progress(&format!("{name}: {what}"));
        certificates.push(certify(&file, means, say)?);
    }
    print(args, &certificates)?;
    let failed: Vec<String> = certificates.iter().filter_map(failures).collect();
    match failed.is_empty() {
        true => Ok(()),
        false => Err(Failure { text: failed.join("; "), code: FAILED }),
    }
}

fn print(args: &CertifyArgs, certificates: &[Certificate]) -> Result<(), Failure> {
    if args.matrix {
        say(matrix(certificates).trim_end());
    } else if args.json {
        let text = match certificates {
            [one] => serde_json::to_string(one),
            all => serde_json::to_string(all),
        };
        say(&text?);
    } else {
        let texts: Vec<_> = certificates.iter().map(ToString::to_string).collect();
        say(&texts.join("\n\n"));
    }
    Ok(())
}

/// The files named, and the adapters of the plugin folder if all are meant.
fn files(args: &CertifyArgs, folder: Option<&Path>) -> Result<Vec<PathBuf>, Failure> {
    let mut files = args.files.clone();
    if args.all {
        for (path, manifest) in plugin::open(folder)?.list()? {
            // A file that is refused has a certificate that says so.
            if manifest.as_ref().map_or(true, |manifest| manifest.kind == Kind::Adapter) {
                files.push(path);
            }
        }
    }
    Ok(files)
}

/// The corpus that is named, or the usual one if it is there.
fn corpus() -> Result<Option<Corpus>, Failure> {
    let named = std::env::var_os("PATCHBAY_CORPUS").map(PathBuf::from);
    let usual = PathBuf::from("../shared/corpus");
    let found = named.or_else(|| usual.join("MANIFEST.toml").is_file().then_some(usual));
    Ok(found.map(|root| Corpus::open(&root)).transpose()?)
}

fn failures(certificate: &Certificate) -> Option<String> {
    let numbers: Vec<_> = certificate.failed().map(|row| row.card.number.to_string()).collect();
    let adapter = &certificate.adapter;
    (!numbers.is_empty()).then(|| format!("{adapter}: failed {}", numbers.join(", ")))
}
