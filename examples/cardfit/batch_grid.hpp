// SPDX-License-Identifier: MIT
#pragma once

// The grid of `batch`: how surely a job fits at each batch and each length of a sequence, and how fast it runs there.
// Every cell is the answer of the job at its sizes, so that it says what `fit` says of them.

#include "commands.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace tool {

/// The job at one batch and one length.
struct grid_cell {
    std::int64_t batch = 0;
    std::int64_t length = 0;  ///< tokens of a sequence: the prompt, its images and what is generated together
    sureness verdict = sureness::no;
    bytes needed{};
    double rate = 0;  ///< per second: tokens, or samples where there are no tokens; 0: not known
};

/// The cells of a job, the batches from the smallest to the largest, and for each one the lengths likewise. Sizes that
/// the job cannot have, such as more sequences than its engine runs at once, have no cell.
struct batch_grid {
    std::vector<std::int64_t> batches{};
    std::vector<std::int64_t> lengths{};
    std::vector<grid_cell> cells{};

    [[nodiscard]] const grid_cell* find(std::int64_t batch, std::int64_t length) const {
        const auto at = std::find_if(cells.begin(), cells.end(), [&](const grid_cell& cell) {
            return cell.batch == batch && cell.length == length;
        });
        return at == cells.end() ? nullptr : &*at;
    }
};

/// Returns true if the length of a job's sequences can be chosen. Images have a fixed number of tokens, or none.
[[nodiscard]] inline bool has_lengths(const io::job_file& job) {
    const network net = lower(job.model, job.image_size());
    return net.tokens_per_sample == 0 && !net.convolutional && net.condition_bytes == 0;
}

[[nodiscard]] inline std::string batch_word(const io::job_file& job) { return job.training ? "micro-batch" : "batch"; }

[[nodiscard]] inline std::int64_t batch_of(const io::job_file& job) {
    return job.training ? job.training->micro_batch : job.inference->batch;
}

/// Returns the tokens that the images of a sequence take.
[[nodiscard]] inline std::int64_t image_tokens_of(const io::job_file& job) {
    const std::int64_t images = job.training ? job.training->images : job.inference->images;
    return images > 0 ? images * lower(job.model, job.image_size()).tower.image_tokens : 0;
}

/// Returns the tokens of a sequence of a job; 0 for a job without lengths.
[[nodiscard]] inline std::int64_t length_of(const io::job_file& job) {
    if (!has_lengths(job)) return 0;
    if (job.training) return job.training->sequence_length;
    return job.inference->prompt + job.inference->generate + image_tokens_of(job);
}

/// Returns a length that fits as a user can have it: no longer than the model's positions, where they are known and the
/// job does not exceed them already.
[[nodiscard]] inline std::int64_t usable_length(const io::job_file& job, std::int64_t fitting) {
    const bool limited = job.context_length > 0 && length_of(job) <= job.context_length;
    return limited ? (std::min)(fitting, job.context_length) : fitting;
}

/// Returns a job at another batch and another length. What is generated stays, and the prompt takes the rest.
[[nodiscard]] inline io::job_file resized(io::job_file job, std::int64_t batch, std::int64_t length) {
    const std::int64_t taken = job.training ? 0 : job.inference->generate + image_tokens_of(job);
    if (job.training) {
        job.training->micro_batch = batch;
        if (length == 0) return job;
        job.training->sequence_length = length;
        job.training->typical_length = (std::min)(job.training->typical_length, length);
        return job;
    }
    job.inference->batch = batch;
    if (length > 0) job.inference->prompt = length - taken;
    return job;
}

/// Returns the throughput of an answer: tokens per second, or samples where there are no tokens; 0: not known.
[[nodiscard]] inline double rate_of(const io::answered_job& a) {
    if (a.step)
        return a.step->tokens_per_second.number > 0 ? a.step->tokens_per_second.number : a.step->samples_per_second;
    if (!a.serving) return 0;
    return a.serving->inter_token.number > 0 ? a.serving->decode.number : a.serving->samples_per_second;
}

/// Returns the unit of `rate_of`, in words.
[[nodiscard]] inline std::string rate_unit(const io::job_file& job) {
    const network net = lower(job.model, job.image_size());
    if (job.training) return net.convolutional || net.condition_bytes > 0 ? "samples/s" : "tokens/s";
    return cardfit::detail::runs_one_pass(net) ? io::detail::pass_unit(net) + "s/s" : "tokens/s";
}

namespace detail {

/// Returns the sizes in order, each once.
[[nodiscard]] inline std::vector<std::int64_t> ordered(std::vector<std::int64_t> sizes) {
    std::sort(sizes.begin(), sizes.end());
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    return sizes;
}

/// Returns the largest power of two that is no larger than n, which is 1 or more.
[[nodiscard]] inline std::int64_t power_of_two(std::int64_t n) {
    std::int64_t power = 1;
    while (power <= n / 2) power *= 2;
    return power;
}

/// Returns the lengths of the grid: the job's own, powers of two from a quarter of it to four times it, and no more
/// than the model's positions.
[[nodiscard]] inline std::vector<std::int64_t> lengths_of(const io::job_file& job) {
    const std::int64_t own = length_of(job);
    if (own == 0) return {0};
    const bool limited = job.context_length > 0 && own <= job.context_length;
    const std::int64_t least = job.training ? 1 : job.inference->generate + image_tokens_of(job) + 1;
    std::vector<std::int64_t> lengths{own};
    const std::int64_t near = power_of_two(own);
    for (const std::int64_t each : {near / 4, near / 2, near, 2 * near, 4 * near}) {
        const std::int64_t length = limited ? (std::min)(each, job.context_length) : each;
        const std::int64_t apart = length > own ? length - own : own - length;
        if (length >= least && 8 * apart >= own) lengths.push_back(length);
    }
    return ordered(std::move(lengths));
}

/// Returns the batches of the grid: the job's own, and powers of two up to the first one that does not fit at the
/// shortest length; of these 1 and the largest ones, if they are many.
[[nodiscard]] inline std::vector<std::int64_t> batches_of(const io::job_file& job, std::int64_t most) {
    constexpr std::size_t most_rows = 8;
    std::vector<std::int64_t> batches;
    for (std::int64_t n = 1; n <= 2 * (std::max)(most, std::int64_t{1}); n *= 2) batches.push_back(n);
    if (batches.size() > most_rows)
        batches.erase(batches.begin() + 1, batches.end() - static_cast<std::ptrdiff_t>(most_rows - 1));
    batches.push_back(batch_of(job));
    return ordered(std::move(batches));
}

}  // namespace detail

