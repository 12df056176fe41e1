#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the page cardfit.html, one file with cardfit in WebAssembly, and the npm package cardfit-wasm. It needs
# Emscripten (Debian: emscripten), Boost, nlohmann-json and CLI11 as the tool does, and npm. .ci/page installs them.
# usage: build.sh OUT [COMMIT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source=$here/../..
mkdir -p "$1/npm" "$1/include"
out=$(cd "$1" && pwd)
commit=${2:-}

# The npm packages of the build stand beside it, so that the source tree stays as it is.
cp "$here/package.json" "$here/package-lock.json" "$out/npm"
(cd "$out/npm" && npm ci --silent --no-fund --no-audit)
export NODE_PATH=$out/npm/node_modules

# The libraries are headers alone. Each is named by itself, because Emscripten has system headers of its own.
for name in boost nlohmann CLI; do
    for prefix in ${CMAKE_PREFIX_PATH:-} /usr/local /usr; do
        [ -d "$prefix/include/$name" ] && ln -sfn "$prefix/include/$name" "$out/include/$name" && break
    done
    [ -e "$out/include/$name" ] || { echo "build.sh: no headers of $name in /usr/include or CMAKE_PREFIX_PATH"; exit 1; }
done

flags=(-Oz -fwasm-exceptions)
em++ "${flags[@]}" -std=c++20 -DNDEBUG -I"$source/include" -isystem "$out/include" -c "$source/examples/c_api/cardfit_c.cpp" -o "$out/cardfit_c.o"
em++ "${flags[@]}" -std=c++20 -DNDEBUG -I"$source/include" -isystem "$out/include" -c "$source/examples/cardfit/run.cpp" -o "$out/run.o"
em++ "${flags[@]}" -std=c++20 "-DCARDFIT_COMMIT=\"$commit\"" -c "$source/examples/cardfit/commit.cpp" -o "$out/commit.o"
em++ "${flags[@]}" -std=c++20 -c "$source/examples/web/no_libraries.cpp" -o "$out/no_libraries.o"
em++ "${flags[@]}" "$out/cardfit_c.o" "$out/run.o" "$out/commit.o" "$out/no_libraries.o" -o "$out/cardfit_module.mjs" -sMODULARIZE=1 -sEXPORT_ES6=1 -sENVIRONMENT=web \
    -sALLOW_MEMORY_GROWTH=1 -sINITIAL_MEMORY=33554432 -sTOTAL_STACK=8388608 -sFORCE_FILESYSTEM=1 \
    -sALLOW_TABLE_GROWTH=1 \
    -sEXPORTED_FUNCTIONS=_cardfit_command,_cardfit_command_stream_open,_cardfit_stream_write,_cardfit_stream_close,_cardfit_free,_cardfit_version,_malloc,_free \
    -sEXPORTED_RUNTIME_METHODS=UTF8ToString,stringToUTF8,lengthBytesUTF8,addFunction,removeFunction,FS
node "$here/build.mjs" "$out" "$out"
(cd "$out/cardfit-wasm" && npm pack --silent --pack-destination "$out")
