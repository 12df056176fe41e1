// SPDX-License-Identifier: MIT
#pragma once

// Names by which a card is known that are not in its row's name: the name of the computer it is sold in, and the name
// that drivers print for a graphics unit that is part of a processor.

#include <cardfit/hardware/cards/amd_radeon.hpp>
#include <cardfit/hardware/cards/intel.hpp>
#include <cardfit/hardware/cards/nvidia_embedded.hpp>

#include <string_view>

namespace cardfit::cards {

/// A further name of a card.
struct alias {
    std::string_view name = "";  ///< the further name, as a user may write it
    const gpu* card = nullptr;   ///< the card that it names
};

/// NVIDIA sells the GB10 as DGX Spark. AMD's product page of the Ryzen AI Max+ 395 (code name Strix Halo) names its
/// graphics unit Radeon 8060S, which PyTorch prints as "AMD Radeon 8060S Graphics". Intel calls its Data Center GPU Max
/// Series by the last two words.
inline constexpr alias aliases[]{
    {"DGX Spark", &gb10},
    {"Strix Halo", &ryzen_ai_max_395},
    {"Radeon 8060S", &ryzen_ai_max_395},
    {"Max 1100", &data_center_gpu_max_1100},
    {"Max 1550", &data_center_gpu_max_1550},
};

}  // namespace cardfit::cards
