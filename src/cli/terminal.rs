//! What the terminal can show, and writing to it.

use std::io::{self, IsTerminal as _, Write as _};

use crate::base::diagnostics::Color;
use crate::report::table::{Colour, Terminal};

/// Whether messages on stderr are coloured: on a terminal, unless `NO_COLOR` is set.
pub fn colours() -> Color {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted && io::stderr().is_terminal() { Color::Ansi } else { Color::Never }
}

/// Prints a result. Whoever reads may have seen enough (`portolan … | head`): a
/// closed pipe is not an error.
///
/// # Errors
/// When stdout cannot be written for another reason.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// What stdout shows: its width, a page's where it is no terminal, and colours.
pub fn shape() -> Terminal {
    const PAGE: usize = 120;
    let width = console::Term::stdout().size_checked().map_or(PAGE, |(_, columns)| usize::from(columns));
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let colour = if wanted && io::stdout().is_terminal() { Colour::On } else { Colour::Off };
    Terminal { width, colour }
}
