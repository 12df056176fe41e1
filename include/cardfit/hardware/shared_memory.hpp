// SPDX-License-Identifier: MIT
#pragma once

// Memory that a GPU shares with its host: which part of it the GPU gets as shipped, which setting of the host changes
// that, and what the operating system takes. A card whose host has memory of its own shares nothing.

#include <cardfit/hardware/capabilities.hpp>
#include <cardfit/hardware/gpu.hpp>
#include <cardfit/row_table.hpp>

namespace cardfit {

/// A fraction of a memory.
struct memory_share {
    int of = 1;     ///< numerator
    int parts = 1;  ///< denominator
};

/// One way in which GPU and host share memory.
struct memory_sharing_row {
    memory_sharing value{};  ///< how memory is shared
    /// The part of the capacity that the GPU gets as shipped: of memories up to 36 GiB, and of larger ones. It applies
    /// to rows without a reading.
    memory_share up_to_36_gib{};
    memory_share beyond{};  ///< of memories of more than 36 GiB
    /// True where the GPU's part has a limit, so that the host's processes live beside it. Otherwise the operating
    /// system and the host's part of a job come out of the same bytes (`operating_system_share`).
    bool limited = false;
    std::string_view setting{};  ///< what changes the limit, in the words of the system's documentation
    std::string_view source{};   ///< the document or reading behind the row
};

/// One row for each way of sharing.
inline constexpr memory_sharing_row memory_sharing_rows[]{
    {.value = memory_sharing::none, .source = "the card has memory of its own"},
    // 121.63 of 128 GiB on a GB10 and 61.4 of 64 on an AGX Orin, but 14.8 of 16 on a smaller Orin.
    {.value = memory_sharing::whole,
     .up_to_36_gib = {23, 25},
     .beyond = {19, 20},
     .source = "ollama/ollama issue 3406, mmalyska/home-ops pull request 4897, AlexsJones/llmfit pull request 872"},
    // Half of the system's memory: 62.47 GiB of 128.
    {.value = memory_sharing::gtt,
     .up_to_36_gib = {12, 25},
     .beyond = {12, 25},
     .limited = true,
     .setting = "ttm.pages_limit, amdttm's on MI300A, or the BIOS carve-out",
     .source = "rjmalagon/ollama-linux-amd-apu issue 4: the Linux kernel's default; unslothai/unsloth issue 7960"},
    // recommendedMaxWorkingSetSize is two thirds of memories up to 36 GiB and three quarters of larger ones (11453 MB
    // of 16 GiB on an M1, 21845 of 32, 48 of 64 GiB). Newer systems allow up to 84 % (107.52 of 128 GiB). The rule uses
    // the lowest reading.
    {.value = memory_sharing::wired,
     .up_to_36_gib = {2, 3},
     .beyond = {3, 4},
     .limited = true,
     .setting = "sysctl iogpu.wired_limit_mb",
     .source = "ollama/ollama issue 434, ggml-org/llama.cpp issue 1870, antirez/ds4 pull request 893"},
};

/// Returns the row of a way of sharing.
[[nodiscard]] constexpr const memory_sharing_row& row_of(memory_sharing s) noexcept {
    return memory_sharing_rows[static_cast<std::size_t>(s)];
}

/// Returns the part of a shared memory that the GPU gets as shipped by the rule of its kind, in bytes.
[[nodiscard]] constexpr bytes shipped_share(const gpu& card) noexcept {
    const memory_sharing_row& row = row_of(card.memory_sharing);
    const memory_share share = card.memory <= gibibytes(36) ? row.up_to_36_gib : row.beyond;
    return bytes_of(card.memory.number / share.parts * share.of);
}

/// Returns the memory that an idle operating system and its services take of a shared memory of `total` bytes, in
/// bytes: 1 GiB and 4.5 %. A GB10 of 119.68 GiB has 6.4 GiB in use when it is idle (leptonai/gpud pull request 1170),
/// and the other sizes are estimated from it. A desktop takes more (9.8 GiB of an AGX Orin's 61.4: ollama/ollama issue
/// 3406), which `host_conditions::display` states.
[[nodiscard]] constexpr bytes operating_system_share(bytes total) noexcept {
    return bytes_of(bytes_per_gibibyte + total.number / 1000 * 45);
}

/// Returns the largest limit that a host can set for its GPU: 15/16 of the memory (120 of 128 GiB on a Ryzen AI Max+
/// 395). The operating system needs the rest.
[[nodiscard]] constexpr bytes largest_gpu_limit(const gpu& card) noexcept {
    return bytes_of(card.memory.number / 16 * 15);
}

/// Returns true if the GPU's part of the memory is a setting of the host.
[[nodiscard]] constexpr bool has_gpu_limit(const gpu& card) noexcept { return row_of(card.memory_sharing).limited; }

/// Returns true if what an engine leaves in host memory takes bytes that the GPU could use: the GPU's part has no
/// limit.
[[nodiscard]] constexpr bool host_takes_from_gpu(const gpu& card) noexcept {
    return shares_memory_with_host(card) && !has_gpu_limit(card);
}

/// Returns the rule that a setting breaks which moves tensors to host memory on this card, in words that follow
/// "field = value: ". Such a job is refused, and not counted as if it kept its tensors in place, because whoever asks
/// for it expects that bytes become free.
[[nodiscard]] constexpr const char* host_memory_rule(const gpu& card) noexcept {
    return has_gpu_limit(card) ? "must be none, because GPU and host share one memory, so that nothing becomes free; "
                                 "hardware.gpu_limit_mib gives the GPU a larger part"
                               : "must be none, because GPU and host share one memory, so that nothing becomes free";
}

}  // namespace cardfit
