//! The two rules of Python's `str` that clients can see: what `strip` removes and how a float is written.

/// The text without Python's white space at both ends. That is Unicode's `White_Space` and the four ASCII
/// information separators U+001C to U+001F, which `str.isspace` counts as well.
pub fn strip(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
}

/// A float as `str(float)` writes it: the shortest digits that read back as the same number, fixed notation
/// from 1e-4 up to 1e16, else an exponent of at least two digits.
pub fn float_text(number: f64) -> String {
    if !number.is_finite() {
        let word = if number.is_nan() { "nan" } else { "inf" };
        return if number < 0.0 { format!("-{word}") } else { word.to_owned() };
    }
    let scientific = half_even(number, format!("{number:e}"), |places| format!("{number:.places$e}"));
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let fixed = half_even(number, number.to_string(), |places| format!("{number:.places$}"));
        return if fixed.contains('.') { fixed } else { fixed + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// Of two shortest texts equally near to the number Python takes the one with the even last digit, the standard
/// library the larger one. Its formatting to a given count of `places` rounds to even, so that is taken where it
/// reads back as the same number.
fn half_even(number: f64, shortest: String, rounded: impl FnOnce(usize) -> String) -> String {
    let digits_of_fraction = |fraction: &str| fraction.bytes().take_while(u8::is_ascii_digit).count();
    let places = shortest.split_once('.').map_or(0, |(_, fraction)| digits_of_fraction(fraction));
    let rounded = rounded(places);
    if rounded.parse() == Ok(number) { rounded } else { shortest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_python_writes_them() {
        for (number, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (1e5, "100000.0"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1e22, "1e+22"),
            (1.5e300, "1.5e+300"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (5e-324, "5e-324"),
            (0.1, "0.1"),
            (123_456_789.123_456_79, "123456789.12345679"),
            // Exactly a quarter, three quarters, five eighths: halfway between two texts of that length.
            (2_199_252_544_509_793.3, "2199252544509793.2"),
            (2_199_252_544_509_793.8, "2199252544509793.8"),
            (115_873_173_807_764.63, "115873173807764.62"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(float_text(number), text);
        }
    }

    #[test]
    fn strip_removes_exactly_what_str_isspace_names() {
        let space: Vec<u32> = (0..=0x0010_FFFF)
            .filter_map(char::from_u32)
            .filter(|c| strip(&c.to_string()).is_empty())
            .map(u32::from)
            .collect();
        let mut python = vec![0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680];
        python.extend(0x2000..=0x200a);
        python.extend([0x2028, 0x2029, 0x202f, 0x205f, 0x3000]);
        assert_eq!(space, python);
    }

    #[test]
    fn strip_leaves_the_inside_alone() {
        assert_eq!(strip(" \u{a0}a b\u{3000}\u{1f}"), "a b");
    }
}
