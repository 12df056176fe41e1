#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles a program whose answers are constants, and refuses a symbol or a text of the library in its object code.
# usage: constant.sh SOURCE WORK CXX
set -eu
rm -rf "$2"
mkdir -p "$2"
"$3" -std=c++20 -O2 -I"$1/include" -c "$1/tests/package/constant.cpp" -o "$2/constant.o"
symbols=$(nm "$2/constant.o" | sed 's/^.* //' | grep -v '^\.L')
# The answer itself is a local constant (.LC0 and the like).
[ "$symbols" = needed_gibibytes ] || { echo "the object code has other symbols than the answer: $symbols"; exit 1; }
if strings "$2/constant.o" | grep -iE 'cardfit::|rtx|gpt2'; then
    echo "the object code has texts of the library"
    exit 1
fi
