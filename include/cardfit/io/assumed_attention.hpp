// SPDX-License-Identifier: MIT
#pragma once

// What an answer says about attention where no flash kernel of the framework runs it.

#include <cardfit/frameworks/all.hpp>
#include <cardfit/io/key_value.hpp>
#include <cardfit/io/object_reader.hpp>
#include <cardfit/job/attention_kernels.hpp>

#include <string>

namespace cardfit::io::detail {

/// Adds which kernel runs flash attention where FlashAttention-2 refuses the card or the model's heads.
inline void assume_efficient_kernel(const training& t, const network& net, const gpu& card, findings& found) {
    const flash_refusal* refusal = refusal_of_flash(net, t, card);
    if (!refusal) return;
    std::erase_if(found.assumed, [](const assumption& a) { return a.key == "training.attention"; });
    found.assumed.push_back(
        {"training.attention", "flash (by PyTorch's memory-efficient kernel: " + std::string(refusal->name) + ")"});
}

/// Returns why attention writes its scores under a framework.
[[nodiscard]] inline std::string reason_of(const attention_limit& limit, const framework_row& row) {
    if (limit.known_since == nullptr) return std::string(limit.name);
    const software_date since = row.memory.*limit.known_since;
    std::string why = "no flash kernel of " + std::string(row.name) + " knows " + std::string(limit.name);
    if (since < no_software_yet) why += " before " + month_text(month_number(since));
    return why + "; flex does";
}

/// Adds that attention writes its scores although the job says, or defaults to, a kernel that does not.
inline void assume_attention(const training& t, const network& net, const gpu& card, findings& found) {
    const framework_row& row = row_of(t.framework);
    const attention_limit* limit = limit_of_attention(net, t, card, row.memory);
    if (!limit) return assume_efficient_kernel(t, net, card, found);
    std::erase_if(found.assumed, [](const assumption& a) { return a.key == "training.attention"; });
    found.assumed.push_back({"training.attention", "eager (" + reason_of(*limit, row) + ")"});
}

}  // namespace cardfit::io::detail
