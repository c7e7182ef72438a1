#!/bin/bash
# Proves that the models of the gate test something: weakens each memory ordering of the gate in turn,
# leaves out or swaps the steps that its page and the delivery's promise, and requires that a model fails
# each time. Works on copies outside the tree, two at a time.
# Prints a line for each mutant and a count; fails if one survives.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
workspace=$(cd "$here/../../.." && pwd)
target=${CARGO_TARGET_DIR:-$workspace/target}/mutants
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
export RUSTFLAGS="--cfg loom -Awarnings"
lanes=2

# copy LANE: the package of the models, with the files that it takes in and the crate under them.
copy() {
    local lane=$work/$1
    mkdir -p "$lane/src/driver" "$lane/crates" "$lane/tests/standalone"
    awk '/^\[/ { keep = /^\[workspace\.(package|lints)/ } keep' "$workspace/Cargo.toml" >"$lane/Cargo.toml"
    printf '\n[workspace]\nmembers = ["crates/callback-bridge"]\nresolver = "3"\n' >>"$lane/Cargo.toml"
    mkdir "$lane/crates/callback-bridge"
    cp -r "$workspace/crates/callback-bridge/"{Cargo.toml,README.md,src} "$lane/crates/callback-bridge/"
    cp "$workspace"/src/driver/{counters,delivery,gate}.rs "$lane/src/driver/"
    mkdir "$lane/tests/standalone/loom"
    cp -r "$here/Cargo.toml" "$here/src" "$lane/tests/standalone/loom/"
    cp "$workspace/Cargo.lock" "$lane/tests/standalone/loom/"
}

# models PREEMPTIONS: prints "passed", or the name of the model that failed.
models() {
    local out status=0
    out=$(LOOM_MAX_PREEMPTIONS=$1 timeout 300 "$CARGO_TARGET_DIR/release/loom-models" 2>/dev/null) || status=$?
    case $status in
    0) echo passed ;;
    124) echo "out of time" ;;
    *) tail -n 1 <<<"$out" | cut -d: -f1 ;;
    esac
}

# verdict: as `models`, at the full bound unless a lower one is enough to fail.
verdict() {
    local out found
    if ! out=$(cargo build --quiet --release 2>&1); then
        printf 'it does not build:\n%s\n' "$out" >&2
        return 2
    fi
    found=$(models 1)
    [[ $found != passed ]] || found=$(models 9)
    echo "$found"
}

