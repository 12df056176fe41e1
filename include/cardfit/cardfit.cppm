// SPDX-License-Identifier: MIT
// `import cardfit;` for compilers with C++20 modules: what <cardfit/cardfit.hpp> gives, and with it the verbs and the
// topics that it leaves to headers of their own, because an import costs the same with them and without. Macros are not
// part of a module; <cardfit/version.hpp> has those of the version.
//
// The declarations stand in `extern "C++"`, so they are the same entities as those of the headers: a program may import
// in one file and include in another.
module;

#include <boost/units/base_dimension.hpp>
#include <boost/units/base_unit.hpp>
#include <boost/units/base_units/information/byte.hpp>
#include <boost/units/base_units/si/kilogram.hpp>
#include <boost/units/base_units/si/meter.hpp>
#include <boost/units/base_units/si/second.hpp>
#include <boost/units/make_system.hpp>
#include <boost/units/physical_dimensions/energy.hpp>
#include <boost/units/physical_dimensions/power.hpp>
#include <boost/units/quantity.hpp>
#include <boost/units/unit.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <version>

export module cardfit;

// The headers belong here, in spite of clang's warning: everything else that they include is included above.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wunknown-warning-option"
#pragma clang diagnostic ignored "-Winclude-angled-in-module-purview"
#endif

export extern "C++" {
#include <cardfit/cardfit.hpp>

#include <cardfit/decide/compare.hpp>
#include <cardfit/decide/diffusion_fits.hpp>
#include <cardfit/decide/disaggregated.hpp>
#include <cardfit/decide/goodput.hpp>
#include <cardfit/decide/next_card.hpp>
#include <cardfit/decide/plan.hpp>
#include <cardfit/decide/price.hpp>
#include <cardfit/decide/rank.hpp>
#include <cardfit/decide/remedies.hpp>
#include <cardfit/decide/rollouts.hpp>
#include <cardfit/decide/savings.hpp>
#include <cardfit/decide/scaling.hpp>
#include <cardfit/decide/serving_choices.hpp>
#include <cardfit/decide/whole_run.hpp>
#include <cardfit/estimate/diffusion/time.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/memory_phases.hpp>
#include <cardfit/estimate/power.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/hardware/cards/mig.hpp>
#include <cardfit/hardware/cards/query.hpp>
#include <cardfit/hardware/machines.hpp>
#include <cardfit/hardware/partition.hpp>
#include <cardfit/hardware/software_support.hpp>
#include <cardfit/model/convnet_zoo.hpp>
#include <cardfit/model/detector_zoo.hpp>
#include <cardfit/model/diffusion_zoo.hpp>
#include <cardfit/model/encoder_decoder_zoo.hpp>
#include <cardfit/model/encoder_zoo.hpp>
#include <cardfit/model/flops.hpp>
#include <cardfit/model/hybrid_zoo.hpp>
#include <cardfit/model/multimodal_zoo.hpp>
#include <cardfit/model/translation_zoo.hpp>
#include <cardfit/model/varied_zoo.hpp>
}
