// SPDX-License-Identifier: MIT
#pragma once

// Finds the cards of this machine through NVML (NVIDIA Management Library), which is part of NVIDIA's driver. The
// library is loaded at run time, so that a program that uses this header also runs on machines without the driver. Link
// ${CMAKE_DL_LIBS}.

#include <cardfit/units.hpp>

#include <dlfcn.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace cardfit::io {

/// What NVML reports about one card. The amounts of memory are 0 if the driver does not report them (GB10, which shares
/// the memory of the host).
struct nvml_card {
    int index = 0;     ///< number of the card, from 0
    std::string name;  ///< as the driver has it
    bytes total{};     ///< memory in all
    bytes free{};      ///< memory that no process holds
};

/// The cards that NVML reports. If something fails, `problem` says what, in a sentence. A machine without a driver is
/// not an error: `loaded` is then false.
struct nvml_answer {
    std::vector<nvml_card> cards;  ///< in the driver's order
    bool loaded = false;           ///< the driver's library is there
    std::string problem;           ///< why there are no cards; empty: no problem
};

namespace detail {

// The few declarations of nvml.h that this header uses, as NVML's reference manual states them (version 2 entry
// points).
using nvml_device = void*;
/// NVML's nvmlMemory_t, version 1. Drivers from R510 on count the memory that the driver reserves as used.
struct nvml_memory {
    unsigned long long total = 0;
    unsigned long long free = 0;
    unsigned long long used = 0;
};
inline constexpr int nvml_success = 0;
inline constexpr unsigned nvml_name_size = 96;

/// Closes a shared library when its owner is destroyed.
struct library_closer {
    void operator()(void* library) const noexcept { dlclose(library); }
};
using shared_library = std::unique_ptr<void, library_closer>;

/// Returns a function of the library, or null if the library does not have it.
template <class Function>
[[nodiscard]] Function* function_of(void* library, const char* name) {
    return reinterpret_cast<Function*>(dlsym(library, name));
}

/// The functions of NVML that this header calls. A function that the library does not have is null.
struct nvml_functions {
    int (*init)() = nullptr;
    int (*shutdown)() = nullptr;
    int (*count)(unsigned*) = nullptr;
    int (*handle)(unsigned, nvml_device*) = nullptr;
    int (*name)(nvml_device, char*, unsigned) = nullptr;
    int (*memory)(nvml_device, nvml_memory*) = nullptr;

    explicit nvml_functions(void* library)
        : init(function_of<int()>(library, "nvmlInit_v2")),
          shutdown(function_of<int()>(library, "nvmlShutdown")),
          count(function_of<int(unsigned*)>(library, "nvmlDeviceGetCount_v2")),
          handle(function_of<int(unsigned, nvml_device*)>(library, "nvmlDeviceGetHandleByIndex_v2")),
          name(function_of<int(nvml_device, char*, unsigned)>(library, "nvmlDeviceGetName")),
          memory(function_of<int(nvml_device, nvml_memory*)>(library, "nvmlDeviceGetMemoryInfo")) {}

    [[nodiscard]] bool whole() const noexcept { return init && shutdown && count && handle && name && memory; }
};

/// Returns the text of an NVML error code: words for the most common codes, and the number for all others.
[[nodiscard]] inline std::string nvml_error(int code) {
    if (code == 4) return "no permission";
    if (code == 9) return "the driver is not loaded";
    if (code == 15) return "a card fell off the bus";
    if (code == 18) return "library and driver differ in version";
    return "error " + std::to_string(code);
}

/// Returns the name and the memory of one card. Sets `problem` if the card cannot be read.
[[nodiscard]] inline nvml_card read_card(const nvml_functions& nvml, unsigned index, std::string& problem) {
    nvml_card card{.index = static_cast<int>(index), .name = {}};
    nvml_device device = nullptr;
    char name[nvml_name_size + 1] = {};
    int code = nvml.handle(index, &device);
    if (code == nvml_success) code = nvml.name(device, name, nvml_name_size);
    card.name = name;
    if (code != nvml_success) problem = "card " + std::to_string(index) + " cannot be read: " + nvml_error(code);
    nvml_memory memory;
    if (code == nvml_success && nvml.memory(device, &memory) == nvml_success) {
        card.total = bytes_of(static_cast<std::int64_t>(memory.total));
        card.free = bytes_of(static_cast<std::int64_t>(memory.free));
    }
    return card;
}

}  // namespace detail

/// Returns the path of the NVML library: the environment variable CARDFIT_NVML if it is set, or else the usual name of
/// the driver's library.
[[nodiscard]] inline std::string nvml_path() {
    const char* set = std::getenv("CARDFIT_NVML");
    return set && *set ? set : "libnvidia-ml.so.1";
}

/// Returns the cards of this machine that NVML reports. A missing driver, library or card does not throw; see
/// `nvml_answer`.
[[nodiscard]] inline nvml_answer nvml_cards(const std::string& path = nvml_path()) {
    nvml_answer answer;
    const detail::shared_library library(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL));
    if (!library) {
        answer.problem = "no NVIDIA driver found (" + path + " cannot be loaded)";
        return answer;
    }
    const detail::nvml_functions nvml(library.get());
    if (!nvml.whole()) {
        answer.problem = path + " is no NVML: a function is missing";
        return answer;
    }
    answer.loaded = true;
    if (const int code = nvml.init(); code != detail::nvml_success) {
        answer.problem = "NVML does not start: " + detail::nvml_error(code);
        return answer;
    }
    unsigned count = 0;
    if (const int code = nvml.count(&count); code != detail::nvml_success) {
        answer.problem = "NVML does not count the cards: " + detail::nvml_error(code);
        count = 0;
    }
    for (unsigned i = 0; i < count && i < 1024; ++i) {
        std::string problem;
        nvml_card card = detail::read_card(nvml, i, problem);
        if (problem.empty())
            answer.cards.push_back(std::move(card));
        else
            answer.problem = std::move(problem);
    }
    nvml.shutdown();
    return answer;
}

}  // namespace cardfit::io
