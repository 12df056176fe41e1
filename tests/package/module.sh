#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the module and a program that imports it, and runs the program. Ends with 77 where the compiler has no C++20
# modules.
# usage: module.sh SOURCE WORK CXX
set -eu
source=$1
work=$2
cxx=$3
rm -rf "$work"
mkdir -p "$work"
cd "$work"
case $("$cxx" --version) in
*clang*)
    # Before the paper P2615, which clang 17 has, a static_assert could not stand in what is exported.
    printf 'export module empty;\nexport extern "C++" {\nstatic_assert(true);\n}\n' >empty.cppm
    "$cxx" -std=c++20 --precompile empty.cppm -o empty.pcm 2>/dev/null || exit 77
    "$cxx" -std=c++20 -I"$source/include" --precompile "$source/include/cardfit/cardfit.cppm" -o cardfit.pcm
    "$cxx" -std=c++20 -fmodule-file=cardfit=cardfit.pcm "$source/tests/package/module.cpp" cardfit.pcm -o program ;;
*)
    # Before 14, g++ cannot write the module.
    [ "$("$cxx" -dumpversion)" -ge 14 ] || exit 77
    "$cxx" -std=c++20 -fmodules-ts -I"$source/include" -x c++ -c "$source/include/cardfit/cardfit.cppm" -o module.o
    "$cxx" -std=c++20 -fmodules-ts "$source/tests/package/module.cpp" module.o -o program ;;
esac
./program
