# SPDX-License-Identifier: MIT
"""A Conan 2 recipe of the headers. `conan create .packaging/conan` in a checkout makes the package."""

import os

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy


class CardfitConan(ConanFile):
    name = "cardfit"
    version = "0.1.0"
    description = "GPU specifications and fit estimators for deep-learning jobs"
    license = "MIT"
    topics = ("gpu", "deep-learning", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    no_copy_source = True

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..", "..")
        copy(self, "LICENSE", root, self.export_sources_folder)
        copy(self, "include/*.hpp", root, self.export_sources_folder)

    def requirements(self):
        self.requires("boost/[>=1.74]", headers=True, libs=False, transitive_headers=True)

    def package_id(self):
        self.info.clear()

    def validate(self):
        check_min_cppstd(self, 20)

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        copy(self, "*.hpp", os.path.join(self.source_folder, "include"), os.path.join(self.package_folder, "include"))

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        self.cpp_info.set_property("cmake_file_name", "cardfit")
        self.cpp_info.set_property("cmake_target_name", "cardfit::cardfit")
