// SPDX-License-Identifier: MIT

// Tests usable memory against every published reading, with the card's own reading and by the rule of its family alone.

#include "device_memory.hpp"

#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/hardware/machine.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

namespace hardware_device_memory_test {

using namespace cardfit;

namespace {

bool has(const std::string& text, const char* part) { return text.find(part) != text.npos; }

/// Returns the library's figure under the conditions of a reading, in MiB.
double estimated_mib(const gpu& card, const memory_reading& row) {
    const ecc_setting ecc = row.ecc == "on"    ? ecc_setting::on
                            : row.ecc == "off" ? ecc_setting::off
                                               : ecc_setting::by_default;
    host_conditions host;
    if (row.era == "old" && row.kind == "nvidia-smi") host.driver = driver_era::before_r510;
    if (has(row.printed_name, "Windows")) host.system = host_system::windows;
    const bytes total =
        row.kind == "torch total_memory" ? usable_memory(card, ecc, host) : driver_total(card, ecc, host);
    return static_cast<double>(total.number) / static_cast<double>(bytes_per_mebibyte);
}

/// Returns the largest |estimated / read - 1| over the rows of a kind; every row must be within 1 %.
double worst_error(bool with_readings, bool runtime) {
    double worst = 0;
    for (const memory_reading& row : memory_readings()) {
        if (has(row.note, "modded board") || (row.kind == "torch total_memory") != runtime) continue;
        const gpu* found = cards::find(row.id);
        REQUIRE_MESSAGE(found, row.id);
        gpu card = *found;
        if (!with_readings) {
            card.driver_total = {};
            card.runtime_total = {};
        }
        const double error = estimated_mib(card, row) / row.total_mib - 1;
        CHECK_MESSAGE(std::abs(error) < 0.01, row.id << " " << row.printed_name << " " << row.kind << " ecc " << row.ecc
                                                     << " " << row.era << ": " << row.total_mib << " read, "
                                                     << 100 * error << " % off");
        worst = std::max(worst, std::abs(error));
    }
    const std::string what =
        std::string(runtime ? "runtime" : "driver") + " totals " + (with_readings ? "with" : "without");
    MESSAGE(what << " the card's readings: worst " << 100 * worst << " %");
    return worst;
}

}  // namespace

TEST_CASE("the file of readings is whole, and leaves out one modded board") {
    const std::vector<memory_reading> rows = memory_readings();
    CHECK(rows.size() == 130);
    CHECK(std::count_if(rows.begin(), rows.end(),
                        [](const memory_reading& r) { return has(r.note, "modded board"); }) == 1);
}

TEST_CASE("what the driver shows") {
    CHECK(worst_error(true, false) < 0.0025);
    CHECK(worst_error(false, false) < 0.0025);
}

TEST_CASE("what the runtime hands out") {
    CHECK(worst_error(true, true) < 0.0065);
    CHECK(worst_error(false, true) < 0.0065);
}

TEST_CASE("conditions on the host") {
    const auto mib = [](bytes b) { return b.number / bytes_per_mebibyte; };
    CHECK(mib(usable_memory(cards::rtx_4090, {}, {.system = host_system::wsl})) == 24563);
    CHECK(usable_memory(cards::rtx_4090) - usable_memory(cards::rtx_4090, {}, {.display = 500_MiB}) == 500_MiB);
    CHECK(usable_memory(cards::a100_sxm4_80gb, {}, {.driver = driver_era::before_r510}) ==
          usable_memory(cards::a100_sxm4_80gb));
    CHECK(mib(display_share()) == 300 + 189);
    CHECK(display_share(0) == bytes{});
    CHECK_THROWS_AS(static_cast<void>(display_share(17)), std::invalid_argument);
    CHECK_THROWS_AS(static_cast<void>(driver_total(cards::h100_sxm5_80gb, {}, {.driver = driver_era::before_r510})),
                    std::invalid_argument);
    CHECK_THROWS_AS(static_cast<void>(driver_total(cards::rtx_3090, ecc_setting::on)), std::invalid_argument);
    CHECK(usable_memory(machine{.card = cards::rtx_4090, .capacity = 20_GiB, .host = {.display = 1_GiB}}) == 19_GiB);
}

TEST_CASE("cards without a reading that other documents describe") {
    const auto gib = [](bytes b) { return in_gibibytes(b); };
    CHECK(gib(usable_memory(cards::arc_a770_16gb)) == doctest::Approx(15473.0 / 1024).epsilon(0.001));  // torch.xpu
    CHECK(gib(usable_memory(cards::data_center_gpu_max_1550)) ==
          doctest::Approx(65520.0 / 1024).epsilon(1e-4));  // torch.xpu, a tile
    // These are totals in PyTorch's out-of-memory messages.
    CHECK(gib(usable_memory(cards::a100_sxm4_80gb)) == doctest::Approx(79.15).epsilon(0.002));
    CHECK(gib(usable_memory(cards::rtx_5090)) == doctest::Approx(31.36).epsilon(0.002));
    CHECK(gib(usable_memory(cards::titan_rtx)) == doctest::Approx(23.65).epsilon(0.002));
}

}  // namespace hardware_device_memory_test
