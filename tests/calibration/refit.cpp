// SPDX-License-Identifier: MIT

// Refits every fitted constant on the published rows, then without each source in turn, and prints the errors of the
// estimates. README.md beside this file says what is minimized.
//
//     refit                          fits all, fits without each source, prints both tables
//     refit --check                  seconds: are the stored constants where their rows want them?
//     refit --check --scale NAME=F   the same with one constant multiplied by F, to see that it is caught
//     refit --write-left-out FILE    writes include/cardfit/calibration/left_out_data.hpp

#include "check.hpp"
#include "left_out_writer.hpp"
#include "report.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>

using namespace calibration;

namespace {

struct options {
    std::string rows = CARDFIT_ROWS;  ///< the folder with memory.jsonl and speed.jsonl
    bool check = false;
    std::string scaled{};
    double factor = 1;
    std::string left_out_path{};
};

[[nodiscard]] options read_options(int count, char** given) {
    options o;
    for (int i = 1; i < count; ++i) {
        const std::string word = given[i];
        const bool takes_value = word != "--check";
        if (takes_value && i + 1 == count) throw std::runtime_error(word + " needs a value");
        if (word == "--check") {
            o.check = true;
        } else if (word == "--rows") {
            o.rows = given[++i];
        } else if (word == "--write-left-out") {
            o.left_out_path = given[++i];
        } else if (word == "--scale") {
            const std::string both = given[++i];
            const std::size_t sign = both.find('=');
            if (sign == both.npos) throw std::runtime_error("--scale takes NAME=FACTOR");
            o.scaled = both.substr(0, sign);
            o.factor = std::strtod(both.c_str() + sign + 1, nullptr);
        } else {
            throw std::runtime_error("unknown option " + word);
        }
    }
    return o;
}

template <class Constants>
[[nodiscard]] refits<Constants> refit_times(const options& o, bool training, const char* title) {
    std::printf("== %s\n", title);
    const std::vector<lowered_row> rows = read_time_rows(o.rows + "/speed.jsonl", training);
    refits<Constants> all = refit_all<Constants>(rows);
    print_moves(all);
    print_errors(rows, all);
    print_not_identified<Constants>(rows);
    return all;
}

int run(const options& o) {
    if (o.check) return check_all(o.rows, o.scaled, o.factor) ? 0 : 1;
    const auto training = refit_times<training_time_constants>(o, true, "training time");
    const auto inference = refit_times<inference_time_constants>(o, false, "inference time");
    std::printf("== training memory\n");
    const std::vector<lowered_row> rows = read_memory_rows(o.rows + "/memory.jsonl");
    const memory_refits memory = refit_memory(rows);
    print_memory(rows, memory);
    if (!o.left_out_path.empty()) write_left_out(o.left_out_path, training, inference, memory, rows);
    return 0;
}

}  // namespace

int main(int count, char** given) {
    try {
        return run(read_options(count, given));
    } catch (const std::exception& e) {
        std::fprintf(stderr, "refit: %s\n", e.what());
        return 2;
    }
}
