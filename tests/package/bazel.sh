#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds a project with the library by Bazel, without a network, and runs its program. Bazel 4, which is Debian's, loads
# the rules of C++ from repositories of their own; Debian has those of Java, Proto and the platforms, and its rules_cc is
# for a later Bazel, so names for the rules that Bazel has built in stand for it.
# usage: bazel.sh SOURCE WORK    (77: Bazel, or what Debian's needs, is not here)
set -eu
rules=/usr/share/bazel/rules
command -v bazel-4 >/dev/null && [ -d $rules/java ] && [ -d $rules/proto ] && [ -d /usr/share/bazel/tools/platforms ] || exit 77
if [ -e "$2" ]; then
    chmod -R u+w "$2"
    rm -rf "$2"
fi
mkdir -p "$2/project" "$2/rules_cc/cc"
echo 'workspace(name = "rules_cc")' >"$2/rules_cc/WORKSPACE"
cat >"$2/rules_cc/cc/BUILD" <<'END'
exports_files(["defs.bzl"])
toolchain_type(name = "toolchain_type", visibility = ["//visibility:public"])
END
for rule in cc_binary cc_import cc_library cc_proto_library cc_test cc_toolchain cc_toolchain_suite fdo_prefetch_hints fdo_profile objc_import objc_library; do
    echo "$rule = native.$rule"
done >"$2/rules_cc/cc/defs.bzl"
printf 'cc_flags_supplier = None\ncompiler_flag = None\n' >>"$2/rules_cc/cc/defs.bzl"

cp "$1/tests/package/main.cpp" "$1/.packaging/bazel/cardfit.BUILD" "$2/project"
cat >"$2/project/WORKSPACE" <<END
workspace(name = "planner")
new_local_repository(name = "cardfit", path = "$1", build_file = "cardfit.BUILD")
END
cat >"$2/project/BUILD" <<'END'
cc_binary(name = "planner", srcs = ["main.cpp"], copts = ["-std=c++20"], deps = ["@cardfit"])
END
cd "$2/project"
bazel-4 --batch --output_user_root="$2/bazel" build --override_repository=rules_cc="$2/rules_cc" --override_repository=rules_java=$rules/java \
    --override_repository=rules_proto=$rules/proto --override_repository=platforms=/usr/share/bazel/tools/platforms //:planner
bazel-bin/planner
