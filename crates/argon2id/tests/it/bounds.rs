//! What is refused, and that nothing is computed then.

use super::*;

const INPUTS: Inputs<'_> = Inputs { password: b"x", salt: b"somesalt", secret: b"", associated_data: b"" };

#[test]
fn parameters_out_of_their_bounds_are_refused() {
    for (memory_kib, iterations, parallelism) in
        [(7, 1, 1), (15, 1, 2), (8, 0, 1), (8, 1, 0), (u32::MAX, 1, 1 << 24), (0, 0, 0)]
    {
        let params = Params { memory_kib, iterations, parallelism };
        assert_eq!(params.blocks(), Err(Error::Params), "{params:?}");
        let mut untouched = [7; 32];
        let refused = Backend::portable().hash(&params, &INPUTS, &mut vec![[0; 128]; 64], &mut untouched);
        assert_eq!((refused, untouched), (Err(Error::Params), [7; 32]));
    }
    let blocks =
        |memory_kib, parallelism| Params { memory_kib, iterations: 1, parallelism }.blocks().unwrap();
    assert_eq!(
        [blocks(8, 1), blocks(11, 1), blocks(12, 1), blocks(37, 3), blocks(u32::MAX, 1)],
        [8, 8, 12, 36, 4_294_967_292]
    );
}

#[test]
fn less_memory_than_the_parameters_say_is_refused_and_more_is_left_alone() {
    let params = Params { memory_kib: 16, iterations: 1, parallelism: 1 };
    for backend in backends() {
        let mut memory = vec![[7; 128]; 15];
        let refused = backend.hash(&params, &INPUTS, &mut memory, &mut [0; 32]);
        assert_eq!(refused, Err(Error::TooFewBlocks));
        assert!(memory.iter().all(|block| *block == [7; 128]), "{}", backend.name());

        let mut memory = vec![[7; 128]; 17];
        backend.hash(&params, &INPUTS, &mut memory, &mut [0; 32]).unwrap();
        assert_eq!(memory[16], [7; 128], "{}", backend.name());
        assert!(memory[..16].iter().all(|block| *block != [7; 128]), "{}", backend.name());
    }
}

#[test]
fn a_tag_has_at_least_four_bytes() {
    let params = Params { memory_kib: 8, iterations: 1, parallelism: 1 };
    assert_eq!(tag(Backend::portable(), &params, &INPUTS, 3), Err(Error::TagLength));
    assert_eq!(tag(Backend::portable(), &params, &INPUTS, 4).map(|tag| tag.len()), Ok(4));
}
