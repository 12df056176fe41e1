// SPDX-License-Identifier: MIT

// A structure of constants compiles only if every member is described. Estimates follow the constants that a caller
// passes, and the calibration that a job points to.

#include <cardfit/calibration/constant.hpp>
#include <cardfit/calibration/training_calibration.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

struct pair {
    double first = 1;
    double second = 2;
};

constexpr constant<pair> whole[]{{"first", &pair::first, standing::counted, {}, "by hand"},
                                 {"second", &pair::second, standing::fitted, {1, 3}, "rows"}};
constexpr constant<pair> one_missing[]{{"first", &pair::first, standing::counted, {}, "by hand"}};
constexpr constant<pair> one_twice[]{{"first", &pair::first, standing::counted, {}, "by hand"},
                                     {"second", &pair::first, standing::counted, {}, "by hand"}};
constexpr constant<pair> without_source[]{{"first", &pair::first, standing::counted, {}, "by hand"},
                                          {"second", &pair::second, standing::fitted, {1, 3}, ""}};
constexpr constant<pair> outside_range[]{{"first", &pair::first, standing::counted, {}, "by hand"},
                                         {"second", &pair::second, standing::fitted, {3, 4}, "rows"}};
static_assert(detail::describes_all<members_of<pair>>(whole));
static_assert(!detail::describes_all<members_of<pair>>(one_missing));
static_assert(!detail::describes_all<members_of<pair>>(one_twice));
static_assert(!detail::describes_all<members_of<pair>>(without_source));
static_assert(!detail::describes_all<members_of<pair>>(outside_range));

constexpr machine eight = 8 * cards::h100_sxm5_80gb;
constexpr layout sharded{.data = 8, .sharding = sharding::full};
constexpr training job{.sequence_length = 4096, .recompute = recompute::full, .framework = framework::torchtitan};

// Slower matmuls take longer, whether the constants are passed beside the job or come from the job's calibration.
constexpr training_time_constants slower = [] {
    training_time_constants c;
    c.kernels.matrix_hopper /= 2;
    return c;
}();
constexpr training_calibration own{.row = row_of(framework::torchtitan), .constants = slower};
constexpr training calibrated = [] {
    training t = job;
    t.calibration = &own;
    return t;
}();
constexpr seconds usual_step = step_time(models::llama_3_1_8b, job, eight, sharded).step;
static_assert(step_time(models::llama_3_1_8b, job, eight, sharded, {}).step == usual_step);
static_assert(step_time(models::llama_3_1_8b, job, eight, sharded, slower).step > 1.5 * usual_step);
static_assert(step_time(models::llama_3_1_8b, calibrated, eight, sharded).step ==
              step_time(models::llama_3_1_8b, job, eight, sharded, slower).step);

}  // namespace
