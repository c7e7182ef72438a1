#!/bin/bash
# Proves that the loom models test something: weakens each memory ordering of the slot and of the event
# stream in turn, drops each epoch, and leaves out what keeps a wake from being lost, and requires that a
# model fails each time. Works on copies outside the tree, two at a time.
# Prints a line for each mutant and a count; fails if one survives.
set -euo pipefail

crate=$(cd "$(dirname "$0")" && pwd)
workspace=$(cd "$crate/../.." && pwd)
target=${CARGO_TARGET_DIR:-$workspace/target}/mutants
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
export RUSTFLAGS="--cfg loom -Awarnings"
lanes=2

# copy LANE: a workspace of this one crate, with the settings that it inherits and the versions of the lock.
copy() {
    local lane=$work/$1
    mkdir -p "$lane/callback-bridge"
    awk '/^\[/ { keep = /^\[workspace\.(package|lints)/ } keep' "$workspace/Cargo.toml" >"$lane/Cargo.toml"
    printf '\n[workspace]\nmembers = ["callback-bridge"]\nresolver = "3"\n' >>"$lane/Cargo.toml"
    cp "$workspace/Cargo.lock" "$lane/"
    cp -r "$crate/Cargo.toml" "$crate/README.md" "$crate/src" "$crate/tests" "$lane/callback-bridge/"
}

# models GROUP PREEMPTIONS: prints "passed", or the names of the models of the group that failed. A mutant may
# also end the process: what it hands over twice is freed twice.
models() {
    local out failed status=0
    out=$(LOOM_MAX_PREEMPTIONS=$2 timeout 600 cargo test --release --test loom -- "$1::" 2>&1) || status=$?
    case $status in
    0) echo passed && return ;;
    124) echo "out of time" && return ;;
    esac
    failed=$(grep -oE '^test [a-z_:]+ \.\.\. FAILED' <<<"$out" | awk '{ print $2 }' | tr '\n' ' ' || true)
    [[ $failed ]] || failed=$(grep -oE 'signal: [0-9]+, SIG[A-Z]+' <<<"$out" | head -n 1 || true)
    echo "${failed:-no verdict}"
}

# verdict GROUP: as `models`, at the full bound unless a lower one is enough to fail.
verdict() {
    local out found
    if ! out=$(cargo test --quiet --release --test loom --no-run 2>&1); then
        printf 'it does not build:\n%s\n' "$out" >&2
        return 2
    fi
    found=$(models "$1" 2)
    [[ $found != passed ]] || found=$(models "$1" 4)
    echo "$found"
}

