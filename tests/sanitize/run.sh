#!/bin/bash
# The client under sanitizers. What this machine cannot run is skipped, in so many words.
#
#   address   the client's own tests and those against the fake driver under the address sanitizer, leaks
#             included
#   storms    the same of the tests that drop a million requests each, which the gate leaves out
#   memcheck  tests against a real node under valgrind, with the driver that the client embeds
#
# Without a word it runs all three.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-$PWD/target}
host=$(rustc -vV | sed -n 's/^host: //p')

# instrumented ASAN_OPTIONS ARGUMENTS…: `cargo test` with the sanitizer in all Rust and all C of ours.
instrumented() {
    # The sanitizers are an unstable option of a toolchain that ships them. The fake driver is compiled
    # by the system's C compiler, whose instrumentation has the same interface, and opened at run time:
    # it brings no runtime of its own, and the program lets it have Rust's.
    RUSTC_BOOTSTRAP=1 \
        RUSTFLAGS='-Zsanitizer=address -Clink-arg=-Wl,--export-dynamic-symbol=__asan_*' \
        FAKE_DRIVER_CFLAGS='-fsanitize=address -nodefaultlibs -lc -Wl,-z,undefs' \
        ASAN_OPTIONS=detect_leaks=1:$1 \
        LSAN_OPTIONS=suppressions=$PWD/tests/sanitize/leaks.supp:print_suppressions=0 \
        cargo test --quiet --target "$host" --target-dir "$target/sanitize" "${@:2}"
}

has_runtime() {
    [[ -e $(rustc --print target-libdir)/librustc-stable_rt.asan.a ]] && return
    echo "skipped the address sanitizer: the toolchain has no runtime for it"
    return 1
}

address() {
    has_runtime || return 0
    # In one call, so that what they depend on is built once.
    instrumented "" -p async-cassandra -p fake-driver --lib --test fake --test c_api -- --skip storms::
    echo "address and leak sanitizer: clean"
}

storms() {
    has_runtime || return 0
    # They look at how much memory stays: what the sanitizer keeps of freed memory may not grow meanwhile.
    instrumented quarantine_size_mb=16:thread_local_quarantine_size_kb=64 \
        -p async-cassandra -p fake-driver --test fake -- storms::
    echo "address and leak sanitizer, a million requests: clean"
}

memcheck() {
    if ! command -v valgrind >/dev/null; then
        echo "skipped valgrind: there is none"
        return
    fi
    local built it driver
    built=$(cargo test --no-run --test it 2>&1) || {
        echo "$built"
        return 1
    }
    it=$(sed -nE 's/.*Executable .*\((.*)\)/\1/p' <<<"$built")
    # The prepared driver's plain files, of the newest build: frames of a memfd have no names.
    driver=$(ls -dt "$target"/debug/build/async-cassandra-*/out/driver | head -n 1)
    mkdir -p "$target/sanitize"
    cc -std=c11 -shared -fPIC tests/sanitize/heap.c -o "$target/sanitize/heap.so" -ldl
    # One after the other: valgrind runs one thread at a time. Nodes run outside of it. What it calls
    # possibly lost is no error: a waker or a thread's handle points past the counts at the head of its block.
    LD_PRELOAD=$target/sanitize/heap.so ASYNC_CASSANDRA_DRIVER=$driver/libcassandra.so.2 \
        valgrind --quiet --error-exitcode=1 --fair-sched=yes --num-callers=40 \
        --leak-check=full --show-leak-kinds=definite,indirect \
        --errors-for-leak-kinds=definite,indirect \
        --suppressions=tests/sanitize/memcheck.supp \
        "$it" --quiet --test-threads=1 \
        futures_executor:: tokio_multi_thread:: connect:: tls::a_certificate tls::a_port_without tls::texts
    echo "valgrind: clean"
}

case ${1:-all} in
    address | storms | memcheck) "$1" ;;
    all)
        address
        storms
        memcheck
        ;;
    *)
        echo "usage: tests/sanitize/run.sh [address | storms | memcheck]" >&2
        exit 2
        ;;
esac
