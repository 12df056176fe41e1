#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Prints the compile times of cardfit's headers, and their ratios to that of boost/units/quantity.hpp in the same run.
# Each time is the shortest of several compilations at -O0, by g++ unless CXX says otherwise.
# usage: compile_time.sh INCLUDE [CXX] [RUNS]
set -eu
include=$1 cxx=${2:-g++} runs=${3:-9}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
seconds() {
    echo "#include <$1>" >"$work/one.cpp"
    for _ in $(seq "$runs"); do
        ( TIMEFORMAT='%U %S'; time "$cxx" -std=c++20 -O0 -I"$include" -c "$work/one.cpp" -o /dev/null ) 2>&1
    done | awk '{ t = $1 + $2; if (NR == 1 || t < least) least = t } END { print least }'
}
base=$(seconds boost/units/quantity.hpp)
for header in cardfit/units.hpp cardfit/hardware/cards/all.hpp cardfit/model/zoo.hpp cardfit/cardfit.hpp; do
    awk -v h="$header" -v t="$(seconds "$header")" -v b="$base" 'BEGIN { printf "%-32s %.3f s  %.2f x boost/units/quantity.hpp (%.3f s)\n", h, t, t / b, b }'
done
