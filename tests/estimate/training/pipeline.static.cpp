// SPDX-License-Identifier: MIT

// Tests the pipeline bubble against its formula.

#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

// Narayanan et al. (arXiv 2104.04473), section 2.2: the bubble is (p - 1)/(v m) of the time that m micro-batches take
// without it, where all stages take the same time.
constexpr detail::step_work even{.micro = 1, .average = 1};
constexpr double bubble(int stages, int chunks, pipeline_schedule schedule = pipeline_schedule::one_f_one_b) {
    const training t{.sequence_length = 4096};
    const machine m = stages * cards::h100_sxm5_80gb;
    const layout l{.data = 1, .pipeline = stages, .virtual_stages = chunks, .sharding_group = 1, .schedule = schedule};
    const network net = lower(models::llama_3_1_8b);
    const framework_time& row = row_of(t.framework).time;
    const detail::card_rates card = detail::rates_of(m.card, t.precision, t.software_date, false);
    const detail::time_job j = detail::lower_time(net, t, m, l, row, card, default_training_time_constants);
    return detail::bubble_seconds(j, even, 0);
}
static_assert(bubble(1, 1) == 0 && within(bubble(4, 1), 3, 1e-12) && within(bubble(4, 2), 1.5, 1e-12));
static_assert(within(bubble(8, 1), 7, 1e-12));
// Qi et al. (arXiv 2401.10241), table 1: with T_F = T_B = T_W, ZB-H1 waits for (p - 1) T_F and ZB-H2 for nothing.
static_assert(within(bubble(4, 1, pipeline_schedule::zero_bubble), 1, 1e-12));
static_assert(bubble(4, 1, pipeline_schedule::zero_bubble_h2) == 0);
static_assert(within(bubble(4, 1, pipeline_schedule::gpipe), 3, 1e-12));
