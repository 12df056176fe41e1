// SPDX-License-Identifier: MIT
#pragma once

// A plan as a Kubernetes manifest (batch/v1 Job): one indexed pod per node, each of which runs the plan's script.

#include <cardfit/io/launch_plan.hpp>
#include <cardfit/io/launch_script.hpp>

#include <string>
#include <string_view>

namespace cardfit::io {

namespace detail {

/// Returns the name under which a cluster counts a vendor's cards (the device plugins of NVIDIA, AMD and Intel). Throws
/// input_error for a vendor whose cards no cluster has.
[[nodiscard]] inline std::string card_resource(vendor by) {
    switch (by) {
        case vendor::nvidia:
            return "nvidia.com/gpu";
        case vendor::amd:
            return "amd.com/gpu";
        case vendor::intel:
            return "gpu.intel.com/i915";
        case vendor::apple:
            break;
    }
    throw input_error({refused_value("hardware.card", "a card of Apple", "a card of NVIDIA, AMD or Intel")});
}

/// Returns a text in which Kubernetes expands nothing: it takes $(NAME) for a variable, and $$( for the characters.
[[nodiscard]] inline std::string without_references(std::string text) {
    for (std::size_t at = text.find("$("); at != text.npos; at = text.find("$(", at + 2)) text.insert(at, "$");
    return text;
}

/// Returns the container of a node: the plan's script, all cards of the node, and shared memory for NCCL.
[[nodiscard]] inline nlohmann::ordered_json kubernetes_container(const launch_plan& plan, const machine& hardware) {
    const std::string script =
        without_references("NODE_RANK=${JOB_COMPLETION_INDEX:-0}\nexport NODE_RANK\n" + shell_script(plan));
    nlohmann::ordered_json variable = {{"name", "MASTER_ADDR"}, {"value", "cardfit-0.cardfit"}};
    nlohmann::ordered_json mount = {{"name", "shm"}, {"mountPath", "/dev/shm"}};
    nlohmann::ordered_json container = {{"name", "cardfit"}, {"image", "IMAGE"}};
    container["command"] = nlohmann::ordered_json::array({"sh", "-c", script});
    container["env"] = nlohmann::ordered_json::array({std::move(variable)});
    container["resources"]["limits"][card_resource(hardware.card.vendor)] = cards_per_host(hardware);
    container["volumeMounts"] = nlohmann::ordered_json::array({std::move(mount)});
    return container;
}

/// Returns the pods of a plan.
[[nodiscard]] inline nlohmann::ordered_json kubernetes_pod(const launch_plan& plan, const machine& hardware) {
    nlohmann::ordered_json volume = {{"name", "shm"}, {"emptyDir", {{"medium", "Memory"}}}};
    nlohmann::ordered_json pod = {{"subdomain", "cardfit"}, {"restartPolicy", "Never"}};
    pod["containers"] = nlohmann::ordered_json::array({kubernetes_container(plan, hardware)});
    pod["volumes"] = nlohmann::ordered_json::array({std::move(volume)});
    return pod;
}

}  // namespace detail

/// Returns a manifest for `kubectl apply -f -`: a headless service, by whose name the nodes find the first, and an
/// indexed Job with one pod per node. The user replaces IMAGE. Throws input_error for a card that no cluster has.
[[nodiscard]] inline std::string kubernetes_manifest(const launch_plan& plan, const machine& hardware) {
    const int nodes = hardware.cards / cards_per_host(hardware);
    const nlohmann::ordered_json label = {{"app", "cardfit"}};
    nlohmann::ordered_json service = {{"apiVersion", "v1"}, {"kind", "Service"}, {"metadata", {{"name", "cardfit"}}}};
    service["spec"] = {{"clusterIP", "None"}, {"selector", label}};
    nlohmann::ordered_json job = {{"apiVersion", "batch/v1"}, {"kind", "Job"}, {"metadata", {{"name", "cardfit"}}}};
    job["spec"] = {{"completionMode", "Indexed"}, {"completions", nodes}, {"parallelism", nodes}, {"backoffLimit", 0}};
    job["spec"]["template"] = {{"metadata", {{"labels", label}}}, {"spec", detail::kubernetes_pod(plan, hardware)}};
    std::string text;
    for (const std::string& note : plan.notes) text += "# " + detail::on_one_line(note) + "\n";
    text += "# replace IMAGE by an image that has the launcher\n";
    return text + detail::yaml_text(service) + "---\n" + detail::yaml_text(job);
}

}  // namespace cardfit::io
