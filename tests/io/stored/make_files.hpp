// SPDX-License-Identifier: MIT
#pragma once

// Small files of weights that tests write: headers with data that takes no room on the disk.

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace files {

/// A new empty folder in the scratch folder.
inline std::filesystem::path folder(const std::string& name) {
    std::filesystem::path path = std::filesystem::path(CARDFIT_SCRATCH) / "stored" / name;
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
    return path;
}

inline std::string write(const std::filesystem::path& path, const std::string& bytes, std::uintmax_t hole = 0) {
    std::ofstream(path, std::ios::binary) << bytes;
    if (hole > 0) std::filesystem::resize_file(path, bytes.size() + hole);
    return path.string();
}

/// One tensor of a safetensors file.
struct tensor {
    std::string name;
    std::string dtype;
    std::vector<std::int64_t> shape;
};

inline std::int64_t bits_of(std::string_view dtype) {
    return dtype == "F32" || dtype == "I32" ? 32 : dtype == "BF16" || dtype == "F16" ? 16 : dtype == "I64" ? 64 : 8;
}
inline std::int64_t bytes_of(const tensor& t) {
    std::int64_t bits = bits_of(t.dtype);
    for (const std::int64_t extent : t.shape) bits *= extent;
    return bits / 8;
}
inline std::int64_t bytes_of(const std::vector<tensor>& tensors) {
    std::int64_t sum = 0;
    for (const tensor& t : tensors) sum += bytes_of(t);
    return sum;
}

inline std::string little_endian(std::uint64_t n, int bytes) {
    std::string raw;
    for (int i = 0; i < bytes; ++i) raw.push_back(static_cast<char>(n >> (8 * i) & 0xFFU));
    return raw;
}

/// Writes a safetensors file with these tensors, one behind the other.
inline std::string safetensors(const std::filesystem::path& path, const std::vector<tensor>& tensors) {
    nlohmann::ordered_json header = {{"__metadata__", {{"format", "pt"}}}};
    std::int64_t end = 0;
    for (const tensor& t : tensors) {
        const std::int64_t begin = end;
        end += bytes_of(t);
        header[t.name] = {{"dtype", t.dtype}, {"shape", t.shape}, {"data_offsets", {begin, end}}};
    }
    const std::string text = header.dump();
    return write(path, little_endian(text.size(), 8) + text, static_cast<std::uintmax_t>(end));
}

/// Writes an index of these tensors, all in one file.
inline std::string index(const std::filesystem::path& path, const std::vector<tensor>& tensors,
                         const std::string& file) {
    nlohmann::json map;
    for (const tensor& t : tensors) map[t.name] = file;
    return write(path, nlohmann::json{{"metadata", {{"total_size", bytes_of(tensors)}}}, {"weight_map", map}}.dump());
}

// The parts of a GGUF file (ggml, docs/gguf.md).
inline std::string text(std::string_view t) { return little_endian(t.size(), 8) + std::string(t); }
inline std::string entry(std::string_view key, std::uint32_t value) {
    return text(key) + little_endian(4, 4) + little_endian(value, 4);
}
inline std::string entry(std::string_view key, std::string_view value) {
    return text(key) + little_endian(8, 4) + text(value);
}
inline std::string entry(std::string_view key, const std::vector<std::uint32_t>& values) {
    std::string raw = text(key) + little_endian(9, 4) + little_endian(4, 4) + little_endian(values.size(), 8);
    for (const std::uint32_t v : values) raw += little_endian(v, 4);
    return raw;
}

/// One tensor of a GGUF file: its shape has the length of a row first; type 0 is fp32, 1 fp16 and 8 q8_0.
struct gguf_tensor {
    std::string name;
    std::vector<std::uint64_t> shape;
    std::uint32_t type = 1;
};
inline std::uint64_t bytes_of(const gguf_tensor& t) {
    std::uint64_t elements = 1;
    for (const std::uint64_t extent : t.shape) elements *= extent;
    return t.type == 0 ? 4 * elements : t.type == 1 ? 2 * elements : elements / 32 * 34;
}

/// Writes a GGUF file with these entries of metadata and these tensors.
inline std::string gguf(const std::filesystem::path& path, const std::vector<std::string>& entries,
                        const std::vector<gguf_tensor>& tensors) {
    std::string head =
        "GGUF" + little_endian(3, 4) + little_endian(tensors.size(), 8) + little_endian(entries.size(), 8);
    for (const std::string& e : entries) head += e;
    std::uint64_t offset = 0;
    for (const gguf_tensor& t : tensors) {
        head += text(t.name) + little_endian(t.shape.size(), 4);
        for (const std::uint64_t extent : t.shape) head += little_endian(extent, 8);
        head += little_endian(t.type, 4) + little_endian(offset, 8);
        offset = (offset + bytes_of(t) + 31) / 32 * 32;
    }
    head.resize((head.size() + 31) / 32 * 32);
    return write(path, head, offset);
}

}  // namespace files
