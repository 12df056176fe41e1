#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs README.md and the pages of examples/guide. Every C++ block is a complete program that must compile and print the
# `text` block after it. The lines of an sh block that start the tool must together print the `text` block after the sh
# block.
# usage: run.sh SOURCE WORK CXX TOOL [FLAG…]   (flags for the compiler: -Werror in CI)
set -eu
source=$1 work=$2 cxx=$3 tool=$4
shift 4
rm -rf "$work" && mkdir -p "$work"
cd "$source"

programs=0 commands=0
# usage: run_page PAGE BLOCKS [FLAG…]   (BLOCKS: the folder for the page's blocks)
run_page() {
    local page=$1 blocks=$2 block number kind expected line code
    shift 2
    mkdir "$blocks"
    awk -v work="$blocks" '
        /^```/ && !inside { kind = substr($0, 4); inside = 1; n++; file = sprintf("%s/%02d.%s", work, n, kind); printf "" > file; next }
        /^```/ { inside = 0; close(file); next }
        inside { print > file }
    ' "$page"
    for block in "$blocks"/*; do
        [ -e "$block" ] || continue  # a page without blocks
        number=$(basename "${block%.*}") kind=${block##*.}
        expected=$blocks/$(printf '%02d' $((10#$number + 1))).text
        case $kind in
        cpp)
            "$cxx" -std=c++20 -Wall -Wextra "$@" -Iinclude "$block" -o "$blocks/$number.program"
            "$blocks/$number.program" >"$blocks/$number.out"
            programs=$((programs + 1)) ;;
        sh)
            grep -E '^build/bin/cardfit ' "$block" >"$blocks/$number.lines" || continue
            : >"$blocks/$number.out"
            while IFS= read -r line; do
                code=0
                bash -c "$tool ${line#build/bin/cardfit }" >>"$blocks/$number.out" || code=$?
                [ "$code" -le 1 ] || { echo "$page: '$line' ended with $code"; exit 1; }
                commands=$((commands + 1))
            done <"$blocks/$number.lines"
            # 80 columns, except for tables of errors by source. A line's characters are counted, not its bytes.
            if ! grep -qE '^build/bin/cardfit validate ' "$blocks/$number.lines" &&
                LC_ALL=C.UTF-8 grep -nE '^.{81}' "$blocks/$number.out"; then
                echo "$page: block $number prints lines of more than 80 columns"
                exit 1
            fi ;;
        *) continue ;;
        esac
        if [ -f "$expected" ] && ! diff -u "$expected" "$blocks/$number.out"; then
            echo "$page: block $number prints something else than the text behind it"
            exit 1
        fi
    done
}

for page in README.md examples/guide/*.md; do
    run_page "$page" "$work/$(basename "$page" .md)" "$@"
done
[ "$programs" -gt 0 ] && [ "$commands" -gt 0 ] || { echo "no programs or no commands"; exit 1; }
echo "README and guide: $programs programs and $commands commands"
