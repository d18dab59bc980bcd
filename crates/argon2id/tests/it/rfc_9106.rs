//! The published vector.

use super::*;

/// RFC 9106, section 5.3.
#[test]
fn section_5_3() {
    let params = Params { memory_kib: 32, iterations: 3, parallelism: 4 };
    let inputs = Inputs { password: &[1; 32], salt: &[2; 16], secret: &[3; 8], associated_data: &[4; 12] };
    let expected = [
        0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0,
        0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59,
    ];
    for backend in backends() {
        assert_eq!(tag(backend, &params, &inputs, 32).unwrap(), expected, "{}", backend.name());
    }
}
