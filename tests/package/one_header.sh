#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the library one header, and builds and runs a program that includes nothing else of it.
# usage: one_header.sh SOURCE WORK CXX
set -eu
rm -rf "$2"
mkdir -p "$2/cardfit"
"$1/.ci/amalgamate" >"$2/cardfit/cardfit.hpp"
"$3" -std=c++20 -Wall -Wextra -Werror -I"$2" "$1/tests/package/main.cpp" -o "$2/program"
"$2/program"
