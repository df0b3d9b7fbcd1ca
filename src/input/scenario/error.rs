//! Why a scenario was refused, for those who do not read the messages.

/// A scenario was refused; what is wrong is in the
/// [`Diagnostics`](crate::base::diagnostics::Diagnostics) of whoever read it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {errors} {}", if *.errors == 1 { "error" } else { "errors" })]
pub struct ScenarioError {
    /// The file, or the files, as the user named them.
    pub name: String,
    /// How many errors there are in all.
    pub errors: usize,
}
