// SPDX-License-Identifier: MIT
#pragma once

// What an answer says about the format that convolutions compute in where it is not the job's.

#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/io/object_reader.hpp>
#include <cardfit/job/training_time_rules.hpp>

namespace cardfit::io::detail {

/// Adds that fp32 convolutions compute in tf32, as cuDNN does by default on cards that have it.
inline void assume_convolutions(const training& t, const network& net, const gpu& card, findings& found) {
    if (!cardfit::detail::of_convolutions(net) || !runs_convolutions_in_tf32(t, card)) return;
    found.assumed.push_back(
        {"training.precision", "fp32, with convolutions in tf32 (cuDNN's default in PyTorch and TensorFlow)"});
}

}  // namespace cardfit::io::detail
