//! `patchbay certify`: what holds of an adapter's file.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::exit;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use patchbay_certify::{
    Certificate, CertifyError, Corpus, Means, catalogue, certify, confined, matrix,
};
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
    let certificates = together(&files(args, folder)?, means)?;
    print(args, &certificates)?;
    let failed: Vec<String> = certificates.iter().filter_map(failures).collect();
    match failed.is_empty() {
        true => Ok(()),
        false => Err(Failure { text: failed.join("; "), code: FAILED }),
    }
}

/// The certificates of files, in their order. As many are made at once as there are processors: most
/// of the time of each goes into waiting for a running host.
fn together(files: &[PathBuf], means: Means<'_>) -> Result<Vec<Certificate>, CertifyError> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<_>, CertifyError> {
        let mut made = Vec::new();
        while let Some((number, file)) = files.iter().enumerate().nth(next.fetch_add(1, Relaxed)) {
            let name = file.file_name().unwrap_or_default().display().to_string();
            let say = |what: &str| progress(&format!("{name}: {what}"));
            made.push((number, certify(file, means, say)?));
        }
        Ok(made)
    };
    let made = thread::scope(|scope| {
        let count = thread::available_parallelism().map_or(1, usize::from).min(files.len());
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| match worker.join() {
            Ok(made) => made,
            Err(panic) => resume_unwind(panic),
        });
        ended.collect::<Result<Vec<_>, _>>()
    })?;
    let mut all: Vec<_> = made.into_iter().flatten().collect();
    all.sort_by_key(|(number, _)| *number);
    Ok(all.into_iter().map(|(_, certificate)| certificate).collect())
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
