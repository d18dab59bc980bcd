//! A small mutator with a seed: the same inputs at every run, on every machine. It knows nothing of coverage; whoever wants
//! that asks libFuzzer.

/// The longest input that is made.
const MOST_BYTES: usize = 4096;

/// Words that readers look for, in libFuzzer's form of a dictionary.
const DICTIONARY: &str = include_str!("../words.dict");

/// Makes inputs of others.
pub struct Mutator {
    state: u64,
    words: Vec<Vec<u8>>,
}

impl Mutator {
    /// The sequence of this seed.
    pub fn new(seed: u64) -> Self {
        let words = DICTIONARY.lines().filter_map(word).collect();
        Self { state: seed, words }
    }

    /// One of the seeds, changed in one to eight ways.
    pub fn next(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut input = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(8) {
            let other = self.below(seeds.len());
            self.change(&mut input, &seeds[other]);
            input.truncate(MOST_BYTES);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, other: &[u8]) {
        let (from, to) = self.range(input.len());
        match self.below(8) {
            0 => input.insert(from, u8::try_from(self.below(256)).unwrap_or_default()),
            1 => drop(input.drain(from..to)),
            2 => {
                let again = input[from..to].to_vec();
                input.splice(from..from, again);
            }
            3 => {
                let (a, b) = self.range(other.len());
                input.splice(from..to, other[a..b].iter().copied());
            }
            4 if from < input.len() => input[from] ^= 1 << self.below(8),
            5 => input.reverse(),
            _ => {
                let at = self.below(self.words.len());
                let word = self.words[at].clone();
                let to = if self.below(2) == 0 { from } else { to };
                input.splice(from..to, word);
            }
        }
    }

    /// A part of something of this length, most often a short one.
    fn range(&mut self, length: usize) -> (usize, usize) {
        let from = self.below(length + 1);
        let longest = if self.below(4) == 0 { length } else { 8 };
        (from, (from + self.below(longest + 1)).min(length))
    }

    /// Splitmix64 (Steele, Lea and Flood, 2014), cut to a number below this one.
    fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let number = usize::try_from((z ^ (z >> 31)) >> 33).unwrap_or_default();
        number % end.max(1)
    }
}

/// The word of one line of a dictionary: within quotation marks, with `\"`, `\\` and `\xNN`.
fn word(line: &str) -> Option<Vec<u8>> {
    let text = line.trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match (*first, behind) {
            (b'\\', [b'x', high, low, behind @ ..]) => {
                let digits = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
                rest = behind;
            }
            (b'\\', [escaped, behind @ ..]) => {
                bytes.push(*escaped);
                rest = behind;
            }
            (byte, _) => bytes.push(byte),
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_is_read_as_libfuzzer_reads_it() {
        assert_eq!(word(r#""a\"b\\c\x0ad""#).as_deref(), Some(&b"a\"b\\c\nd"[..]));
        assert_eq!(word("# a comment"), None);
        assert!(
            DICTIONARY.lines().all(|line| line.starts_with('#') || line.is_empty() || word(line).is_some())
        );
    }

    #[test]
    fn one_seed_makes_one_sequence() {
        let seeds = [b"a=1; b=2".to_vec(), b"c".to_vec(), Vec::new()];
        let made = |seed| {
            let mut mutator = Mutator::new(seed);
            (0..200).map(|_| mutator.next(&seeds)).collect::<Vec<_>>()
        };
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
    }
}
