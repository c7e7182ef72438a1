//! What the compiler says of mistakes. Some of it is in its own words, which change with its version:
//! `TRYBUILD=overwrite` writes them anew.

#[test]
fn mistakes_are_told() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
