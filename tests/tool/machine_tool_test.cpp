// SPDX-License-Identifier: MIT

// Tests how the tool answers for cards that are parts of modules, and what it assumes of nodes, links and networks.

#include "../run_command.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <string>

namespace tool_machine_tool_test {

namespace {

outcome run(const std::string& arguments) { return run_command(std::string(CARDFIT_TOOL) + " " + arguments + " 2>&1"); }
/// Returns the JSON answer to a training of Llama 3.1 8B on these cards.
nlohmann::json trained(const std::string& cards) {
    const std::string job = "fit llama-3.1-8b --train --sharding full --recompute full --seq 4096 --json ";
    return nlohmann::json::parse(run(job + cards).text);
}

}  // namespace

TEST_CASE("a module of two devices is two cards, and the answers say so") {
    const outcome fit = run("fit gpt2 --card mi250 --cards 4 --seq 1024");
    CHECK(says(fit, "on 4 x Instinct MI250 (one of 2 GCDs)"));
    CHECK(says(fit, "Each card is one of 2 devices of a module: 4 cards take 2 modules."));
    CHECK(
        says(run("fit gpt2 --card a16 --seq 1024"), "Each card is one of 4 devices of a board: 1 card takes 1 board."));
    const nlohmann::json answer = trained("--card mi250x --cards 8");
    CHECK(answer["modules"]["modules"] == 4);
    CHECK(answer["modules"]["devices_per_module"] == 2);
    // ROCm shows 65520 MiB for each device.
    CHECK(answer["verdict"]["capacity_bytes"] == 65520LL << 20);
    CHECK(!trained("--card h100-sxm5-80gb --cards 8").contains("modules"));
    const outcome page = run("cards mi250");
    CHECK(says(page, "one of 2 devices of a module"));
    CHECK(says(page, "1638.4 GB/s"));
    const std::string job = file("modules.json", R"({"model": "gpt2", "hardware": {"card": "mi250x", "cards": 2},
        "training": {"precision": "bf16-mixed", "sequence_length": 1024}})");
    CHECK(says(run("compare mi250x mi300x --job " + job), "one of 2 devices of a module"));
}

TEST_CASE("an answer lists the nodes, the link and the network that it assumes, as text and as JSON") {
    const outcome text = run("fit llama-3.1-8b --card v100-sxm2-32gb --cards 16 --sharding full --seq 1024");
    CHECK(says(text, "hardware.per_node 8 (DGX-1), hardware.link nvlink"));
    CHECK(says(text, "hardware.network_gbit 50 (DGX-1)"));
    const nlohmann::json l4 = trained("--card l4 --cards 16")["assumed"];
    CHECK(l4["hardware.network_gbit"] == "12.5 (a low estimate for a server of PCIe cards)");
    CHECK(l4["hardware.link"] == "pcie");
    const nlohmann::json given =
        trained("--card l4 --cards 16 --per-node 4 --network-gbit 25 --link pcie-host")["assumed"];
    for (const char* key : {"hardware.per_node", "hardware.link", "hardware.network_gbit"}) CHECK(!given.contains(key));
    // One card uses none of them, and one node no network.
    CHECK(!trained("--card l4")["assumed"].contains("hardware.link"));
    CHECK(!trained("--card l4 --cards 8")["assumed"].contains("hardware.network_gbit"));
    CHECK(trained("--card gb200 --cards 72")["assumed"]["hardware.per_node"] == "72 (GB200 NVL72)");
    CHECK(says(run("serve llama-3.1-8b --card v100-sxm2-32gb --cards 8"), "hardware.per_node 8 (DGX-1)"));
}

TEST_CASE("a link that no document states is called a bound") {
    const nlohmann::json max = trained("--card data-center-gpu-max-1550 --cards 8")["assumed"];
    CHECK(max["hardware.link"] == "pcie-host (a lower bound: no document states the bandwidth of its Xe Link)");
    // MI300A: four to a node, joined by Infinity Fabric (LLNL).
    const nlohmann::json apu = trained("--card mi300a --cards 8")["assumed"];
    CHECK(apu["hardware.link"] == "nvlink");
    CHECK(apu["hardware.per_node"] == "4 (a node of four MI300A)");
}

TEST_CASE("with several cards, each answer says what it assumes of its own card's machine") {
    const outcome both =
        run("fit llama-3.1-8b --card a100-sxm4-80gb --card h100-sxm5-80gb --cards 16 --sharding full --seq 1024");
    CHECK(says(both, "hardware.network_gbit 200 (DGX A100)"));
    CHECK(says(both, "hardware.network_gbit 400 (DGX H100)"));
}

TEST_CASE("commands that read a job file take the machine's flags in place of its keys") {
    const std::string job = file("machine.json", R"({"model": "llama-3.1-8b", "hardware": {"card": "a100-sxm4-80gb",
        "cards": 16, "network_gbit": 200}, "training": {"precision": "bf16-mixed", "sequence_length": 4096},
        "layout": {"data": 16, "sharding": "full"}})");
    const auto step = [&](const std::string& flags) {
        const nlohmann::json answer = nlohmann::json::parse(run("estimate --json " + job + flags).text);
        return answer["time"]["step_seconds"].get<double>();
    };
    // AWS p4d has 50 Gbit/s per card, Google's a2 12.5.
    CHECK(step(" --network-gbit 50") > 1.2 * step(""));
    CHECK(step(" --network-gbit 12.5") > 2 * step(" --network-gbit 50"));
    CHECK(step(" --per-node 16") < step(""));
    CHECK(says(run("estimate " + job + " --link nvlink-bridge"), "takes no bridge"));
    CHECK(run("plan " + job + " --network-gbit 50 --top 1").code == 0);
    // The plan and the curves say what they assume; the link is what the curves vary.
    const std::string plain =
        file("plain.json", R"({"model": "gpt2", "hardware": {"card": "a100-sxm4-80gb", "cards": 2},
        "training": {"precision": "bf16-mixed", "sequence_length": 1024}})");
    CHECK(says(run("plan " + plain + " --top 1"), "Assumed: hardware.per_node 2 (DGX A100), hardware.link nvswitch"));
    const outcome curves = run("scaling " + plain + " --cards 16");
    CHECK(says(curves, "Assumed: hardware.per_node 8 (DGX A100), hardware.network_gbit 200 (DGX A100)"));
    CHECK(says(run("scaling " + job + " --network-gbit fast"), "hardware.network_gbit is \"fast\""));
}

TEST_CASE("an NVLink bridge is offered where the card takes one and the job names no link") {
    const std::string pair = " --cards 2 --train --sharding full --precision bf16 --recompute full --seq 1024";
    CHECK(says(run("fit llama-3.2-1b --card rtx-a6000" + pair), "With NVLink bridges (--link nvlink-bridge): step"));
    CHECK(trained("--card rtx-3090 --cards 2")["nvlink_bridge"]["faster"] > 1);
    for (const char* none : {"--card rtx-4090", "--card rtx-3090 --link nvlink-bridge", "--card h100-sxm5-80gb"})
        CHECK(run(std::string("fit llama-3.2-1b ") + none + pair).text.find("NVLink bridges") == std::string::npos);
}

}  // namespace tool_machine_tool_test
