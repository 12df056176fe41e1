#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs README.md. Every C++ block is a complete program that must compile and print the `text` block after it. The lines
# of an sh block that start the tool must together print the `text` block after the sh block.
# usage: run.sh SOURCE WORK CXX TOOL [FLAG…]   (flags for the compiler: -Werror in CI)
set -eu
source=$1 work=$2 cxx=$3 tool=$4
shift 4
rm -rf "$work" && mkdir -p "$work"
cd "$source"
awk -v work="$work" '
    /^```/ && !inside { kind = substr($0, 4); inside = 1; n++; file = sprintf("%s/%02d.%s", work, n, kind); printf "" > file; next }
    /^```/ { inside = 0; close(file); next }
    inside { print > file }
' README.md
programs=0 commands=0
for block in "$work"/*; do
    number=$(basename "${block%.*}") kind=${block##*.}
    expected=$work/$(printf '%02d' $((10#$number + 1))).text
    case $kind in
    cpp)
        "$cxx" -std=c++20 -Wall -Wextra "$@" -Iinclude "$block" -o "$work/$number.program"
        "$work/$number.program" >"$work/$number.out"
        programs=$((programs + 1)) ;;
    sh)
        grep -E '^build/bin/cardfit ' "$block" >"$work/$number.lines" || continue
        : >"$work/$number.out"
        while IFS= read -r line; do
            code=0
            bash -c "$tool ${line#build/bin/cardfit }" >>"$work/$number.out" || code=$?
            [ "$code" -le 1 ] || { echo "README: '$line' ended with $code"; exit 1; }
            commands=$((commands + 1))
        done <"$work/$number.lines" ;;
    *) continue ;;
    esac
    if [ -f "$expected" ] && ! diff -u "$expected" "$work/$number.out"; then
        echo "README: block $number prints something else than the text behind it"
        exit 1
    fi
done
[ "$programs" -gt 0 ] && [ "$commands" -gt 0 ] || { echo "README: no programs or no commands"; exit 1; }
echo "README: $programs programs and $commands commands"
