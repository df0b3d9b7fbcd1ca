//! Panics of code that is not ours, held where it is called.
//!
//! A crate that reads other people's files may panic on a damaged one. To the user
//! that is a bad file, not a defect: [`contain`] makes it an error.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// What a contained panic said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its message.
    pub what: String,
}

/// Runs `work` and gives its panic, if it does, as an error. What `work` was changing
/// must not be used afterwards.
///
/// # Errors
/// The panic's message.
pub fn contain<T>(work: impl FnOnce() -> T) -> Result<T, Broken> {
    DEPTH.set(DEPTH.get() + 1);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    DEPTH.set(DEPTH.get() - 1);
    result.map_err(|payload| {
        let what = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "it cannot be read".to_owned());
        Broken { what }
    })
}

/// Whether this thread runs contained work: for a panic hook, which should then be
/// silent.
pub fn is_contained() -> bool {
    DEPTH.get() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_and_leaves_nothing_behind() {
        assert_eq!(contain(|| 7), Ok(7));
        let inner = contain(|| {
            assert!(is_contained());
            assert_eq!(
                contain(|| [0; 0][std::hint::black_box(0)]).map(|_: i32| ()),
                Err(Broken { what: "index out of bounds: the len is 0 but the index is 0".to_owned() })
            );
            assert!(is_contained());
        });
        assert_eq!((inner, is_contained()), (Ok(()), false));
    }
}
