// SPDX-License-Identifier: MIT
#pragma once

// Reads device_memory.csv: totals that nvidia-smi, torch and ROCm printed on real boards.

#include <fstream>
#include <string>
#include <vector>

struct memory_reading {
    std::string id, printed_name, kind, ecc, era, note;
    double total_mib = 0;
};

/// Returns the cells of a line; a quoted cell may contain commas.
inline std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            cells.emplace_back();
        else if (c != '\r')
            cells.back() += c;
    }
    return cells;
}

/// Returns the readings; the columns are card,printed_name,kind,total_mib,ecc,driver_era,readings_seen,note.
inline std::vector<memory_reading> memory_readings() {
    std::ifstream file(std::string(CARDFIT_TEST_DATA) + "/hardware/device_memory.csv");
    std::vector<memory_reading> rows;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        const std::vector<std::string> cells = cells_of(line);
        std::string id = cells.at(0);
        for (char& c : id)
            if (c == '_') c = '-';
        rows.push_back({.id = id,
                        .printed_name = cells.at(1),
                        .kind = cells.at(2),
                        .ecc = cells.at(4),
                        .era = cells.at(5),
                        .note = cells.at(7),
                        .total_mib = std::stod(cells.at(3))});
    }
    return rows;
}
