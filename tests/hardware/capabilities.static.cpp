// SPDX-License-Identifier: MIT
// Tests what a card can do against NVIDIA's compute capability tables and OCP's and AMD's documents, and the table's
// consistency.

#include <cardfit/hardware/capabilities.hpp>
#include <cardfit/hardware/cards/all.hpp>

using namespace cardfit;

// CUDA C++ Programming Guide, "Compute Capabilities": 7.0 is Volta, 7.5 Turing, 8.0 and 8.6 Ampere, 8.9 Ada, 9.0
// Hopper, 10.0, 10.3 and 11.0 the data center's Blackwell, and 12.0 GeForce's Blackwell.
static_assert(architecture_of(compute_capability{6, 1}) == gpu_architecture::nvidia_pascal);
static_assert(architecture_of(compute_capability{7, 2}) == gpu_architecture::volta);
static_assert(architecture_of(compute_capability{7, 5}) == gpu_architecture::turing);
static_assert(architecture_of(compute_capability{8, 6}) == gpu_architecture::ampere);
static_assert(architecture_of(compute_capability{8, 9}) == gpu_architecture::ada_lovelace);
static_assert(architecture_of(compute_capability{9, 0}) == gpu_architecture::hopper);
static_assert(architecture_of(compute_capability{10, 3}) == gpu_architecture::blackwell_ultra);
static_assert(architecture_of(compute_capability{12, 1}) == gpu_architecture::blackwell_2);
static_assert(architecture_of(compute_capability{}) == gpu_architecture::unknown);

// A row's architecture matches its compute capability.
static_assert([] {
    for (const gpu* g : cards::all)
        if (g->vendor == vendor::nvidia && architecture_of(g->compute_capability) != g->architecture) return false;
    return true;
}());
// A user's own row without an architecture has the architecture of its compute capability.
static_assert(architecture_of(gpu{.compute_capability = {9, 0}}) == gpu_architecture::hopper);

static_assert(is_module(cards::a100_sxm4_80gb) && is_module(cards::mi300x) && !is_module(cards::rtx_4090));
static_assert(!joins_modules_directly(cards::h100_sxm5_80gb) && joins_modules_directly(cards::mi300x));
static_assert(has_mig(cards::a100_sxm4_80gb) && !has_mig(cards::rtx_4090) && !is_mig_slice(cards::a100_sxm4_80gb));
static_assert(shares_memory_with_host(cards::gb10) && !shares_memory_with_host(cards::rtx_4090));
static_assert(has_stacked_memory(cards::a100_sxm4_80gb) && !has_stacked_memory(cards::rtx_4090));

// Ampere is the first with bf16; Ada and Hopper are the first with FP8 (NVIDIA's A100 and H100 whitepapers).
static_assert(!has_bf16(cards::t4) && emulates_bf16(cards::t4));
static_assert(has_bf16(cards::a100_sxm4_80gb) && !emulates_bf16(cards::a100_sxm4_80gb));
static_assert(!has_fp8(cards::a100_sxm4_80gb) && has_fp8(cards::h100_sxm5_80gb) && has_fp8(cards::rtx_4090));
static_assert(has_hopper_kernels(cards::h100_sxm5_80gb) && !has_hopper_kernels(cards::rtx_4090));
// Blackwell (PTX ISA 8.7, block scaling) and CDNA 4 (AMD CDNA 4 whitepaper) have the MX formats.
static_assert(!has_block_scaling(cards::h100_sxm5_80gb) && has_block_scaling(cards::b200_sxm_180gb) &&
              has_block_scaling(cards::mi355x) && !has_block_scaling(cards::mi300x));

// The names are those that the datasheets and the table print.
static_assert(name_of(form_factor::sxm) == "SXM" && name_of(form_factor::sh5_socket) == "SH5 socket");
static_assert(name_of(link_topology::mesh_or_nvswitch) == "mesh|nvswitch(DGX-2)");
static_assert(name_of(gpu_architecture::xe_hpc) == "Generation 12.5" && name_of(gpu_architecture::unknown).empty());
