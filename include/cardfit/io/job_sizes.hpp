// SPDX-License-Identifier: MIT
#pragma once

// One job at many sizes: what does not depend on batch and length is lowered once.

#include <cardfit/decide/fits.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/io/core_problems.hpp>
#include <cardfit/io/job_file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace cardfit::io {

/// A size of a job: micro-batch and sequence length of a training; batch and context of an inference, whose generated
/// tokens stay as they are unless the context is shorter.
struct job_size {
    std::int64_t batch = 0;   ///< samples
    std::int64_t length = 0;  ///< tokens
};

/// The fit of one job at any size. The job must outlive it.
class sized_job {
public:
    /// Throws invalid_input for what is wrong with the job.
    explicit sized_job(const job_file& job) : job_(job), net_(lower(job.model, job.image_size())) {
        if (job.training) training_ = lower_job(net_, *job.training, job.hardware, job.layout);
        if (job.inference) inference_ = lower_job(net_, *job.inference, job.hardware, job.layout);
    }

    /// Returns the fit at a size: what the job needs, of which an engine that fills a budget takes more. Throws
    /// invalid_input for a size that the job cannot have.
    [[nodiscard]] fit_report fit(const job_size& size) const {
        if (inference_) {
            const std::int64_t generate = smaller(inference_->job.generate, larger(size.length - 1, 0));
            return cardfit::fit(*inference_, size.batch, size.length - generate, generate);
        }
        training t = *job_.training;
        if (net_.data_parallel_only) {
            // The kernels of convolutions follow the micro-batch.
            t.micro_batch = size.batch;
            t.sequence_length = size.length;
            return cardfit::fit(net_, t, job_.hardware, job_.layout);
        }
        const fit_report report = cardfit::fit(*training_, size.batch, size.length);
        if (!takes_host_memory(t)) return report;
        t = cardfit::detail::at_size(t, size.batch, size.length);
        return with_host(report, t, host_memory(net_, t, job_.hardware, job_.layout));
    }

private:
    const job_file& job_;
    network net_;
    std::optional<lowered_training> training_{};
    std::optional<lowered_inference> inference_{};
};

/// Calls `each(index, report)` with the fit of a job at every size. Throws input_error for a job or a size that is not
/// accepted; the line of a problem is the place of its size, from 1.
template <class Each>
void fit_sizes(const job_file& job, std::size_t count, const std::int64_t* batches, const std::int64_t* lengths,
               Each each) {
    std::size_t at = 0;
    try {
        const sized_job sized(job);
        for (; at < count; ++at) each(at, sized.fit({.batch = batches[at], .length = lengths[at]}));
    } catch (const invalid_input& e) {
        std::vector<input_problem> problems = refused(e).problems();
        constexpr auto last_line = static_cast<std::size_t>((std::numeric_limits<int>::max)());
        for (input_problem& p : problems) p.line = static_cast<int>((std::min)(at + 1, last_line));
        throw input_error(std::move(problems));
    }
}

}  // namespace cardfit::io
