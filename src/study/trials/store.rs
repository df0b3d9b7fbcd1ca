//! Finished batches of a study, kept in one file so that an interrupted study goes on.
//!
//! Each batch is addressed by a SHA-256 of everything that its outcomes depend on and
//! carries a checksum. The file only grows; a kill can leave at most its last batch
//! unfinished, which is cut off when the file is opened again.

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::Stopped;

/// The first bytes of the file, with the version of its layout.
const MAGIC: &[u8; 16] = b"portolan study 1";

/// What a batch is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

/// Takes in what a [`Key`] is made of. What is taken in is delimited, so that no two
/// sequences run into each other.
pub struct KeyBuilder(Sha256);

impl Key {
    /// An empty key.
    pub fn builder() -> KeyBuilder {
        KeyBuilder(Sha256::new())
    }
}

impl fmt::Display for Key {
    /// In hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl KeyBuilder {
    /// Takes in a text.
    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    /// Takes in a number.
    pub fn number(&mut self, number: u64) {
        self.0.update(number.to_le_bytes());
    }

    /// The key.
    pub fn finish(self) -> Key {
        Key(self.0.finalize().into())
    }
}

/// The file of finished batches.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    file: File,
    batches: HashMap<Key, Vec<f64>>,
}

impl Store {
    /// The store at `path` with what is whole of it; a new one where there is no file.
    ///
    /// # Errors
    /// If the file cannot be read or written, or is no such store.
    pub fn open(path: &Path) -> Result<Self, Stopped> {
        Self::open_here(path).map_err(|source| Stopped::Store { place: path.display().to_string(), source })
    }

    fn open_here(path: &Path) -> io::Result<Self> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let mut batches = HashMap::new();
        let mut whole = 0;
        if let Some(mut rest) = bytes.strip_prefix(MAGIC) {
            whole = MAGIC.len();
            while let Some((key, values, length)) = batch(rest) {
                batches.insert(key, values);
                whole += length;
                rest = &rest[length..];
            }
        } else if !MAGIC.starts_with(&bytes) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no file of finished batches"));
        }
        file.set_len(whole as u64)?;
        file.seek(SeekFrom::Start(whole as u64))?;
        if whole == 0 {
            file.write_all(MAGIC)?;
        }
        Ok(Self { path: path.to_owned(), file, batches })
    }

    /// Finished batches.
    pub fn len(&self) -> usize {
        self.batches.len()
    }

    /// Whether nothing is finished.
    pub fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// Copies a finished batch to `values`; false where it is not finished.
    pub fn read(&self, key: &Key, values: &mut [f64]) -> bool {
        match self.batches.get(key) {
            Some(batch) if batch.len() == values.len() => {
                values.copy_from_slice(batch);
                true
            }
            _ => false,
        }
    }

    /// Keeps a finished batch.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&mut self, key: &Key, values: &[f64]) -> Result<(), Stopped> {
        let mut bytes = Vec::with_capacity(HEAD + values.len() * 8);
        bytes.extend_from_slice(&key.0);
        bytes.extend_from_slice(&(values.len() as u64).to_le_bytes());
        values.iter().for_each(|value| bytes.extend_from_slice(&value.to_bits().to_le_bytes()));
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum);
        self.file
            .write_all(&bytes)
            .map_err(|source| Stopped::Store { place: self.path.display().to_string(), source })
    }
}

/// Bytes of a batch beside its values: the key, their number, the checksum.
const HEAD: usize = 32 + 8 + SUM;
const SUM: usize = 8;

/// The first batch in `bytes` and its length; none when it is not whole.
fn batch(bytes: &[u8]) -> Option<(Key, Vec<f64>, usize)> {
    let key = Key(bytes.get(..32)?.try_into().ok()?);
    let count = usize::try_from(word(bytes.get(32..40)?)).ok()?;
    let end = count.checked_mul(8)?.checked_add(40)?;
    let (body, sum) = (bytes.get(..end)?, bytes.get(end..end.checked_add(SUM)?)?);
    (checksum(body) == sum).then(|| {
        let values = body[40..].chunks_exact(8).map(|value| f64::from_bits(word(value))).collect();
        (key, values, end + SUM)
    })
}

fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// The first bytes of the SHA-256.
fn checksum(bytes: &[u8]) -> [u8; SUM] {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    std::array::from_fn(|place| digest[place])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> Key {
        let mut key = Key::builder();
        key.number(number);
        key.finish()
    }

    #[test]
    fn what_was_finished_is_read_again_and_what_was_cut_off_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/a.progress");
        let mut store = Store::open(&path).expect("it opens");
        let odd = [0.1, -0.0, f64::NAN, f64::MAX];
        store.write(&key(1), &odd).expect("it is kept");
        store.write(&key(2), &[2.0]).expect("it is kept");
        drop(store);
        // A kill in the middle of the last batch.
        let bytes = fs::read(&path).expect("it is there");
        fs::write(&path, &bytes[..bytes.len() - 3]).expect("it is cut");
        let mut store = Store::open(&path).expect("it opens");
        let mut values = [0.0; 4];
        assert!(store.read(&key(1), &mut values));
        assert_eq!(values.map(f64::to_bits), odd.map(f64::to_bits));
        assert!(!store.read(&key(2), &mut values[..1]) && store.len() == 1);
        store.write(&key(3), &[3.0]).expect("it is kept");
        drop(store);
        let store = Store::open(&path).expect("it opens");
        assert!(store.read(&key(3), &mut values[..1]) && values[0] == 3.0 && store.len() == 2);
    }

    #[test]
    fn a_changed_byte_ends_what_is_believed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.progress");
        let mut store = Store::open(&path).expect("it opens");
        store.write(&key(1), &[1.0]).expect("it is kept");
        drop(store);
        let mut bytes = fs::read(&path).expect("it is there");
        bytes[MAGIC.len() + 42] ^= 1;
        fs::write(&path, &bytes).expect("it is changed");
        assert!(Store::open(&path).expect("it opens").is_empty());
    }

    #[test]
    fn another_file_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.progress");
        fs::write(&path, "my notes").expect("it is written");
        let message = Store::open(&path).expect_err("it is refused").to_string();
        assert!(message.starts_with("cannot keep what is done in"), "{message}");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "my notes");
    }
}
