#!/bin/sh
# SPDX-License-Identifier: MIT
# Counts the instructions of an estimate, of a point of a lowered job, of a search of layouts on 8 cards and of a job as
# a line of JSON, and fails beyond a budget. Counts of callgrind hardly vary, on a machine that does other work too;
# times do. A budget is 15 % more than was counted on 27 November 2026 with the compiler that took more, of g++ 12 and
# clang 14. The tool's is for a build without optimization, CMake's default. Whoever spends more for a reason raises it
# in the same commit, and says so.
# usage: instructions.sh PROGRAM TOOL; exits with 77 without valgrind.
set -eu
program=$1 tool=$2
command -v valgrind >/dev/null || { echo "no valgrind"; exit 77; }
# The C library fills large blocks by instructions that repeat themselves, which callgrind counts once per byte.
export GLIBC_TUNABLES=glibc.cpu.x86_rep_stosb_threshold=1000000:glibc.cpu.x86_rep_movsb_threshold=1000000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints the instructions of a command whose standard input is a file.
count() {
    input=$1
    shift
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" <"$input" 2>&1 >/dev/null |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

failed=0
# Compares what one of `times` askings takes with its budget, given the counts with and without them.
compare() {
    each=$((($3 - $2) / $4))
    echo "$1: $each instructions, of $5 at most"
    [ "$each" -le "$5" ] || failed=1
}

job='{"model": "llama-3.1-8b", "hardware": {"card": "h100-sxm5-80gb", "cards": 8}, "training": {"micro_batch": 2, "sequence_length": 8192, "framework": "torchtitan"}, "layout": {"data": 8, "sharding": "full"}}'
yes "$job" | head -n 1 >"$work/one"
yes "$job" | head -n 101 >"$work/many"
compare "an estimate" "$(count /dev/null "$program" estimate 10)" "$(count /dev/null "$program" estimate 110)" 100 10310
compare "a point" "$(count /dev/null "$program" point 10)" "$(count /dev/null "$program" point 1010)" 1000 490
compare "a search of layouts" "$(count /dev/null "$program" plan 2)" "$(count /dev/null "$program" plan 6)" 4 10700000
compare "a job as JSON" "$(count "$work/one" "$tool" estimate --jsonl)" "$(count "$work/many" "$tool" estimate --jsonl)" 100 1007000
exit $failed