files=() names=() froms=() tos=()
# mutant FILE NAME FROM TO: FROM stands in FILE exactly once.
mutant() {
    local original without
    original=$(<"$workspace/src/driver/$1")
    without=${original//"$3"/}
    if (((${#original} - ${#without}) != ${#3})); then
        echo "$1: $2: its text must stand in the file exactly once: $3" >&2
        exit 2
    fi
    files+=("$1") names+=("$2") froms+=("$3") tos+=("$4")
}

# try NUMBER: the models against one mutant, in the folder of a lane.
try() {
    local file=../../../src/driver/${files[$1]} original found
    original=$(<"$file")
    printf '%s\n' "${original/"${froms[$1]}"/"${tos[$1]}"}" >"$file"
    found=$(verdict)
    printf '%s\n' "$original" >"$file"
    case $found in
    passed) echo "SURVIVED  ${files[$1]}: ${names[$1]}" ;;
    "out of time") echo "UNDECIDED ${files[$1]}: ${names[$1]}" ;;
    *) echo "killed    ${files[$1]}: ${names[$1]}: $found" ;;
    esac
}

# lane NUMBER: every so many of the mutants.
lane() {
    local number
    cd "$work/$1/tests/standalone/loom"
    export CARGO_TARGET_DIR=$target/$1
    for ((number = $1; number < ${#names[@]}; number += lanes)); do
        try "$number"
    done
}

gate=gate.rs
mutant $gate "enter: a closed gate lets in" "if word & CLOSED != 0 {
                return Entry::Closed;
            }
            if word & LINE" "if word & LINE"
mutant $gate "enter: looks and enters apart" \
    "match self.word.compare_exchange_weak(word, word + REQUEST, success, failure) {" \
    "let taken = word + REQUEST;
            match self.word.compare_exchange_weak(self.word.load(failure), taken, success, failure) {"
mutant $gate "wait: marks a gate that is not full" "if in_line || (full && set())" \
    "if in_line || { let _ = full; set() }"
mutant $gate "wait: no mark" "if in_line || (full && set())" "let _ = &set;
            if in_line || full"
mutant $gate "leave: does not look for a line" "if word & (LINE | CLOSED) == LINE {" "if false {"
mutant $gate "leave: Release" "(Ordering::AcqRel, Ordering::Relaxed)" "(Ordering::Acquire, Ordering::Relaxed)"
mutant $gate "leave: Acquire" "(Ordering::AcqRel, Ordering::Relaxed)" "(Ordering::Release, Ordering::Relaxed)"
mutant $gate "leave: the last does not see a line that was there" \
    "word & !LINE == REQUEST | CLOSED" "word == REQUEST | CLOSED"
mutant $gate "leave: everybody behind a close starts it" \
    "word & !LINE == REQUEST | CLOSED" "word & CLOSED != 0"
mutant $gate "leave: looks again after leaving" \
    "Ok(_) => return Leave::Left(Duty::None)," \
    "Ok(_) => { self.word.load(Ordering::Relaxed); return Leave::Left(Duty::None) }"
mutant $gate "first in line: the mark stays" "if line.waiting.is_empty() {
            line.given_up = 0;" "if false {
            line.given_up = 0;"
mutant $gate "first in line: the mark goes too early" "if line.waiting.is_empty() {
            line.given_up = 0;" "{
            line.given_up = 0;"
mutant $gate "close: Acquire" "fetch_or(CLOSED, Ordering::Acquire)" "fetch_or(CLOSED, Ordering::Relaxed)"
mutant $gate "close: leaves the line" "std::mem::take(&mut line.waiting)" \
    "std::collections::VecDeque::<Completer<Turn<P>>>::new()"
mutant $gate "close: sends the line away first" \
    "let word = self.word.fetch_or(CLOSED, Ordering::Acquire);
        let away = {
            let mut line = self.line();
            line.given_up = 0;
            std::mem::take(&mut line.waiting)
        };" \
    "let away = {
            let mut line = self.line();
            line.given_up = 0;
            std::mem::take(&mut line.waiting)
        };
        let word = self.word.fetch_or(CLOSED, Ordering::Acquire);"
mutant $gate "close: every closer starts it" "match word & !LINE {
            0 =>" "match word & !(LINE | CLOSED) {
            0 =>"
mutant $gate "close: with requests inside" "_ => Duty::None,
        }
    }

    pub(super) fn is_closed" "_ => Duty::StartClose,
        }
    }

    pub(super) fn is_closed"
mutant $gate "hand-over: a place that nobody takes is lost" \
    "let Some((waiting, place)) = now else { return };
        drop(waiting.complete(Ok(place)));" \
    "let Some((waiting, place)) = now else { return };
        std::mem::forget(waiting.complete(Ok(place)));"

delivery=delivery.rs
mutant $delivery "finish: frees what the future's half has" "Ok(None) => return," "Ok(None) => return free(),"
mutant $delivery "finish: wakes nobody" "Ok(Some(waker)) => return wake(waker)," "Ok(Some(waker)) => return drop((waker, wake)),"
mutant $delivery "finish: frees nothing" "counters::DETACHED.sub();
    free();" "counters::DETACHED.sub();"
mutant $delivery "finish: still counted" "counters::DETACHED.sub();" ""
mutant $delivery "finish: a value that comes back ends it" "Err(value) => Some(value)," \
    "Err(value) => { if true { return drop(value) } Some(value) }"
mutant $delivery "give up: frees before the outcome" "None => return," "None => return free(),"
mutant $delivery "give up: frees nothing" "    }
    free();
}

/// Counts" "    }
}

/// Counts"
mutant $delivery "give up: not counted" "let detached = Detached;" "let detached = std::mem::ManuallyDrop::new(Detached);"
mutant $delivery "give up: counts what had its outcome" "std::mem::forget(detached);" ""

for ((number = 0; number < lanes; number++)); do
    copy "$number"
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
