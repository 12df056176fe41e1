// SPDX-License-Identifier: MIT

// Tests names of machines as people write them, and the keys of `hardware` that take them.

#include <cardfit/io/job_file.hpp>
#include <cardfit/io/machine_names.hpp>

#include <doctest/doctest.h>

namespace io_machine_names_test {

using namespace cardfit;

namespace {

using json = nlohmann::json;

/// Returns the machine that a job with this `hardware` runs on.
machine hardware_of(const json& hardware) {
    const json job = {{"model", "llama-3.1-8b"}, {"hardware", hardware}, {"training", json::object()}};
    return io::read_job(job).hardware;
}

/// Returns the message of the first problem of a job with this `hardware`; empty if the job is read.
std::string refusal(const json& hardware) {
    try {
        static_cast<void>(hardware_of(hardware));
    } catch (const io::input_error& e) {
        return e.problems()[0].message;
    }
    return {};
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("a machine sets what its row has") {
    const machine p5 = hardware_of({{"machine", "p5.48xlarge"}});
    CHECK(p5.card.id == "h100-sxm5-80gb");
    CHECK(p5.cards == 8);
    CHECK(cards_per_node(p5) == 8);
    CHECK(p5.link == card_link::nvswitch);
    CHECK(p5.network_gbit == 400);
    CHECK(p5.host_memory == 2048_GiB);
    CHECK(p5.name == "p5.48xlarge");
}

TEST_CASE("names are free of case and punctuation") {
    for (const char* name : {"dgx-a100", "DGX A100", "dgx_a100", "DGXA100"})
        CHECK(hardware_of({{"machine", name}}).name == "dgx-a100");
    CHECK(hardware_of({{"machine", "standard_nd96isr_h100_v5"}}).name == "ND96isr_H100_v5");
    CHECK(hardware_of({{"machine", "1x_A100-80GB_SECURE"}}).name == "runpod-1x-a100-80gb");
}

TEST_CASE("more machines, or fewer cards than one has") {
    const machine two = hardware_of({{"machine", "p4d.24xlarge"}, {"nodes", 2}});
    CHECK(two.cards == 16);
    CHECK(cards_per_node(two) == 8);
    CHECK(hardware_of({{"machine", "2xp4d.24xlarge"}}).cards == 16);
    CHECK(hardware_of({{"machine", "2xp4d.24xlarge"}, {"nodes", 2}}).cards == 32);
    const machine half = hardware_of({{"machine", "p4d.24xlarge"}, {"cards", 4}});
    CHECK(half.cards == 4);
    CHECK(cards_per_node(half) == 4);
    CHECK(half.network_gbit == 50);
    CHECK(hardware_of({{"machine", "p4d.24xlarge"}, {"cards", 24}}).cards == 24);
    CHECK(cards_per_node(hardware_of({{"machine", "18xgb200-4x"}})) == 72);
}

TEST_CASE("a key beside the machine replaces what its row has") {
    const machine m = hardware_of({{"machine", "p4d.24xlarge"}, {"network_gbit", 25}, {"link", "pcie"}});
    CHECK(m.network_gbit == 25);
    CHECK(m.link == card_link::pcie);
}

TEST_CASE("a count and a link around a card") {
    const machine pair = hardware_of({{"machine", "2xrtx-3090:nvlink-bridge"}});
    CHECK(pair.card.id == "rtx-3090");
    CHECK(pair.cards == 2);
    CHECK(pair.link == card_link::nvlink_bridge);
    CHECK(pair.name.empty());
    for (const char* name : {"8xh100-sxm5-80gb", "8 x h100-sxm5-80gb", "8\xC3\x97h100-sxm5-80gb", "8*h100-sxm5-80gb"})
        CHECK(hardware_of({{"machine", name}}).cards == 8);
    CHECK(hardware_of({{"machine", "rtx-4090"}}).cards == 1);
    CHECK(hardware_of({{"machine", "p4d.24xlarge:pcie"}}).link == card_link::pcie);
}

TEST_CASE("names that mean nothing are refused with a way forward") {
    CHECK(mentions(refusal({{"machine", "p4d.24xlarg"}}), "accepted: a machine such as p4d.24xlarge"));
    CHECK(mentions(refusal({{"machine", "8xrtx-4091"}}), "such as rtx-4090"));
    CHECK(mentions(refusal({{"machine", "trn2.48xlarge"}}), "AWS Trainium chips, which are not GPUs"));
    CHECK(mentions(refusal({{"machine", "ct6e-standard-8t"}}), "Google TPU, which is not a GPU"));
    CHECK(mentions(refusal({{"machine", "2xrtx-3090:bridge"}}), "after the colon one of"));
    CHECK(mentions(refusal({{"machine", "0xrtx-3090"}}), "a count that makes 1 to 1000000 cards"));
    CHECK(mentions(refusal({{"machine", "999999999xp5.48xlarge"}}), "a count that makes 1 to 1000000 cards"));
    CHECK(mentions(refusal({{"machine", 5}}), "a machine's name such as"));
    CHECK(mentions(refusal({{"machine", ""}}), "hardware.machine is \"\""));
    CHECK(mentions(refusal({{"machine", "4xrtx-4090:nvlink-bridge"}}), "hardware.link is \"nvlink-bridge\""));
    CHECK(mentions(refusal({{"machine", "2xrtx-3080"}}), "one of the cards of that name"));
}

TEST_CASE("keys that contradict each other are refused") {
    CHECK(mentions(refusal({{"machine", "p5.48xlarge"}, {"card", "l4"}}), "no card beside hardware.machine"));
    CHECK(mentions(refusal({{"machine", "p5.48xlarge"}, {"nodes", 2}, {"cards", 16}}), "either hardware.nodes or"));
    CHECK(mentions(refusal({{"card", "l4"}, {"nodes", 2}}), "no value without hardware.machine"));
    CHECK(mentions(refusal({{"machine", "gb200-nvl72"}, {"nodes", 100'000}}), "at most 1000000 cards"));
    CHECK(mentions(refusal({{"machine", "p5.48xlarge"}, {"nodes", 0}}), "hardware.nodes is 0"));
    CHECK(mentions(refusal(json::object()), "hardware.card is missing"));
}

TEST_CASE("a name on the command line is a card's or a machine's") {
    for (const char* name :
         {"p5.48xlarge", "2xp4d.24xlarge", "8xh100", "rtx-3090:nvlink-bridge", "trn1.32xlarge", "p4d.24xlarg"})
        CHECK_MESSAGE(io::is_meant_as_machine(name), name);
    for (const char* name :
         {"rtx-4090", "NVIDIA A100-SXM4-80GB", "GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-1)", "rtx-4091", "h100"})
        CHECK_MESSAGE(!io::is_meant_as_machine(name), name);
}

TEST_CASE("every machine of the table is read") {
    for (const named_machine* row : machines::all) {
        CAPTURE(row->name);
        const machine m = hardware_of({{"machine", row->name}});
        CHECK(m.cards == row->cards);
        CHECK(m.host_memory == row->host_memory);
    }
}

TEST_CASE("host memory is compared with what is needed") {
    // EC2: g6.xlarge has 16 GiB.
    const machine small = machines::g6_xlarge;
    CHECK(io::host_memory_text(small, 20_GiB) == ", more than the host's 16.00 GiB");
    CHECK(io::host_memory_text(small, 10_GiB) == " of the host's 16.00 GiB");
    CHECK(io::host_memory_text(2 * machines::g6_xlarge, 20_GiB) == " of the hosts' 32.00 GiB");
    CHECK(io::host_memory_text(cards::l4, 20_GiB).empty());
}

TEST_CASE("a name that is not known is looked for among the cards with its words and the machines that begin with it") {
    CHECK(io::find_card("Max 1550") == &cards::data_center_gpu_max_1550);
    CHECK(io::find_card("max-1100") == &cards::data_center_gpu_max_1100);
    CHECK(!io::is_meant_as_machine("1550"));
    CHECK(io::accepted_machines("mac studio").find("mac-studio-") != std::string::npos);
    CHECK(io::is_meant_as_machine("mac studio"));
    CHECK(io::is_meant_as_machine("p5"));
    CHECK(io::accepted_machines("p5").find("p5.48xlarge") != std::string::npos);
    for (const char* name : {"ascend-910b", "Huawei Ascend 910C", "Tenstorrent n150", "Cerebras WSE-3", "Groq LPU"}) {
        CHECK_MESSAGE(io::is_meant_as_machine(name), name);
        CHECK_MESSAGE(machines::why_refused(name).find("which is not a GPU") != std::string_view::npos, name);
    }
}

}  // namespace io_machine_names_test
