#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Prints the user times of compiling cardfit's headers at -O0, and their ratios to that of boost/units/quantity.hpp in
# the same run. The compilations take turns, so that a change of the machine's load meets all of them. Each time is the
# median. The last line is the time of one more static_assert(fits(...)).
# usage: compile_time.sh INCLUDE [CXX] [RUNS]
set -eu
include=$1 cxx=${2:-g++} runs=${3:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
headers=(boost/units/quantity.hpp cardfit/units.hpp cardfit/hardware/gpu.hpp cardfit/hardware/cards/nvidia_hopper.hpp
    cardfit/hardware/cards/query.hpp cardfit/hardware/cards/all.hpp cardfit/model/zoo.hpp
    cardfit/estimate/training/memory.hpp cardfit/estimate/inference/memory.hpp cardfit/decide/fits.hpp
    cardfit/decide/serve.hpp cardfit/cardfit.hpp)
asserts=100
for each in "${!headers[@]}"; do
    echo "#include <${headers[each]}>" >"$work/$each.cpp"
done
{
    printf '#include <cardfit/cardfit.hpp>\n'
    for length in $(seq "$asserts"); do
        # Each length is another job, so that no answer is read from a compiler's cache.
        printf 'static_assert(cardfit::fits(cardfit::models::gpt2, cardfit::training{.sequence_length = %d}, cardfit::cards::h100_sxm5_80gb));\n' "$length"
    done
} >"$work/asserts.cpp"
for _ in $(seq "$runs"); do
    for source in "$work"/*.cpp; do
        ( TIMEFORMAT='%U'; time "$cxx" -std=c++20 -O0 -I"$include" -c "$source" -o /dev/null ) 2>>"${source%.cpp}.times"
    done
done
median() {
    sort -n "$work/$1.times" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'
}
base=$(median 0)
for each in "${!headers[@]}"; do
    awk -v h="${headers[each]}" -v t="$(median "$each")" -v b="$base" 'BEGIN { printf "%-44s %.3f s  %.2f x\n", h, t, t / b }'
done
awk -v t="$(median asserts)" -v u="$(median "$each")" -v n="$asserts" 'BEGIN { printf "%-44s %.1f ms\n", "one more static_assert(fits(...))", 1000 * (t - u) / n }'
