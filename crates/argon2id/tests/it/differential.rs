//! Against another reading of RFC 9106, the crate `argon2`.

use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn theirs(params: &Params, inputs: &Inputs<'_>, length: usize) -> Vec<u8> {
    let mut builder = ParamsBuilder::new();
    builder
        .m_cost(params.memory_kib)
        .t_cost(params.iterations)
        .p_cost(params.parallelism)
        .data(AssociatedData::new(inputs.associated_data).unwrap());
    let argon2 =
        Argon2::new_with_secret(inputs.secret, Algorithm::Argon2id, Version::V0x13, builder.build().unwrap())
            .unwrap();
    let mut tag = vec![0; length];
    argon2.hash_password_into(inputs.password, inputs.salt, &mut tag).unwrap();
    tag
}

fn agree(params: &Params, inputs: &Inputs<'_>, length: usize) {
    let theirs = theirs(params, inputs, length);
    for backend in backends() {
        assert_eq!(tag(backend, params, inputs, length).unwrap(), theirs, "{}: {params:?}", backend.name());
    }
}

/// From the least memory on, also what is no multiple of four blocks a lane; seldom enough for several batches of
/// addresses in a segment.
fn params() -> impl Strategy<Value = Params> {
    let memory = prop_oneof![8 => 0_u32..512, 1 => 512_u32..6000];
    (1_u32..=4, memory, 1_u32..=4).prop_map(|(parallelism, more, iterations)| Params {
        memory_kib: 8 * parallelism + more,
        iterations,
        parallelism,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_hash_is_the_same_on_every_backend_and_there(
        params in params(),
        password in vec(any::<u8>(), 0..=200),
        salt in vec(any::<u8>(), 8..=64),
        secret in vec(any::<u8>(), 0..=40),
        associated_data in vec(any::<u8>(), 0..=32),
        length in prop_oneof![4_usize..=64, 65_usize..=200],
    ) {
        let inputs = Inputs {
            password: &password,
            salt: &salt,
            secret: &secret,
            associated_data: &associated_data,
        };
        agree(&params, &inputs, length);
    }
}

/// What the server computes by default, and what a stored hash may ask for.
#[test]
fn hashes_of_the_usual_size_are_the_same() {
    let inputs = Inputs { password: b"correct horse", salt: b"0123456789abcdef", ..Inputs::default() };
    for (memory_kib, iterations, parallelism) in
        [(19_456, 2, 1), (65_536, 1, 4), (7_168, 5, 1), (12_289, 3, 3)]
    {
        agree(&Params { memory_kib, iterations, parallelism }, &inputs, 32);
    }
}

/// BLAKE2b and H' change their ways at 64 bytes and at every 32 from there on, and inputs fill blocks of 128.
#[test]
fn lengths_at_the_edges_are_the_same() {
    let params = Params { memory_kib: 8, iterations: 1, parallelism: 1 };
    for length in [4, 31, 32, 33, 63, 64, 65, 95, 96, 97, 127, 128, 129, 1024] {
        agree(&params, &Inputs { password: b"x", salt: b"somesalt", ..Inputs::default() }, length);
    }
    for length in [0, 60, 61, 63, 64, 65, 72, 127, 128, 129, 4096] {
        let password = vec![b'x'; length];
        agree(&params, &Inputs { password: &password, salt: b"somesalt", ..Inputs::default() }, 32);
    }
}
