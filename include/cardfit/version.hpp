// SPDX-License-Identifier: MIT
#pragma once

// The version, for the preprocessor. CMake reads it from this file.

#define CARDFIT_VERSION_MAJOR 0
#define CARDFIT_VERSION_MINOR 1
#define CARDFIT_VERSION_PATCH 0
