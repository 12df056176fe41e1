// SPDX-License-Identifier: MIT

// A library that answers as NVML does, for machines without a card. FAKE_NVML lists the cards as "name=total MiB,used
// MiB;…"; "error=9" makes nvmlInit_v2 fail with that code. A total of 0 stands for a card that does not report its
// memory.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

struct fake_card {
    std::string name;
    unsigned long long total = 0, used = 0;
};

std::vector<fake_card> cards;

struct memory {
    unsigned long long total, free, used;
};

}  // namespace

extern "C" {

int nvmlInit_v2();
int nvmlShutdown();
int nvmlDeviceGetCount_v2(unsigned* count);
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device);
int nvmlDeviceGetName(void* device, char* name, unsigned length);
int nvmlDeviceGetMemoryInfo(void* device, memory* info);

int nvmlInit_v2() {
    const char* set = std::getenv("FAKE_NVML");
    std::string text = set ? set : "";
    cards.clear();
    while (!text.empty()) {
        const std::size_t end = text.find(';');
        const std::string one = text.substr(0, end);
        text.erase(0, end == text.npos ? text.size() : end + 1);
        const std::size_t equals = one.find('=');
        const std::size_t comma = one.find(',', equals);
        const unsigned long long first = std::stoull(one.substr(equals + 1));
        if (one.substr(0, equals) == "error") return static_cast<int>(first);
        cards.push_back(
            {one.substr(0, equals), first << 20U, comma == one.npos ? 0 : std::stoull(one.substr(comma + 1)) << 20U});
    }
    return 0;
}

int nvmlShutdown() { return 0; }

int nvmlDeviceGetCount_v2(unsigned* count) {
    *count = static_cast<unsigned>(cards.size());
    return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
    *device = &cards.at(index);
    return 0;
}

int nvmlDeviceGetName(void* device, char* name, unsigned length) {
    const std::string& from = static_cast<fake_card*>(device)->name;
    if (from.size() + 1 > length) return 7;
    std::memcpy(name, from.c_str(), from.size() + 1);
    return 0;
}

int nvmlDeviceGetMemoryInfo(void* device, memory* info) {
    const fake_card& card = *static_cast<fake_card*>(device);
    if (card.total == 0) return 3;
    *info = {card.total, card.total - card.used, card.used};
    return 0;
}

}  // extern "C"
