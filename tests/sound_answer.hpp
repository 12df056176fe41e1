// SPDX-License-Identifier: MIT
#pragma once

// What every answer promises, whatever the job is. The fuzzers and the tests of random jobs hold answers to it.

#include <cardfit/io/answer.hpp>

#include <cmath>
#include <stdexcept>

/// Thrown where something that was accepted is not what it promises to be.
struct broken_promise : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline void promise(bool kept, const char* what) {
    if (!kept) throw broken_promise(what);
}

/// Returns true for a time above 0 that is a number.
[[nodiscard]] inline bool is_time(cardfit::seconds time) { return time.number > 0 && std::isfinite(time.number); }

/// Checks an answer. Throws broken_promise.
inline void check_answer(const cardfit::io::answered_job& a) {
    const cardfit::memory_estimate& needed = a.need();
    for (const cardfit::memory_estimate* m : {&a.report.memory, &needed}) {
        promise(m->device().number >= 0 && m->reserved() <= m->device(), "bytes are not negative");
        promise(m->device_low <= m->device() && m->device() <= m->device_high, "the bounds enclose the estimate");
    }
    promise(a.all_cards.device >= needed.device(), "all cards hold what one of them holds");
    promise(a.max_micro_batch >= a.safe_micro_batch && a.safe_micro_batch >= 0, "a safe size is one that fits");
    promise(a.max_sequence_length >= a.safe_sequence_length && a.safe_sequence_length >= 0,
            "a safe length is one that fits");
    if (a.report.grade == cardfit::grade::fits)
        promise(needed.device_high <= a.report.capacity, "what fits is within the capacity");
    if (a.step) promise(is_time(a.step->step), "a step takes time");
    if (a.serving) promise(is_time(a.serving->prefill), "a prompt takes time");
    if (a.making) promise(is_time(a.making->total()), "an image takes time");
}
