// SPDX-License-Identifier: MIT
#pragma once

// How much of a card's memory a job can use: the marketed capacity, the total that the driver shows, and what the
// runtime hands out. The rules are fitted to readings of nvidia-smi, ROCm and cudaMemGetInfo on real boards
// (tests/hardware/device_memory.csv). They depend on families, memory types and bus widths, never on a single card.

#include <cardfit/hardware/capabilities.hpp>
#include <cardfit/hardware/gpu.hpp>
#include <cardfit/hardware/shared_memory.hpp>

#include <stdexcept>

namespace cardfit {

/// The setting of error correction (ECC): as the card ships, or as the user says.
enum class ecc_setting : unsigned char { by_default, off, on };
/// NVIDIA's drivers before R510 (2022) print the total without the driver's reserve, and newer ones print the whole
/// frame buffer. Both reserve the same memory, so the memory that the runtime can hand out does not depend on the
/// driver.
enum class driver_era : unsigned char { current, before_r510 };
/// The host's operating system. On Windows and under WSL, the driver takes no reserve from the runtime's total.
enum class host_system : unsigned char { linux_host, windows, wsl };

/// The memory of the card that the host takes or hides.
struct host_conditions {
    driver_era driver = driver_era::current;       ///< whether nvidia-smi's total has the driver's reserve
    host_system system = host_system::linux_host;  ///< the operating system that drives the card
    /// The memory that a desktop takes from the card (see `display_share`); 0: no display is connected.
    bytes display{};
    /// The part of a shared memory that the host lets the GPU take, in MiB (`iogpu.wired_limit_mb`, or the pages of
    /// `ttm.pages_limit` / 256); 0: as shipped. Only cards for which `has_gpu_limit` is true have such a setting.
    std::int64_t gpu_limit_mebibytes = 0;
    friend constexpr bool operator==(const host_conditions&, const host_conditions&) = default;
};

/// Returns the memory that a desktop takes from the card that drives `screens` screens of width x height pixels, in
/// bytes. It is estimated as 300 MiB for the display server, the compositor and the surfaces of a browser, and six
/// 32-bit buffers per screen (one to scan out, two to draw into, and three of the compositor). Readings of desktops
/// range from 70 MiB (bare X) to over 2 GiB, so close other programs, or pass a reading instead. Throws
/// std::invalid_argument unless 0 <= screens <= 16 and 1 <= width, height <= 16384.
[[nodiscard]] constexpr bytes display_share(int screens = 1, int width = 3840, int height = 2160) {
    if (screens < 0 || screens > 16) throw std::invalid_argument("cardfit: screens must be 0 to 16");
    if (width < 1 || height < 1 || width > 16384 || height > 16384)
        throw std::invalid_argument("cardfit: a screen's width and height must be 1 to 16384 pixels");
    if (screens == 0) return {};
    return mebibytes(300) + bytes_of(std::int64_t{4} * 6 * width * height) * screens;
}

/// Returns true if ECC takes 1/16 of the memory itself, as it does with GDDR5 to GDDR6X. HBM and GDDR7 have separate
/// memory for ECC. Source: nvidia-smi totals with ECC off and on (A10 24564 and 23028 MiB, A6000 49140 and 46068, T4
/// 16384 and 15360).
[[nodiscard]] constexpr bool ecc_takes_memory(memory_type type) noexcept {
    return type == memory_type::gddr5 || type == memory_type::gddr5x || type == memory_type::gddr6 ||
           type == memory_type::gddr6x;
}

namespace detail {

/// Families of boards that show and reserve memory in the same way.
enum class memory_family : unsigned char {
    nvidia_pascal,  // Windows defines a macro pascal
    volta,
    turing,
    ampere,
    ada,
    hopper,
    blackwell,
    blackwell_gddr,
    shared,
    amd,
    intel_client,
    plain
};

/// Returns the family of a card.
[[nodiscard]] constexpr memory_family family_of(const gpu& card) noexcept {
    if (shares_memory_with_host(card)) return memory_family::shared;
    if (card.vendor == vendor::amd) return memory_family::amd;
    if (card.vendor == vendor::intel) {
        if (ecc_takes_memory(card.memory_type)) return memory_family::intel_client;
        return architecture_of(card) == gpu_architecture::gaudi ? memory_family::plain : memory_family::amd;
    }
    switch (architecture_of(card.compute_capability)) {
        case gpu_architecture::nvidia_pascal:
            return memory_family::nvidia_pascal;
        case gpu_architecture::volta:
            return memory_family::volta;
        case gpu_architecture::turing:
            return memory_family::turing;
        case gpu_architecture::ampere:
            return memory_family::ampere;
        case gpu_architecture::ada_lovelace:
            return memory_family::ada;
        case gpu_architecture::hopper:
            return memory_family::hopper;
        case gpu_architecture::blackwell:
        case gpu_architecture::blackwell_ultra:
            return memory_family::blackwell;
        case gpu_architecture::blackwell_2:
        case gpu_architecture::unknown:
        // Other vendors' cards are told by their vendor above.
        case gpu_architecture::gcn_5_1:
        case gpu_architecture::cdna:
        case gpu_architecture::cdna2:
        case gpu_architecture::cdna3:
        case gpu_architecture::cdna4:
        case gpu_architecture::rdna_2:
        case gpu_architecture::rdna_3:
        case gpu_architecture::rdna_3_5:
        case gpu_architecture::rdna_4:
        case gpu_architecture::xe_hpg:
        case gpu_architecture::xe2_hpg:
        case gpu_architecture::xe_hpc:
        case gpu_architecture::gaudi:
        case gpu_architecture::apple_m:
        case gpu_architecture::apple_m3:
        case gpu_architecture::apple_m5:
            break;
    }
    return memory_family::blackwell_gddr;
}

/// Memory that the runtime cannot reach: `fixed` MiB, and `tenths` / 10 MiB per GiB that the driver shows.
struct reserve {
    std::int64_t fixed = 0;
    std::int64_t tenths = 0;

