# SPDX-License-Identifier: MIT
# A vcpkg port of the headers. An overlay port fills in REPO and SHA512 of the release that it wants.
vcpkg_from_github(OUT_SOURCE_PATH SOURCE_PATH REPO "${CARDFIT_REPO}" REF "v${VERSION}" SHA512 "${CARDFIT_SHA512}")
vcpkg_cmake_configure(SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS -DCARDFIT_BUILD_TOOL=OFF -DCARDFIT_BUILD_EXAMPLES=OFF -DCARDFIT_BUILD_TESTS=OFF -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME cardfit CONFIG_PATH share/cmake/cardfit)
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug" "${CURRENT_PACKAGES_DIR}/lib")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
