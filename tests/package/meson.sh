#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds a project with the library as a Meson subproject, and runs its program.
# usage: meson.sh SOURCE WORK CXX    (77: there is no Meson or no Ninja)
set -eu
command -v meson >/dev/null && command -v ninja >/dev/null || exit 77
rm -rf "$2"
mkdir -p "$2/subprojects/cardfit"
cp -r "$1/include" "$1/.packaging/meson/meson.build" "$2/subprojects/cardfit"
cp "$1/tests/package/main.cpp" "$2"
cat >"$2/meson.build" <<'END'
project('planner', 'cpp', default_options: ['cpp_std=c++20'])
executable('planner', 'main.cpp', dependencies: dependency('cardfit', fallback: ['cardfit', 'cardfit_dep']))
END
cd "$2"
CXX=$3 meson setup build .
meson compile -C build
build/planner
# The recipe states the version of the library.
number() { sed -n "s/#define CARDFIT_VERSION_$2 \([0-9]*\).*/\1/p" "$1/include/cardfit/version.hpp"; }
grep -q "version: '$(number "$1" MAJOR).$(number "$1" MINOR).$(number "$1" PATCH)'" "$1/.packaging/meson/meson.build"