    /// Returns the reserved bytes where the driver shows a total of `total` bytes.
    [[nodiscard]] constexpr std::int64_t of(std::int64_t total) const noexcept {
        return fixed * bytes_per_mebibyte + total / bytes_per_gibibyte * (bytes_per_mebibyte * tenths / 10);
    }
};

/// Returns the memory that drivers before R510 leave out of nvidia-smi's total. It is fitted to totals of both driver
/// eras, or to the old total and the marketed capacity; all of them are within 30 MiB. Ada and newer boards have no
/// such drivers.
[[nodiscard]] constexpr reserve hidden_before_r510(memory_family family) {
    switch (family) {
        case memory_family::nvidia_pascal:
            return {47, 32};
        case memory_family::volta:
            return {194, 20};
        case memory_family::turing:
            return {163, 80};
        case memory_family::ampere:
            return {160, 63};
        case memory_family::ada:
        case memory_family::hopper:
        case memory_family::blackwell:
        case memory_family::blackwell_gddr:
        case memory_family::shared:
        case memory_family::amd:
        case memory_family::intel_client:
        case memory_family::plain:
            break;
    }
    throw std::invalid_argument(
        "cardfit: drivers before R510 do not know this card; accepted: boards up to NVIDIA Ampere");
}

/// Returns nvidia-smi's total on current drivers minus cudaMemGetInfo's total on Linux. It is fitted to the boards with
/// both readings, which are within 170 MiB of it. Pascal, Volta and Turing reserve the memory that old drivers hid;
/// newer boards also reserve memory for their firmware.
[[nodiscard]] constexpr reserve kept_from_runtime(memory_family family) noexcept {
    switch (family) {
        case memory_family::nvidia_pascal:
            return {47, 32};
        case memory_family::volta:
            return {200, 25};
        case memory_family::turing:
            return {150, 80};
        case memory_family::ampere:
            return {240, 80};
        case memory_family::ada:
            return {300, 40};
        case memory_family::hopper:
            return {400, 16};
        case memory_family::blackwell:
        case memory_family::blackwell_gddr:
            return {430, 18};
        case memory_family::shared:
        case memory_family::amd:
        case memory_family::intel_client:
        case memory_family::plain:
            break;
    }
    return {};
}

/// Returns the whole frame buffer of one device with ECC off, in bytes: the marketed capacity minus the memory that the
/// family's memory controller takes.
[[nodiscard]] constexpr std::int64_t frame_buffer(const gpu& card) noexcept {
    const std::int64_t marketed = card.memory.number;
    constexpr std::int64_t mebi = bytes_per_mebibyte;
    switch (family_of(card)) {
        // The controller takes 1 MiB per 32-bit channel where the memory supports ECC, and on all Ada boards: 24564 of
        // 24576 on 384 bits.
        case memory_family::ampere:
            return marketed -
                   (has_ecc(card) && ecc_takes_memory(card.memory_type) ? card.memory_bus_bits / 32 * mebi : 0);
        case memory_family::ada:
            return marketed - card.memory_bus_bits / 32 * mebi;
        // The controller takes 1/256, and 1 MiB per 128-bit channel of HBM: 81559 of 81920 on 5 stacks, 97871 of 98304
        // on 6.
        case memory_family::hopper:
            return marketed / 256 * 255 - (card.memory_bus_bits / 128 + 1) * mebi;
        // The controller takes 1/256, and 2 MiB per 32-bit channel of GDDR7: 8151 of 8192 on 128 bits, 97887 of 98304
        // on 512.
        case memory_family::blackwell_gddr:
            return marketed / 256 * 255 - (card.memory_bus_bits / 16 + 1) * mebi;
        // The frame buffer is 15/16 of whole stacks (a multiple of 4 GiB each) on HGX boards and 31/32 on superchips,
        // minus 1/192: 183359 of 8 x 24 GiB on B200, 189471 on GB200, 275040 of 8 x 36 GiB on B300, 284208 on GB300.
        case memory_family::blackwell: {
            const std::int64_t stacks = larger(card.memory_bus_bits / 1024, 1);
            const std::int64_t physical =
                divide_up(marketed, stacks * 4 * bytes_per_gibibyte) * stacks * 4 * bytes_per_gibibyte;
            return physical / 32 * (card.form_factor == form_factor::superchip ? 31 : 30) / 192 * 191;
        }
        case memory_family::shared:
            return shipped_share(card).number;
        // ROCm shows 16 MiB less than the capacity (196592 of 196608), and so does Level Zero on Data Center GPU Max
        // (65520 of 65536).
        case memory_family::amd:
            return marketed - 16 * mebi;
        // xpu-smi shows 16288 of 16384 MiB on an A770. The other cards are estimated from it.
        case memory_family::intel_client:
            return marketed / 512 * 509;
        case memory_family::nvidia_pascal:
        case memory_family::volta:
        case memory_family::turing:
        case memory_family::plain:
            break;
    }
    return marketed;
}

/// Returns true if the row's driver total was read with ECC on, which is the case if it is closer to 15/16 of the frame
/// buffer than to all of it.
[[nodiscard]] constexpr bool read_with_ecc(const gpu& card) noexcept {
    if (!ecc_takes_memory(card.memory_type) || !has_ecc(card)) return false;
    if (card.driver_total.number == 0) return card.ecc == ecc_support::on_by_default;
    return card.driver_total.number < frame_buffer(card) / 32 * 31;
}

/// Returns `total` minus `taken` in bytes, and never less than 0.
[[nodiscard]] constexpr bytes less(std::int64_t total, std::int64_t taken) noexcept {
    return bytes_of(total > taken ? total - taken : 0);
}

}  // namespace detail

/// Returns true if ECC is on. By default it is set as the card ships, or, if no document says how it ships, as it was
/// when the card was read. Throws std::invalid_argument if ECC is requested on a card that has none.
[[nodiscard]] constexpr bool ecc_runs(const gpu& card, ecc_setting setting = ecc_setting::by_default) {
    if (setting == ecc_setting::on && !has_ecc(card))
        throw std::invalid_argument("cardfit: hardware.ecc is true; accepted: false, for a card without ECC");
    if (setting != ecc_setting::by_default) return setting == ecc_setting::on;
    return card.ecc == ecc_support::on_by_default ||
           (card.ecc == ecc_support::supported && detail::read_with_ecc(card));
}

/// Returns the total that nvidia-smi, ROCm or xpu-smi prints for one device with this ECC setting, in bytes: the card's
/// reading if there is one, and otherwise the family's rule. Both are within 0.22 % of every published total. Throws
/// std::invalid_argument for ECC on a card that has none, and for an old driver on a newer card.
[[nodiscard]] constexpr bytes driver_total(const gpu& card, ecc_setting ecc = ecc_setting::by_default,
                                           const host_conditions& host = {}) {
    const bool on = ecc_runs(card, ecc);
    const bool in_data = ecc_takes_memory(card.memory_type) && has_ecc(card);
    const bool read_on = in_data && detail::read_with_ecc(card);
    std::int64_t total = card.driver_total.number;
    if (total == 0) total = read_on ? detail::frame_buffer(card) / 16 * 15 : detail::frame_buffer(card);
    if (in_data && on != read_on) total = on ? total / 16 * 15 : total / 15 * 16;
    if (host.driver == driver_era::before_r510) total -= detail::hidden_before_r510(detail::family_of(card)).of(total);
    return bytes_of(total);
}

namespace detail {

/// Returns the total of a shared memory as the runtime reports it: the GPU's limit as set or as shipped, or all that
/// the operating system manages.
[[nodiscard]] constexpr bytes shared_total(const gpu& card, const host_conditions& host) {
    if (host.gpu_limit_mebibytes > 0) return mebibytes(host.gpu_limit_mebibytes);
    return card.runtime_total.number > 0 ? card.runtime_total : driver_total(card);
}

/// Returns the memory that a job can use of a shared memory: the GPU's limit, or without a limit the total minus what
/// the operating system takes.
[[nodiscard]] constexpr bytes usable_of_shared(const gpu& card, const host_conditions& host) {
    const bytes total = shared_total(card, host);
    const std::int64_t system = has_gpu_limit(card) ? 0 : operating_system_share(total).number;
    return less(total.number, system + host.display.number);
}

}  // namespace detail

/// Returns the total that the runtime reports for one idle device (cudaMemGetInfo, hipMemGetInfo), minus the display's
/// share, in bytes. This figure decides whether a job fits. It is the row's reading where the reading applies (Linux,
/// ECC as read), and otherwise the driver's total minus its reserve. On Windows and under WSL the reserve is 1 MiB
/// (24563 of 24564 MiB on a 4090, 16302 of 16303 on a 5080). The total of a MIG slice is the total that the driver
/// shows for it. The result is within 0.6 % of every published total, both with and without the card's own readings
/// (repeated readings differ by as much). Of a memory that GPU and host share, it is the part that the host lets the
/// GPU take, or without such a limit the total minus what the operating system takes (shared_memory.hpp). Throws as
/// `driver_total` does.
[[nodiscard]] constexpr bytes usable_memory(const gpu& card, ecc_setting ecc = ecc_setting::by_default,
                                            const host_conditions& host = {}) {
    if (shares_memory_with_host(card)) return detail::usable_of_shared(card, host);
    const bool linux_host = host.system == host_system::linux_host;
    const bool as_read =
        ecc == ecc_setting::by_default || ecc_runs(card, ecc) == ecc_runs(card) || !ecc_takes_memory(card.memory_type);
    if (linux_host && as_read && card.runtime_total.number > 0)
        return detail::less(card.runtime_total.number, host.display.number);
    // The reserve does not depend on the driver's era.
    const std::int64_t shown = driver_total(card, ecc).number;
    const detail::memory_family family = detail::family_of(card);
    // Intel's runtime hands out 95 % of a client card's memory: 15473 of 16288 MiB on an A770.
    if (family == detail::memory_family::intel_client) return detail::less(shown / 100 * 95, host.display.number);
    const bool reserves = card.vendor == vendor::nvidia && !is_mig_slice(card);
    const std::int64_t kept = !reserves    ? 0
                              : linux_host ? detail::kept_from_runtime(family).of(shown)
                                           : bytes_per_mebibyte;
    return detail::less(shown, kept + host.display.number);
}

}  // namespace cardfit
