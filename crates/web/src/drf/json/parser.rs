//! The reader itself: one pass over the document, recursion bounded by [`MAX_DEPTH`].

use std::str;

use zeroize::Zeroizing;

use super::error::{Error, Position};
use super::{Object, Text, Value};

/// How many arrays and objects may stand inside each other.
pub const MAX_DEPTH: usize = 64;

/// The longest integer in decimal digits that Python converts (`sys.int_info.default_max_str_digits`).
pub const MAX_INTEGER_DIGITS: usize = 4300;

/// Reads a document.
///
/// # Errors
/// The first violation, as [`Error`] describes it: of UTF-8 anywhere before of JSON anywhere.
pub fn parse(document: &[u8]) -> Result<Value, Error> {
    let text = decode(document)?;
    let mut parser = Parser { text, at: 0, depth: 0 };
    if text.starts_with('\u{feff}') {
        return Err(parser.syntax("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0));
    }
    parser.skip_space();
    let value = parser.value()?;
    parser.skip_space();
    if parser.at < text.len() {
        return Err(parser.syntax("Extra data", parser.at));
    }
    Ok(value)
}

/// DRF decodes through a stream reader, which waits for the rest of a sequence that the end of the body cuts off:
/// such a tail is dropped without a word. Python counts the start of an encoded surrogate among them.
fn decode(document: &[u8]) -> Result<&str, Error> {
    let error = match str::from_utf8(document) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    let at = error.valid_up_to();
    let (valid, rest) = document.split_at_checked(at).unwrap_or((document, &[]));
    let byte = rest.first().copied().unwrap_or(0);
    let broken_after = error.error_len().filter(|_| !matches!(rest, [0xed, 0xa0..=0xbf]));
    match broken_after {
        None => Ok(str::from_utf8(valid).unwrap_or_default()),
        Some(1) => {
            let leads = matches!(byte, 0xc2..=0xf4);
            let reason = if leads { "invalid continuation byte" } else { "invalid start byte" };
            Err(Error::Byte { byte, at, reason })
        }
        Some(length) => Err(Error::Bytes { first: at, last: at + length - 1 }),
    }
}

/// All offsets are in bytes and stand on boundaries of code points.
struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn value(&mut self) -> Result<Value, Error> {
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::list),
            _ if self.skip_word("null") => Ok(Value::Null),
            _ if self.skip_word("true") => Ok(Value::Bool(true)),
            _ if self.skip_word("false") => Ok(Value::Bool(false)),
            _ => self.number(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Error>) -> Result<Value, Error> {
        if self.depth == MAX_DEPTH {
            return Err(Error::TooDeep { at: self.position(self.at) });
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// From the first token behind the opening bracket.
    fn list(&mut self) -> Result<Value, Error> {
        let mut items = Vec::new();
        if self.skip_byte(b']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value()?);
            self.skip_space();
            if self.skip_byte(b']') {
                return Ok(Value::List(items));
            }
            self.expect(b',', "Expecting ',' delimiter")?;
            self.skip_space();
        }
    }

    /// From the first token behind the opening brace.
    fn object(&mut self) -> Result<Value, Error> {
        let mut members = Vec::new();
        if self.skip_byte(b'}') {
            return Ok(Value::Object(Object(members)));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.syntax("Expecting property name enclosed in double quotes", self.at));
            }
            let name = self.string()?;
            self.skip_space();
            self.expect(b':', "Expecting ':' delimiter")?;
            self.skip_space();
            members.push((name, self.value()?));
            self.skip_space();
            if self.skip_byte(b'}') {
                return Ok(Value::Object(Object(members)));
            }
            self.expect(b',', "Expecting ',' delimiter")?;
            self.skip_space();
        }
    }

    /// From the opening quote.
    fn string(&mut self) -> Result<Text, Error> {
        let begin = self.at;
        self.at += 1;
        // No escape is longer decoded than written: with this capacity the text is never moved while it grows, and
        // no copy of a password is left behind.
        let mut content = Zeroizing::new(String::with_capacity(self.string_length()));
        let mut lone_surrogate = None;
        loop {
            let run = self.rest().bytes().take_while(|byte| !matches!(byte, b'"' | b'\\' | ..=0x1f)).count();
            content.push_str(self.text.get(self.at..self.at + run).unwrap_or_default());
            self.at += run;
            match self.peek() {
                None => return Err(self.syntax("Unterminated string starting at", begin)),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Text { content, lone_surrogate });
                }
                Some(b'\\') => match self.escape(begin)? {
                    Escape::Char(c) => content.push(c),
                    Escape::Lone(surrogate) => {
                        content.push(char::REPLACEMENT_CHARACTER);
                        lone_surrogate.get_or_insert(surrogate);
                    }
                },
                Some(_) => return Err(self.syntax("Invalid control character at", self.at)),
            }
        }
    }

    /// Bytes up to the closing quote, or to the end of the document.
    fn string_length(&self) -> usize {
        let mut escaped = false;
        let ends = |byte: u8| {
            let closing = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closing
        };
        let rest = self.rest();
        rest.bytes().position(ends).unwrap_or(rest.len())
    }

    /// From the backslash of a string that began at `begin`.
    fn escape(&mut self, begin: usize) -> Result<Escape, Error> {
        let Some(letter) = self.byte(self.at + 1) else {
            return Err(self.syntax("Unterminated string starting at", begin));
        };
        let c = match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return Err(self.syntax("Invalid \\escape", self.at)),
        };
        self.at += 2;
        Ok(Escape::Char(c))
    }

    fn unicode_escape(&mut self) -> Result<Escape, Error> {
        let first = self.code_unit(self.at + 1)?;
        self.at += 6;
        if let Some(c) = char::from_u32(u32::from(first)) {
            return Ok(Escape::Char(c));
        }
        let high = (0xd800..0xdc00).contains(&first);
        if high && self.rest().starts_with("\\u") {
            let second = self.code_unit(self.at + 1)?;
            if let Some(Ok(c)) = char::decode_utf16([first, second]).next() {
                self.at += 6;
                return Ok(Escape::Char(c));
            }
        }
        Ok(Escape::Lone(first))
    }

    /// The four hexadecimal digits behind the `u` at `u`. Like Python's reader it wants one more character behind
    /// them, so that a document that ends there is a bad escape rather than an open string.
    fn code_unit(&self, u: usize) -> Result<u16, Error> {
        let digits =
            self.text.get(u + 1..u + 5).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        digits
            .filter(|_| self.byte(u + 5).is_some())
            .and_then(|digits| u16::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.syntax("Invalid \\uXXXX escape", u))
    }

    fn number(&mut self) -> Result<Value, Error> {
        for word in ["NaN", "Infinity", "-Infinity"] {
            if self.rest().starts_with(word) {
                return Err(Error::OutOfRange(word));
            }
        }
        let start = self.at;
        let negative = self.skip_byte(b'-');
        let digits = if self.skip_byte(b'0') { 1 } else { self.skip_digits() };
        if digits == 0 {
            return Err(self.syntax("Expecting value", start));
        }
        let fraction = self.skip_fraction();
        let exponent = self.skip_exponent();
        let literal = self.text.get(start..self.at).unwrap_or_default();
        if fraction || exponent {
            // The grammar above is a part of what `f64` reads; too large is infinity for both.
            return Ok(Value::Float(literal.parse().unwrap_or(f64::NAN)));
        }
        if digits > MAX_INTEGER_DIGITS {
            return Err(Error::LongInteger { digits });
        }
        let literal = if negative && literal == "-0" { "0" } else { literal };
        Ok(Value::Int(Text::from(literal.to_owned())))
    }

    /// A point without a digit behind it belongs to what follows the number.
    fn skip_fraction(&mut self) -> bool {
        let start = self.at;
        if self.skip_byte(b'.') && self.skip_digits() > 0 {
            return true;
        }
        self.at = start;
        false
    }

    fn skip_exponent(&mut self) -> bool {
        let start = self.at;
        if self.skip_byte(b'e') || self.skip_byte(b'E') {
            let _sign = self.skip_byte(b'+') || self.skip_byte(b'-');
            if self.skip_digits() > 0 {
                return true;
            }
        }
        self.at = start;
        false
    }

    fn skip_digits(&mut self) -> usize {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at += count;
        count
    }

    fn skip_space(&mut self) {
        self.at +=
            self.rest().bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
    }

    fn skip_word(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    fn skip_byte(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }

    fn expect(&mut self, byte: u8, problem: &'static str) -> Result<(), Error> {
        if self.skip_byte(byte) { Ok(()) } else { Err(self.syntax(problem, self.at)) }
    }

    fn peek(&self) -> Option<u8> {
        self.byte(self.at)
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn syntax(&self, problem: &'static str, at: usize) -> Error {
        Error::Syntax { problem, at: self.position(at) }
    }

    fn position(&self, at: usize) -> Position {
        Position::behind(self.text.get(..at).unwrap_or_default())
    }
}

/// What one escape stands for.
enum Escape {
    Char(char),
    Lone(u16),
}
