#!/bin/bash
# The tests of the crate and of its example under the address sanitizer, leaks included, and the example
# with its C code under valgrind. What this machine cannot run is skipped, in so many words.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-$PWD/target}/sanitize
host=$(rustc -vV | sed -n 's/^host: //p')
runtime=$(rustc --print target-libdir)/librustc-stable_rt.asan.a

if [[ -e $runtime ]]; then
    # The sanitizers are an unstable option of a toolchain that ships them. One test leaks, as it must.
    RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=address" ASAN_OPTIONS=detect_leaks=1 \
        cargo test --quiet --tests --all-features --target "$host" --target-dir "$target" \
        -p callback-bridge -p callback-bridge-meter -- --skip contain_keeps_the_payloads_drop_in
    echo "address and leak sanitizer: clean"
else
    echo "skipped the address sanitizer: the toolchain has no runtime for it"
fi

if command -v valgrind >/dev/null; then
    test=$(cargo test --no-run --test executors -p callback-bridge-meter 2>&1 |
        sed -nE 's/.*Executable .*\((.*)\)/\1/p')
    valgrind --quiet --error-exitcode=1 \
        --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite "$test" --quiet
    echo "valgrind: clean"
else
    echo "skipped valgrind: there is none"
fi