files=() names=() froms=() tos=()
# mutant FILE NAME FROM TO: FROM stands in FILE exactly once.
mutant() {
    local original without
    original=$(<"$crate/src/$1")
    without=${original//"$3"/}
    if (((${#original} - ${#without}) != ${#3})); then
        echo "$1: $2: its text must stand in the file exactly once: $3" >&2
        exit 2
    fi
    files+=("$1") names+=("$2") froms+=("$3") tos+=("$4")
}

# try NUMBER: the models against one mutant, in the folder of a lane.
try() {
    local file=callback-bridge/src/${files[$1]} group=slot original found
    [[ ${files[$1]} != events/* ]] || group=events
    original=$(<"$file")
    printf '%s\n' "${original/"${froms[$1]}"/"${tos[$1]}"}" >"$file"
    found=$(verdict "$group")
    printf '%s\n' "$original" >"$file"
    case $found in
    passed) echo "SURVIVED  ${files[$1]}: ${names[$1]}" ;;
    "out of time" | "no verdict") echo "UNDECIDED ${files[$1]}: ${names[$1]}" ;;
    *) echo "killed    ${files[$1]}: ${names[$1]}: $found" ;;
    esac
}

# lane NUMBER: every so many of the mutants.
lane() {
    local number
    cd "$work/$1"
    export CARGO_TARGET_DIR=$target/$1
    for ((number = $1; number < ${#names[@]}; number += lanes)); do
        try "$number"
    done
}

slot=slot.rs
mutant $slot "epoch dropped" "(empty | ARMED).wrapping_add(EPOCH)" "(empty | ARMED)"
mutant $slot "settle: load Acquire" "let mut seen = slot.state.load(Acquire)" "let mut seen = slot.state.load(Relaxed)"
mutant $slot "settle: exchange Release" "(seen, fired, Release, Acquire)" "(seen, fired, Relaxed, Acquire)"
mutant $slot "settle: failure Acquire" "(seen, fired, Release, Acquire)" "(seen, fired, Release, Relaxed)"
mutant $slot "poll: load Acquire" "let mut polled = slot.state.load(Acquire)" "let mut polled = slot.state.load(Relaxed)"
mutant $slot "try_take: load Acquire" "let peeked = slot.state.load(Acquire)" "let peeked = slot.state.load(Relaxed)"
mutant $slot "disarm: failure Acquire" "(armed, empty, Relaxed, Acquire)" "(armed, empty, Relaxed, Relaxed)"
mutant $slot "arm: exchange Release" "(empty, armed, Release, Acquire)" "(empty, armed, Relaxed, Acquire)"
mutant $slot "arm: failure Acquire" "(empty, armed, Release, Acquire)" "(empty, armed, Release, Relaxed)"
mutant $slot "leave: load Acquire" "let mut current = slot.state.load(Acquire)" "let mut current = slot.state.load(Relaxed)"
mutant $slot "leave: exchange Release" "(current, DETACHED, Release, Acquire)" "(current, DETACHED, Relaxed, Acquire)"
mutant $slot "leave: failure Acquire" "(current, DETACHED, Release, Acquire)" "(current, DETACHED, Release, Relaxed)"

bell=events/bell.rs
mutant $bell "epoch dropped" "(seen | ARMED).wrapping_add(EPOCH)" "(seen | ARMED)"
mutant $bell "ring: only when armed" "let words = self.waker.copy();
            // ORDERING: releases the event" "if seen & ARMED == 0 { return None; }
            let words = self.waker.copy();
            // ORDERING: releases the event"
mutant $bell "ring: load Acquire" "that \`arm\` published.
        let mut seen = self.word.load(Acquire);
        loop {
            let words" "that \`arm\` published.
        let mut seen = self.word.load(Relaxed);
        loop {
            let words"
mutant $bell "ring: exchange Release" "(seen, seen & !ARMED, Release, Acquire)" "(seen, seen & !ARMED, Relaxed, Acquire)"
mutant $bell "ring: failure Acquire" "(seen, seen & !ARMED, Release, Acquire)" "(seen, seen & !ARMED, Release, Relaxed)"
mutant $bell "arm: load Acquire" "let mut seen = self.word.load(Acquire);
        if seen & ARMED" "let mut seen = self.word.load(Relaxed);
        if seen & ARMED"
mutant $bell "arm: exchange Acquire" "(seen, armed, AcqRel, Acquire)" "(seen, armed, Release, Acquire)"
mutant $bell "arm: exchange Release" "(seen, armed, AcqRel, Acquire)" "(seen, armed, Acquire, Acquire)"
mutant $bell "arm: failure Acquire" "(seen, armed, AcqRel, Acquire)" "(seen, armed, AcqRel, Relaxed)"
mutant $bell "disarm: failure Acquire" "(armed, idle, Relaxed, Acquire)" "(armed, idle, Relaxed, Relaxed)"
mutant $bell "go: load Acquire" "let mut seen = self.word.load(Acquire);
        loop {
            if seen & other" "let mut seen = self.word.load(Relaxed);
        loop {
            if seen & other"
mutant $bell "go: exchange Release" "(seen, mine, Release, Acquire)" "(seen, mine, Relaxed, Acquire)"
mutant $bell "go: failure Acquire" "(seen, mine, Release, Acquire)" "(seen, mine, Release, Relaxed)"

ring=events/ring.rs
mutant $ring "version of the free list dropped" "(list & !NODE).wrapping_add(STEP) | first" "(list & !NODE) | first"
mutant $ring "publish: exchange Release" "(seen, next | node, AcqRel, Relaxed)" "(seen, next | node, Acquire, Relaxed)"
mutant $ring "publish: exchange Acquire" "(seen, next | node, AcqRel, Relaxed)" "(seen, next | node, Release, Relaxed)"
mutant $ring "pop: exchange Acquire" "(seen, seen | NONE, Acquire, Relaxed)" "(seen, seen | NONE, Relaxed, Relaxed)"
mutant $ring "allocate: load Acquire" "let mut list = self.free.load(Acquire)" "let mut list = self.free.load(Relaxed)"
mutant $ring "allocate: failure Acquire" "changed(list, rest), Relaxed, Acquire)" "changed(list, rest), Relaxed, Relaxed)"
mutant $ring "release: exchange Release" "changed(list, node), Release, Relaxed)" "changed(list, node), Relaxed, Relaxed)"
mutant events/mod.rs "no second look" "Armed::Now => match self.try_take() {" "Armed::Now => match None {"

# Every ordering that can be weakened is in the list: an AcqRel in two ways.
strong=$(cat "$crate"/src/*.rs "$crate"/src/*/*.rs | grep -vE '^ *//' |
    grep -oE '\<(Acquire|Release|AcqRel|SeqCst)\>' | sed 's/AcqRel/Acquire\nRelease/' | wc -l)
weakened=$(printf '%s\n' "${names[@]}" | grep -cE ' (Acquire|Release)$')
if ((strong != weakened)); then
    echo "there are $strong orderings to weaken, and mutants of $weakened" >&2
    exit 2
fi

for ((number = 0; number < lanes; number++)); do
    copy "$number"
done
cd "$work/0"
for group in slot events; do
    # At the lower bound: that they pass at the full one is for a run of the models to show.
    found=$(CARGO_TARGET_DIR=$target/0 models $group 2)
    if [[ $found != passed ]]; then
        echo "the models fail without a mutation: $found" >&2
        exit 2
    fi
done

for ((number = 0; number < lanes; number++)); do
    lane "$number" >"$work/$number.out" &
    pids+=($!)
done
status=0
for pid in "${pids[@]}"; do
    wait "$pid" || status=2
done
cat "$work"/*.out
killed=$(cat "$work"/*.out | grep -c '^killed' || true)
echo "$killed of ${#names[@]} mutants killed"
((status == 0 && killed == ${#names[@]}))
