//! What is wrong with a document, in the words of Python's `json` and `codecs`.

/// Why a document is refused. `Display` is the text that DRF puts behind `JSON parse error - `.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The grammar is violated.
    #[error("{problem}: {at}")]
    Syntax {
        /// Python's words for it.
        problem: &'static str,
        /// Where.
        at: Position,
    },
    /// Arrays and objects inside each other beyond [`super::MAX_DEPTH`]. A text of our own: Python's reader breaks
    /// down much later, and its users see a 500.
    #[error("Nesting deeper than {} levels: {at}", super::MAX_DEPTH)]
    TooDeep {
        /// The bracket that opens one level too many.
        at: Position,
    },
    /// `NaN`, `Infinity` or `-Infinity`, which Python reads and DRF refuses.
    #[error("Out of range float values are not JSON compliant: '{0}'")]
    OutOfRange(&'static str),
    /// An integer that Python would not convert.
    #[error(
        "Exceeds the limit ({} digits) for integer string conversion: value has {digits} digits; \
         use sys.set_int_max_str_digits() to increase the limit",
        super::MAX_INTEGER_DIGITS
    )]
    LongInteger {
        /// How many digits stand there, the sign not counted.
        digits: usize,
    },
    /// A byte that cannot stand in UTF-8 at all.
    #[error("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: {reason}")]
    Byte {
        /// The byte.
        byte: u8,
        /// Its offset in bytes.
        at: usize,
        /// Python's words for it.
        reason: &'static str,
    },
    /// A UTF-8 sequence that breaks off after two or three good bytes.
    #[error("'utf-8' codec can't decode bytes in position {first}-{last}: invalid continuation byte")]
    Bytes {
        /// Offset of the first byte of the sequence.
        first: usize,
        /// Offset of its last good byte.
        last: usize,
    },
}

/// A place in a document, counted in code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// Code points before it in the whole document.
    pub char: usize,
}

impl Position {
    /// The place behind `before`.
    pub(super) fn behind(before: &str) -> Self {
        let last_line = before.rsplit('\n').next().unwrap_or(before);
        Self {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: last_line.chars().count() + 1,
            char: before.chars().count(),
        }
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {} column {} (char {})", self.line, self.column, self.char)
    }
}
