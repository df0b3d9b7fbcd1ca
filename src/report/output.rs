//! An output folder that is complete or absent: written aside, then renamed.
//!
//! A rename within one folder is atomic, so whoever looks under the final name
//! finds the former results or the new ones, never half of either: not after a
//! full disk, not after a kill.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::ReportError;

/// A folder holds results of ours when it has one of these files: every run has the
/// first, every study the second.
const MARKS: [&str; 2] = ["summary.json", "study.json"];

/// Why results could not be put in their folder. The former results, if any, are
/// untouched, unless the message says where they are.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The folder has something else in it.
    #[error(
        "{} exists and holds no results of portolan (neither {} nor {} in it), so it is not replaced; \
         name another folder with --out, or remove it",
        path.display(), MARKS[0], MARKS[1]
    )]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// The path names no folder: it is empty, a root, or ends in `..`.
    #[error("{} does not name a folder to write results to", path.display())]
    NoName {
        /// The path.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The report itself could not be written.
    #[error(transparent)]
    Report(#[from] ReportError),
}

/// Fills a new folder by `fill` and puts it in the place of `target`.
///
/// `fill` gets an empty folder beside `target`, on the same file system. When it
/// fails, that folder is removed and `target` is as it was. Folders that killed
/// runs left behind are removed first.
///
/// # Errors
/// If `target` holds something that is not ours, or the file system refuses, or
/// `fill` fails.
pub fn replace<F>(target: &Path, fill: F) -> Result<(), OutputError>
where
    F: FnOnce(&Path) -> Result<(), ReportError>,
{
    check(target)?;
    let place = Place::of(target)?;
    attempt("create", &place.parent, |path| fs::create_dir_all(path))?;
    place.remove_leftovers();
    let partial = Aside { path: place.aside("partial") };
    attempt("create", &partial.path, |path| fs::create_dir(path))?;
    fill(&partial.path)?;
    // Somebody may have put something there while the report was written.
    check(target)?;
    if fs::symlink_metadata(target).is_err() {
        return attempt("rename to its final name", &partial.path, |path| fs::rename(path, target));
    }
    let former = Aside { path: place.aside("former") };
    attempt("move aside", target, |path| fs::rename(path, &former.path))?;
    attempt("rename to its final name", &partial.path, |path| fs::rename(path, target)).inspect_err(|_| {
        // Nothing better can be done if this fails too: the folder stays aside.
        let _ = fs::rename(&former.path, target);
    })
}

/// Whether results may be written to `target`: it does not exist, is an empty
/// folder, or holds former results. To be asked before a long run.
///
/// # Errors
/// If it holds something else, or cannot be looked at.
pub fn check(target: &Path) -> Result<(), OutputError> {
    match fs::read_dir(target) {
        Ok(mut entries) => {
            if entries.next().is_none() || MARKS.iter().any(|mark| names_us(&target.join(mark))) {
                Ok(())
            } else {
                Err(OutputError::NotOurs { path: target.to_owned() })
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(OutputError::NotOurs { path: target.to_owned() })
        }
        Err(source) => Err(OutputError::Io { action: "look at", path: target.to_owned(), source }),
    }
}

/// Whether a file is there that says that it is ours: its head names the program.
fn names_us(mark: &Path) -> bool {
    const HEAD: u64 = 4096;
    let mut head = Vec::new();
    let read = fs::File::open(mark).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains("portolan")
}

fn attempt<P, T>(
    action: &'static str,
    path: P,
    operation: impl FnOnce(&Path) -> io::Result<T>,
) -> Result<T, OutputError>
where
    P: AsRef<Path>,
{
    let path = path.as_ref();
    operation(path).map_err(|source| OutputError::Io { action, path: path.to_owned(), source })
}

/// Where the target is.
struct Place {
    parent: PathBuf,
    name: OsString,
}

impl Place {
    fn of(target: &Path) -> Result<Self, OutputError> {
        let name = target.file_name().ok_or_else(|| OutputError::NoName { path: target.to_owned() })?;
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        Ok(Self { parent, name: name.to_owned() })
    }

    /// `.<name>.<kind>-<process>`, beside the target. The number never reaches a
    /// result; it keeps two runs that happen at once apart.
    fn aside(&self, kind: &str) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(&self.name);
        name.push(format!(".{kind}-{}", std::process::id()));
        self.parent.join(name)
    }

    /// Removes what dead runs left beside the target. A folder whose process may
    /// still live is left alone; what cannot be removed does no harm.
    fn remove_leftovers(&self) {
        let Ok(entries) = fs::read_dir(&self.parent) else { return };
        for entry in entries.flatten() {
            if let Some(process) = self.process_of(&entry.file_name())
                && !is_alive(process)
            {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// The process that made a folder aside of this target.
    fn process_of(&self, name: &std::ffi::OsStr) -> Option<u32> {
        let rest = name.to_str()?.strip_prefix('.')?.strip_prefix(self.name.to_str()?)?;
        rest.strip_prefix(".partial-").or_else(|| rest.strip_prefix(".former-"))?.parse().ok()
    }
}

/// Whether a process may be alive. Where there is no `/proc`, every process but
/// our own is taken to be: a leftover is better than a folder pulled from under a
/// living run.
fn is_alive(process: u32) -> bool {
    if process == std::process::id() {
        return false;
    }
    !Path::new("/proc/self").exists() || Path::new("/proc").join(process.to_string()).exists()
}

/// A folder aside, removed when it goes out of scope under that name.
struct Aside {
    path: PathBuf,
}

impl Drop for Aside {
    fn drop(&mut self) {
        // After the rename nothing has this name any more; an error says just that.
        let _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;

    const MARK: &str = MARKS[0];

    fn write(text: &'static str) -> impl FnOnce(&Path) -> Result<(), ReportError> {
        move |folder| {
            for name in [MARK, "moves.csv"] {
                let path = folder.join(name);
                fs::write(&path, text).map_err(|source| ReportError::Write { path, source })?;
            }
            Ok(())
        }
    }

    /// As if the disk were full after the first file.
    fn fail(folder: &Path) -> Result<(), ReportError> {
        let path = folder.join(MARK);
        fs::write(&path, "half").expect("the test's folder can be written to");
        Err(ReportError::Write { path, source: io::ErrorKind::StorageFull.into() })
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("it can be read").flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_full_disk_leaves_the_former_results_as_they_were() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = folder.path().join("results");
        replace(&target, write("first, by portolan")).expect("there is room");
        let error = replace(&target, fail).expect_err("the disk is full");
        assert!(error.to_string().contains(MARK), "{error}");
        assert_eq!(fs::read_to_string(target.join(MARK)).expect("it is there"), "first, by portolan");
        assert_eq!(names(folder.path()), ["results"]);
    }

    #[test]
    fn a_full_disk_on_the_first_run_leaves_nothing_at_all() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        replace(&folder.path().join("deep/results"), fail).expect_err("the disk is full");
        assert_eq!(names(&folder.path().join("deep")), Vec::<String>::new());
    }

    #[test]
    fn new_results_replace_former_ones_whole() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = folder.path().join("results");
        replace(&target, write("first, by portolan")).expect("there is room");
        fs::write(target.join("stale.csv"), "old").expect("it can be written");
        replace(&target, write("second, by portolan")).expect("there is room");
        assert_eq!(names(&target), ["moves.csv", MARK]);
        assert_eq!(fs::read_to_string(target.join(MARK)).expect("it is there"), "second, by portolan");
        assert_eq!(names(folder.path()), ["results"]);
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused_and_kept() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = folder.path().join("photos");
        fs::create_dir(&target).expect("it can be made");
        replace(&target, write("into an empty folder, by portolan")).expect("an empty folder is nobody's");
        fs::remove_file(target.join(MARK)).expect("it is there");
        let error = replace(&target, write("second, by portolan")).expect_err("it is not ours");
        assert!(matches!(error, OutputError::NotOurs { .. }), "{error}");
        assert_eq!(names(&target), ["moves.csv"]);
        fs::write(target.join(MARK), "{}").expect("it can be written");
        assert!(matches!(check(&target), Err(OutputError::NotOurs { .. })), "a name alone is nobody's");
        let file = folder.path().join("file");
        fs::write(&file, "").expect("it can be written");
        assert!(matches!(check(&file), Err(OutputError::NotOurs { .. })));
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_what_a_living_one_writes_is_not() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let dead = folder.path().join(format!(".results.partial-{}", u32::MAX));
        let alive = folder.path().join(".results.partial-1");
        let other = folder.path().join(format!(".other.partial-{}", u32::MAX));
        for path in [&dead, &alive, &other] {
            fs::create_dir(path).expect("it can be made");
        }
        replace(&folder.path().join("results"), write("first, by portolan")).expect("there is room");
        assert!(!Path::new("/proc/self").exists() || !dead.exists());
        assert!(alive.exists() && other.exists());
    }

    #[test]
    fn a_path_without_a_name_is_refused() {
        assert!(matches!(replace(Path::new("/"), write("x")), Err(OutputError::NotOurs { .. })));
        let nowhere = Path::new("no-such-folder-of-portolan/..");
        assert!(matches!(replace(nowhere, write("x")), Err(OutputError::NoName { .. })));
    }
}
