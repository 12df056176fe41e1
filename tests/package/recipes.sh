#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks the recipes of package managers as far as it can be done without their registries: the port of vcpkg is run
# with functions in place of vcpkg's, the recipe of Conan with modules in place of Conan's, and both state the version
# of the library.
# usage: recipes.sh SOURCE WORK
set -eu
rm -rf "$2"
mkdir -p "$2/conan/tools"
cmake -DSOURCE="$1" -DWORK="$2/vcpkg" -P "$1/tests/package/vcpkg.cmake"
cat >"$2/conan/__init__.py" <<'END'
class ConanFile:
    def requires(self, *_, **__): pass
END
touch "$2/conan/tools/__init__.py"
echo 'def check_min_cppstd(conanfile, version): assert version == 20' >"$2/conan/tools/build.py"
cat >"$2/conan/tools/files.py" <<'END'
import fnmatch, os, shutil
def copy(conanfile, pattern, source, target):
    copied = 0
    for folder, _, names in os.walk(source):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), source)
            if fnmatch.fnmatch(path, pattern):
                os.makedirs(os.path.dirname(os.path.join(target, path)), exist_ok=True)
                shutil.copy(os.path.join(source, path), os.path.join(target, path))
                copied += 1
    assert copied, pattern
END
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$2 python3 - "$1" "$2" <<'END'
import importlib.util, json, os, re, sys, types
source, work = sys.argv[1:]
with open(source + "/include/cardfit/version.hpp") as file:
    version = ".".join(re.findall(r"CARDFIT_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", file.read()))
with open(source + "/.packaging/vcpkg/vcpkg.json") as file:
    assert json.load(file)["version"] == version
spec = importlib.util.spec_from_file_location("conanfile", source + "/.packaging/conan/conanfile.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
recipe = module.CardfitConan()
assert recipe.version == version
recipe.recipe_folder = source + "/.packaging/conan"
recipe.export_sources_folder = recipe.source_folder = work + "/exported"
recipe.package_folder = work + "/package"
recipe.cpp_info = types.SimpleNamespace(set_property=lambda *_: None)
recipe.info = types.SimpleNamespace(clear=lambda: None)
for step in ("export_sources", "requirements", "package_id", "validate", "package", "package_info"):
    getattr(recipe, step)()
assert os.path.exists(work + "/package/include/cardfit/cardfit.hpp")
assert os.path.exists(work + "/package/licenses/LICENSE")
END
