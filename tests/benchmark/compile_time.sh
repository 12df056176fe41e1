#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Prints what an include costs, as a table in Markdown: user times of compiling files at -O0, and their ratios to that of
# boost/units/quantity.hpp in the same run. The first rows are what Boost.Units itself includes. The compilations take
# turns, so that a change of the machine's load meets all of them. Each time is the least. The last row is the time of
# one more static_assert(fits(...)).
# usage: compile_time.sh INCLUDE [CXX[,CXX...]] [RUNS]
set -eu
include=$1 runs=${3:-5}
IFS=, read -ra compilers <<<"${2:-g++}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Headers that one file includes have commas between.
headers=(boost/units/quantity.hpp
    string,algorithm,cmath,limits boost/units/dim.hpp boost/units/unit.hpp boost/units/systems/si.hpp boost/units/io.hpp
    cardfit/units.hpp cardfit/hardware/gpu.hpp cardfit/hardware/cards/nvidia_hopper.hpp
    cardfit/hardware/cards/query.hpp cardfit/hardware/cards/all.hpp cardfit/model/zoo.hpp
    cardfit/estimate/training/memory.hpp cardfit/estimate/inference/memory.hpp cardfit/decide/fits.hpp
    cardfit/decide/serve.hpp cardfit/cardfit.hpp)
asserts=100
for each in "${!headers[@]}"; do
    tr , '\n' <<<"${headers[each]}" | sed 's/.*/#include <&>/' >"$work/$each.cpp"
done
{
    printf '#include <cardfit/cardfit.hpp>\n'
    for length in $(seq "$asserts"); do
        # Each length is another job, so that no answer is read from a compiler's cache.
        printf 'static_assert(cardfit::fits(cardfit::models::gpt2, cardfit::training{.sequence_length = %d}, cardfit::cards::h100_sxm5_80gb));\n' "$length"
    done
} >"$work/asserts.cpp"
for _ in $(seq "$runs"); do
    for compiler in "${compilers[@]}"; do
        for source in "$work"/*.cpp; do
            ( TIMEFORMAT='%U'; time "$compiler" -std=c++20 -O0 -I"$include" -c "$source" -o /dev/null ) 2>>"${source%.cpp}.$compiler"
        done
    done
done
# least NAME COMPILER
least() {
    sort -n "$work/$1.$2" | head -n 1
}
title="| included |" rule="| --- |"
for compiler in "${compilers[@]}"; do
    title+=" $compiler |  |"
    rule+=" --- | --- |"
done
printf '%s\n%s\n' "$title" "$rule"
for each in "${!headers[@]}"; do
    row="| \`${headers[each]//,/\`, \`}\` |"
    for compiler in "${compilers[@]}"; do
        row+=$(awk -v t="$(least "$each" "$compiler")" -v b="$(least 0 "$compiler")" 'BEGIN { printf " %.3f s | %.2f |", t, t / b }')
    done
    echo "$row"
done
row="| one more \`static_assert(fits(...))\` |"
for compiler in "${compilers[@]}"; do
    row+=$(awk -v t="$(least asserts "$compiler")" -v u="$(least "$each" "$compiler")" -v n="$asserts" 'BEGIN { printf " %.1f ms |  |", 1000 * (t - u) / n }')
done
echo "$row"
