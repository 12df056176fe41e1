// SPDX-License-Identifier: MIT
#pragma once

// A profile of Multi-Instance GPU (MIG), and the card that a slice of that profile is.
//
// Sources: NVIDIA Multi-Instance GPU User Guide, "Supported MIG Profiles" (shares of memory, SMs and L2; instances),
// and listings of `nvidia-smi mig -lgip` (SMs and GiB of a slice).

#include <cardfit/hardware/machine.hpp>

namespace cardfit {

/// The number of slices of the board that an instance has; 0 of 0 where slices share the resource (the unified memory
/// of Jetson Thor).
struct mig_share {
    int slices = 0;  ///< slices of the instance
    int of = 0;      ///< slices of the board
};

/// The video and image engines of a slice: the plain share, all of them and the single optical-flow engine (`+me`),
/// every engine of the board (`+me.all`), or none (`-me`).
enum class mig_media : unsigned char { share, extended, all, none };

/// One row of `nvidia-smi mig -lgip`.
struct mig_profile {
    std::string_view name = "";          ///< the name as nvidia-smi prints it: "3g.40gb"
    std::string_view id = "";            ///< the end of the card's id: "mig-3g-40gb"
    mig_share compute{};                 ///< share of the SMs
    mig_share memory{};                  ///< share of memory, bandwidth and L2
    int label_gb = 0;                    ///< GB in the name; 0 where the memory is shared
    int instances = 0;                   ///< the number of instances that a board can have
    int sm = 0;                          ///< SMs; 0: no listing was published
    int mib = 0;                         ///< memory in MiB; 0: no listing was published
    int l2_slices = 0;                   ///< slices of L2 where they are not the memory's share; 0: they are
    mig_media media = mig_media::share;  ///< which media engines the instance has
    bool sm_estimated = false;           ///< `sm` is read from the same profile on another board with as many SMs
};

/// Returns the memory of a slice that no listing shows, in bytes. It is estimated as the memory share of the parent's
/// total less 14 % for slices under a quarter, 9 % for slices under a half, and 3 % for larger ones. These are the
/// largest losses of boards that have a listing: 1g.23gb of a GB200 has 20.00 of 23.13 GiB, 2g.35gb of an H200 32.25 of
/// 35.10 GiB, 2g.48gb of an RTX PRO 6000 46.50 of 47.80 GiB.
[[nodiscard]] constexpr bytes estimated_slice_memory(const gpu& parent, mig_share memory) {
    const int kept_percent = 4 * memory.slices < memory.of ? 86 : 2 * memory.slices < memory.of ? 91 : 97;
    return bytes_of(driver_total(parent).number / memory.of * memory.slices / 100 * kept_percent);
}

/// Returns the number of SMs of a slice that no listing shows. It is estimated as the share, rounded down to whole
/// pairs, because each TPC has two SMs.
[[nodiscard]] constexpr int estimated_slice_sm(const gpu& parent, mig_share compute) noexcept {
    return parent.streaming_multiprocessors * compute.slices / compute.of / 2 * 2;
}

namespace detail {

inline constexpr document mig_user_guide{"mig-guide", "NVIDIA Multi-Instance GPU User Guide", "", "", ""};
inline constexpr document mig_listing{"mig-lgip", "Listings of nvidia-smi mig -lgip in public logs", "", "", ""};
inline constexpr citation mig_documents[]{{&mig_listing, fields(card_field::usable_mib_smi, card_field::sm_count)},
                                          {&mig_user_guide, card_fields{~std::uint64_t{0}}}};

/// The columns that are estimated where no listing shows the SMs of the slice's own board.
inline constexpr card_fields mig_sm_fields =
    fields(card_field::sm_count, card_field::cuda_cores, card_field::tensor_cores, card_field::rt_cores);
/// The columns that are estimated where a slice has a share of the parent's peak rates.
inline constexpr card_fields mig_rate_fields =
    fields(card_field::fp64_tflops, card_field::fp64_tensor, card_field::fp32_tflops, card_field::tf32_dense,
           card_field::fp16_tensor_acc16_dense, card_field::fp16_tensor_acc32_dense, card_field::bf16_dense,
           card_field::fp8_acc16_dense, card_field::fp8_dense, card_field::fp6_dense, card_field::fp4_dense,
           card_field::int8_dense, card_field::int4_dense);
/// The columns that are estimated where a slice has a share of the parent's memory.
inline constexpr card_fields mig_memory_fields = fields(card_field::memory_bus_bits, card_field::memory_bandwidth_gb_s);
/// The columns that a slice does not have, whatever the parent's row states.
inline constexpr card_fields mig_absent_fields =
    fields(card_field::nvlink_gen, card_field::nvlink_total_bidir_gb_s, card_field::nvlink_links,
           card_field::nvlink_topology, card_field::p2p_over_pcie, card_field::tdp_w, card_field::power_connector,
           card_field::slot_width, card_field::mig_max_instances, card_field::launch_price_usd);

/// Returns every rate times `share`.
[[nodiscard]] constexpr peak_rates scaled(const peak_rates& r, double share) noexcept {
    return {.fp64 = r.fp64 * share,
            .fp64_tensor = r.fp64_tensor * share,
            .fp32 = r.fp32 * share,
            .tf32 = r.tf32 * share,
            .fp16_accumulate_fp16 = r.fp16_accumulate_fp16 * share,
            .fp16 = r.fp16 * share,
            .bf16 = r.bf16 * share,
            .fp8_accumulate_fp16 = r.fp8_accumulate_fp16 * share,
            .fp8 = r.fp8 * share,
            .fp6 = r.fp6 * share,
            .fp4 = r.fp4 * share,
            .int8 = r.int8 * share,
            .int4 = r.int4 * share,
            .structured_sparsity = r.structured_sparsity};
}

}  // namespace detail

/// Returns the card that a slice is: `parent` reduced to `profile`, with the given id and name. Both are views that the
/// result stores, so pass literals.
///
/// - SMs are those that `nvidia-smi mig -lgip` lists, or else `estimated_slice_sm`; cores follow the SMs. Peak rates
///   are the parent's times the share of SMs (or of compute slices, if the parent's SM count is not known). They are
///   estimated unless the share is all.
/// - `memory` is the size in the profile's name. The memory that a job can use (`usable_memory`) is the listed GiB with
///   nothing subtracted, because nvidia-smi prints that total for the slice (on an H100 PCIe, 9.75 GiB are listed and
///   9984 MiB printed); without a listing it is `estimated_slice_memory`. That the runtime hands out all of it is
///   estimated.
/// - Bandwidth, bus width and L2 are the memory's share of the parent's. Slices of one unified memory share all of it
///   and its bandwidth.
/// - A slice has no NVLink and no peer access (the P2P column of the listing says "No"), and no board power, connector
///   or price of its own.
///
/// `estimated` names the columns that a rule gave, and those that were estimated on the parent.
[[nodiscard]] constexpr gpu mig_slice(const gpu& parent, const mig_profile& profile, std::string_view id,
                                      std::string_view name) {
    gpu g = parent;
    g.id = id;
    g.name = name;
    g.mig_parent = parent.id;
    g.mig_slices_per_card = profile.instances;
    g.mig_instances = 0;
    g.documents = detail::mig_documents;
    g.note = "";
    g.estimated.bits &= ~detail::mig_absent_fields.bits;

    const int whole = parent.streaming_multiprocessors;
    const int sm = profile.sm > 0 ? profile.sm : estimated_slice_sm(parent, profile.compute);
    const int parts = whole > 0 ? whole : profile.compute.of;
    const int part = whole > 0 ? sm : profile.compute.slices;
    g.streaming_multiprocessors = sm;
    g.cuda_cores = parent.cuda_cores * part / parts;
    g.tensor_cores = parent.tensor_cores * part / parts;
    g.ray_tracing_cores = parent.ray_tracing_cores * part / parts;
    if (profile.sm == 0 || profile.sm_estimated) g.estimated = g.estimated | detail::mig_sm_fields;
    if (part < parts) {
        g.rates = detail::scaled(parent.rates, static_cast<double>(part) / parts);
        g.estimated = g.estimated | detail::mig_rate_fields;
    }

    if (profile.memory.of > 0) {
        const double share = static_cast<double>(profile.memory.slices) / profile.memory.of;
        const int l2 = profile.l2_slices > 0 ? profile.l2_slices : profile.memory.slices;
        g.memory = gibibytes(profile.label_gb);
        g.memory_bandwidth = parent.memory_bandwidth * share;
        g.memory_bus_bits = parent.memory_bus_bits * profile.memory.slices / profile.memory.of;
        g.l2_mb = parent.l2_mb * l2 / profile.memory.of;
        g.driver_total = profile.mib > 0 ? mebibytes(profile.mib) : estimated_slice_memory(parent, profile.memory);
        g.runtime_total = g.driver_total;
        g.estimated = g.estimated | fields(card_field::usable_mib_torch);
        if (profile.mib == 0) g.estimated = g.estimated | fields(card_field::usable_mib_smi);
        if (profile.memory.slices < profile.memory.of) g.estimated = g.estimated | detail::mig_memory_fields;
    }

    g.links = {.pcie_generation = parent.links.pcie_generation,
               .pcie_lanes = parent.links.pcie_lanes,
               .topology = link_topology::none,
               .peer_access_over_pcie = documented::no};
    g.board_power = {};
    g.power_connector = "";
    g.slot_width = 0;
    g.launch_price = {};
    return g;
}

/// Returns the same card under the profile's own names: its id is the profile's ("mig-3g-40gb"), and its name is what
/// `nvidia-smi -L` prints after "MIG".
[[nodiscard]] constexpr gpu mig_slice(const gpu& parent, const mig_profile& profile) {
    return mig_slice(parent, profile, profile.id, profile.name);
}

}  // namespace cardfit
