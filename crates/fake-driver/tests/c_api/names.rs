//! The names of the codes.

use crate::api;

/// The server's codes that have names.
const SERVER: [u32; 18] = [
    0x0000, 0x000A, 0x0100, 0x1000, 0x1001, 0x1002, 0x1003, 0x1100, 0x1200, 0x1300, 0x1400, 0x1500,
    0x2000, 0x2100, 0x2200, 0x2300, 0x2400, 0x2500,
];

#[test]
fn every_code_of_the_driver_has_a_name_and_no_other() {
    for source in 0..=4_u32 {
        for code in 0..=0x3000 {
            let known = match source {
                1 => (1..=35).contains(&code),
                2 => SERVER.contains(&code),
                3 => (1..=7).contains(&code),
                _ => false,
            };
            let name = api::describe(source << 24 | code);
            assert_eq!(!name.is_empty(), known, "{source} {code:#x}: {name}");
        }
    }
}