/// Returns the cell of a job at these sizes, or nothing if the job cannot have them.
[[nodiscard]] inline std::optional<grid_cell> cell_of(const io::job_file& job, std::int64_t batch,
                                                      std::int64_t length) {
    try {
        const io::answered_job a = io::answer(resized(job, batch, length));
        return grid_cell{.batch = batch,
                         .length = length,
                         .verdict = sureness_of(a.report),
                         .needed = a.report.capacity - a.report.headroom,
                         .rate = rate_of(a)};
    } catch (const io::input_error&) {
        return {};
    }
}

/// Returns the grid of a job.
[[nodiscard]] inline batch_grid grid_of(const io::job_file& job) {
    batch_grid grid{.lengths = detail::lengths_of(job)};
    const io::answered_job shortest = io::answer(resized(job, 1, grid.lengths.front()));
    grid.batches = detail::batches_of(job, shortest.max_micro_batch);
    for (const std::int64_t batch : grid.batches)
        for (const std::int64_t length : grid.lengths)
            if (const std::optional<grid_cell> cell = cell_of(job, batch, length)) grid.cells.push_back(*cell);
    // The positions of the model, where they are not known, show in that it cannot have a length.
    std::erase_if(grid.lengths, [&](std::int64_t length) {
        return std::none_of(grid.cells.begin(), grid.cells.end(),
                            [&](const grid_cell& cell) { return cell.length == length; });
    });
    return grid;
}

/// Returns the cell with the highest throughput among those of a length that fit at the upper error bound, or null.
[[nodiscard]] inline const grid_cell* fastest_of(const batch_grid& grid, std::int64_t length) {
    const grid_cell* fastest = nullptr;
    for (const grid_cell& cell : grid.cells) {
        if (cell.length != length || cell.verdict != sureness::yes || cell.rate <= 0) continue;
        if (fastest == nullptr || cell.rate > fastest->rate) fastest = &cell;
    }
    return fastest;
}

[[nodiscard]] inline std::string whole_rate(double rate) {
    return rate < 100 ? io::fixed(rate, 1) : io::with_commas(static_cast<std::int64_t>(rate + 0.5));
}

/// Returns a cell as text: the mark of its verdict, and the throughput unless it does not fit.
[[nodiscard]] inline std::string cell_text(const grid_cell* cell) {
    if (cell == nullptr) return "";
    const sureness_row& row = row_of(cell->verdict);
    if (cell->verdict == sureness::no) return style().bad(std::string(row.mark));
    return style().as(cell->verdict, std::string(row.mark) + (cell->rate > 0 ? whole_rate(cell->rate) : "fits"));
}

/// Returns the grid as a table, a row a batch and a column a length.
[[nodiscard]] inline io::table grid_table(const io::job_file& job, const batch_grid& grid) {
    io::table t{.columns = {{batch_word(job), 0}}};
    for (const std::int64_t length : grid.lengths)
        t.columns.push_back({length > 0 ? io::with_commas(length) : rate_unit(job), 0});
    for (const std::int64_t batch : grid.batches) {
        std::vector<std::string> row{io::with_commas(batch)};
        for (const std::int64_t length : grid.lengths) row.push_back(cell_text(grid.find(batch, length)));
        t.rows.push_back(std::move(row));
    }
    return t;
}

/// Returns the line that says what the cells of a grid are and what their marks mean.
[[nodiscard]] inline std::string grid_legend(const io::job_file& job, const batch_grid& grid) {
    std::string text =
        grid.lengths.front() > 0 ? rate_unit(job) + " for each sequence length in tokens" : rate_unit(job);
    if (job.hardware.cards > 1) text += ", of all cards together";
    for (const sureness each : {sureness::likely, sureness::unlikely, sureness::no}) {
        const bool used = std::any_of(grid.cells.begin(), grid.cells.end(),
                                      [&](const grid_cell& cell) { return cell.verdict == each; });
        const sureness_row& row = row_of(each);
        if (used)
            text +=
                "; " + std::string(row.mark) + " " + (each == sureness::no ? "does not fit" : std::string(row.name));
    }
    return indented(text);
}

[[nodiscard]] inline nlohmann::ordered_json grid_json(const io::job_file& job, const batch_grid& grid) {
    nlohmann::ordered_json cells = nlohmann::ordered_json::array();
    for (const grid_cell& cell : grid.cells) {
        nlohmann::ordered_json one = {{job.training ? "micro_batch" : "batch", cell.batch}};
        if (cell.length > 0) one["sequence_length"] = cell.length;
        one["answer"] = row_of(cell.verdict).name;
        one["needed_bytes"] = cell.needed.number;
        if (cell.rate > 0) one["per_second"] = cell.rate;
        cells.push_back(std::move(one));
    }
    return {{"unit", rate_unit(job)}, {"cells", std::move(cells)}};
}

}  // namespace tool
