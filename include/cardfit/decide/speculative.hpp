// SPDX-License-Identifier: MIT
#pragma once

// A way to serve a model with speculative decoding: its memory and its times where so many proposed tokens are
// accepted, and the acceptance from which it pays.

#include <cardfit/decide/serving_choices.hpp>

namespace cardfit {

/// What a choice becomes with speculative decoding.
struct speculative_choice {
    serving_choice choice{};  ///< the choice with a draft
    /// The acceptance from which a token takes less time than without a draft, with the users that are wished for;
    /// above 1: none is enough.
    double least_acceptance = 2;
};

namespace detail {

/// Returns the acceptance with which a pass of `drafted` proposed tokens yields `tokens` tokens; 2 if none does.
[[nodiscard]] constexpr double acceptance_for(double tokens, std::int64_t drafted) noexcept {
    if (tokens_per_pass(1, drafted) < tokens) return 2;
    double low = 0;
    double high = 1;
    constexpr int halvings = 40;
    for (int i = 0; i < halvings; ++i) {
        const double middle = (low + high) / 2;
        const bool too_few = tokens_per_pass(middle, drafted) < tokens;
        low = too_few ? middle : low;
        high = too_few ? high : middle;
    }
    return high;
}

}  // namespace detail

/// Returns a choice of `serve_one` with speculative decoding, on the same machine and layout and for the same wish. The
/// job of the choice has no speculation, and the choice has a time. `positions` are the model's; 0: not known. Throws
/// invalid_input as serve_one does.
[[nodiscard]] constexpr speculative_choice speculate(const network& net, const serving_choice& plain, const machine& m,
                                                     const serving_wish& wish, const speculation& how,
                                                     std::int64_t positions = 0) {
    inference job = plain.job;
    job.speculation = how;
    speculative_choice s{.choice = serve_one(net, job, m, plain.layout, wish, positions)};
    // The passes take the same time at any acceptance, which divides them by the tokens that a pass yields.
    const double pass = s.choice.per_token.number * tokens_per_pass(how.acceptance, how.tokens);
    s.least_acceptance = detail::acceptance_for(pass / plain.per_token.number, how.tokens);
    return s;
}

}  // namespace cardfit
