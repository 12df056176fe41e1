// SPDX-License-Identifier: MIT
#pragma once

// Diffusers, which makes images with diffusion models. A job names no engine for that, so it has no enumerator.

#include <cardfit/engines/transformers.hpp>

namespace cardfit::engines {

/// Diffusers runs eager PyTorch modules as transformers does, under the same allocator.
inline constexpr const engine_row& diffusers = transformers;

}  // namespace cardfit::engines
