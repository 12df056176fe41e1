// SPDX-License-Identifier: MIT
#pragma once

// torchtitan's job configuration: TOML for its releases until 0.2.2 (February 2026), and a function of Python for its
// main branch, which reads no TOML.

#include <cardfit/io/launch_titan_function.hpp>
#include <cardfit/io/launch_titan_toml.hpp>

namespace cardfit::io::detail {

/// Returns the plan: one file, and torchrun.
[[nodiscard]] inline launch_plan launch_torchtitan(const launch_request& r) {
    const cardfit::training& t = *r.job.training;
    const bool toml = t.software_date < titan_function_since;
    const transformer* m = launch_transformer(r);
    const std::optional<published_model> published = find_published(r.job.model_name, r.job.model);
    const titan_model* titan = published ? titan_model_of(*published) : nullptr;
    r.require(titan != nullptr, "model", r.job.model_name, "a model among torchtitan's flavors");
    refuse_for_titan(r, t);
    if (toml) refuse_for_titan_toml(r);
    if (!toml && m) refuse_for_titan_function(r, *m);
    const titan_precision* p = launch_row(r, titan_precisions, t.precision, "training.precision", precision_names);
    const titan_optimizer* o = launch_row(r, titan_optimizers, t.optimizer, "training.optimizer", optimizer_names);
    const nlohmann::ordered_json parallelism = m ? titan_parallelism(r, *m) : nlohmann::ordered_json::object();
    if (!r.problems->empty()) return {};
    const std::string folder(published->repository.substr(published->repository.find('/') + 1));
    const titan_job job{.model = *titan,
                        .precision = *p,
                        .optimizer = *o,
                        .network = *m,
                        .parallelism = parallelism,
                        .assets = "./assets/hf/" + folder};
    return toml ? titan_toml_plan(r, job) : titan_function_plan(r, job);
}

}  // namespace cardfit::io::detail
