#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Follows one page of .github/contributing: its diff blocks must apply to a copy of include/, and its cpp blocks must
# compile against the patched copy, but must not compile against the unpatched headers.
# usage: run.sh SOURCE PAGE WORK CXX [FLAG...]
set -eu
source=$1 page=$2 work=$3 cxx=$4
shift 4
rm -rf "$work"
mkdir -p "$work"
cp -r "$source/include" "$work/include"
awk -v work="$work" '
    /^```/ && !inside { kind = substr($0, 4); inside = 1; n++; file = sprintf("%s/%02d.%s", work, n, kind); printf "" > file; next }
    /^```/ { inside = 0; close(file); next }
    inside { print > file }
' "$page"
diffs=0 checks=0
for block in "$work"/*.diff; do
    [ -e "$block" ] || continue
    if grep -E '^(---|\+\+\+) ' "$block" | grep -vqE '^(---|\+\+\+) ([ab]/include/|/dev/null)'; then
        echo "$page: a diff touches a file outside of include/"
        exit 1
    fi
    if command -v patch >/dev/null; then
        patch -p1 --batch --no-backup-if-mismatch -d "$work" -i "$block"
    else
        (cd "$work" && git apply -p1 --unsafe-paths --verbose "$(basename "$block")")
    fi
    diffs=$((diffs + 1))
done
for block in "$work"/*.cpp; do
    [ -e "$block" ] || continue
    check() { "$cxx" -std=c++20 -fsyntax-only "$@" -I"$include" -x c++ "$block"; }
    include=$work/include
    check "$@" || { echo "$page: the check $(basename "$block") does not compile with the change"; exit 1; }
    include=$source/include
    if check "$@" 2>/dev/null; then
        echo "$page: the check $(basename "$block") compiles without the change"
        exit 1
    fi
    checks=$((checks + 1))
done
[ "$diffs" -gt 0 ] && [ "$checks" -gt 0 ] || { echo "$page: no diff or no check"; exit 1; }
echo "$page: $diffs diffs and $checks checks"
