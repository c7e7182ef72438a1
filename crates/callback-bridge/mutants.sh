#!/bin/bash
# Proves that the loom models test something: weakens each memory ordering of the slot in turn, and
# drops the epoch, and requires that a model fails each time. Works on a copy outside the tree.
# Prints a line for each mutant and a count; fails if one survives.
set -euo pipefail

crate=$(cd "$(dirname "$0")" && pwd)
workspace=$(cd "$crate/../.." && pwd)
target=${CARGO_TARGET_DIR:-$workspace/target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A workspace of this one crate, with the settings that it inherits and the versions of the lock.
awk '/^\[/ { keep = /^\[workspace\.(package|lints)/ } keep' "$workspace/Cargo.toml" >"$work/Cargo.toml"
printf '\n[workspace]\nmembers = ["callback-bridge"]\nresolver = "3"\n' >>"$work/Cargo.toml"
cp "$workspace/Cargo.lock" "$work/"
mkdir "$work/callback-bridge"
cp -r "$crate/Cargo.toml" "$crate/src" "$crate/tests" "$work/callback-bridge/"
slot=$work/callback-bridge/src/slot.rs
original=$(<"$slot")

export CARGO_TARGET_DIR=$target/mutants
export RUSTFLAGS="--cfg loom -Awarnings" LOOM_MAX_PREEMPTIONS=4

# Prints what the models say: "passed", or the names of those that failed.
verdict() {
    local out failed
    cd "$work"
    if ! out=$(cargo test --quiet --release --test loom --no-run 2>&1); then
        printf 'it does not build:\n%s\n' "$out" >&2
        return 2
    fi
    if out=$(timeout 300 cargo test --release --test loom 2>&1); then
        echo passed
        return
    fi
    failed=$(grep -oE '^test [a-z_]+ \.\.\. FAILED' <<<"$out" | awk '{ print $2 }' | tr '\n' ' ' || true)
    echo "${failed:-crashed or hung}"
}

killed=0 survived=0
# mutant NAME FROM TO: FROM stands in slot.rs exactly once.
mutant() {
    local name=$1 from=$2 to=$3 without found
    without=${original//"$from"/}
    if (((${#original} - ${#without}) != ${#from})); then
        echo "$name: its text must stand in slot.rs exactly once: $from" >&2
        exit 2
    fi
    printf '%s\n' "${original/"$from"/"$to"}" >"$slot"
    found=$(verdict)
    if [[ $found == passed ]]; then
        echo "SURVIVED  $name"
        survived=$((survived + 1))
    else
        echo "killed    $name: $found"
        killed=$((killed + 1))
    fi
}

found=$(verdict)
if [[ $found != passed ]]; then
    echo "the models fail without a mutation: $found" >&2
    exit 2
fi

mutant "epoch dropped" "(empty | ARMED).wrapping_add(EPOCH)" "(empty | ARMED)"
mutant "settle: load Acquire" "let mut seen = slot.state.load(Acquire)" "let mut seen = slot.state.load(Relaxed)"
mutant "settle: exchange Release" "(seen, fired, Release, Acquire)" "(seen, fired, Relaxed, Acquire)"
mutant "settle: failure Acquire" "(seen, fired, Release, Acquire)" "(seen, fired, Release, Relaxed)"
mutant "poll: load Acquire" "let mut polled = slot.state.load(Acquire)" "let mut polled = slot.state.load(Relaxed)"
mutant "try_take: load Acquire" "let peeked = slot.state.load(Acquire)" "let peeked = slot.state.load(Relaxed)"
mutant "disarm: failure Acquire" "(armed, empty, Relaxed, Acquire)" "(armed, empty, Relaxed, Relaxed)"
mutant "arm: exchange Release" "(empty, armed, Release, Acquire)" "(empty, armed, Relaxed, Acquire)"
mutant "arm: failure Acquire" "(empty, armed, Release, Acquire)" "(empty, armed, Release, Relaxed)"
mutant "leave: load Acquire" "let mut current = slot.state.load(Acquire)" "let mut current = slot.state.load(Relaxed)"
mutant "leave: exchange Release" "(current, DETACHED, Release, Acquire)" "(current, DETACHED, Relaxed, Acquire)"
mutant "leave: failure Acquire" "(current, DETACHED, Release, Acquire)" "(current, DETACHED, Release, Relaxed)"

echo "$killed of $((killed + survived)) mutants killed"
((survived == 0))
