// SPDX-License-Identifier: MIT
#pragma once

// A quantization as a checkpoint states it, whatever its method: which modules have which format, and which are left
// alone. From it and the network follow the formats by module.

#include <cardfit/io/quantization/module_names.hpp>
#include <cardfit/job/weight_bytes.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace cardfit::io {

/// One format of a quantization, and the modules that have it.
struct quantization_group {
    number_format format{};  ///< the format of the weights
    /// Rows that share a scale, where the format has groups.
    std::int64_t group = 128;
    /// Patterns of module names. "Linear" means every matrix of a layer that no other group names.
    std::vector<std::string> targets{"Linear"};
};

/// What a checkpoint states about its quantization.
struct quantization_scheme {
    std::vector<quantization_group> groups{};  ///< the first group that matches counts
    /// Patterns of modules that are left in 16 bits.
    std::vector<std::string> ignored{};
    /// True where the head is quantized like the layers.
    bool quantizes_head = false;
    bool quantizes_embedding = false;                    ///< the embedding has the format of the layers
    number_format kv_cache = number_format::by_default;  ///< of the KV cache that the files ask for
    /// True where an adapter is trained over the quantized base; otherwise frameworks dequantize it first.
    bool carries_adapters = false;
    /// What the formats by module do not say exactly.
    std::vector<std::string> notes{};
};

namespace detail {

/// A group of a scheme with its patterns prepared.
struct prepared_group {
    const quantization_group* group = nullptr;
    module_patterns targets{};
    bool has_every_linear = false;
};

/// The formats of one kind of module over the layers of a network. A null group is a module left in 16 bits.
struct formats_of_kind {
    std::map<const quantization_group*, std::set<std::int64_t>> layers{};
    /// Parameters of the module in one layer.
    std::int64_t parameters_per_layer = 0;

    [[nodiscard]] std::int64_t layer_count() const {
        std::int64_t count = 0;
        for (const auto& [group, of_group] : layers) count += static_cast<std::int64_t>(of_group.size());
        return count;
    }
};

using formats_by_kind = std::map<module_kind, formats_of_kind>;

/// Reads which format each module of each layer has.
class scheme_reader {
public:
    explicit scheme_reader(const quantization_scheme& scheme) : scheme_(scheme) {
        for (const std::string& each : scheme.ignored) ignored_.add(each);
        for (const quantization_group& each : scheme.groups) {
            prepared_group group{.group = &each};
            for (const std::string& target : each.targets) {
                if (target == every_linear)
                    group.has_every_linear = true;
                else
                    group.targets.add(target);
            }
            groups_.push_back(std::move(group));
        }
    }

    [[nodiscard]] formats_by_kind read(const network& net) const {
        formats_by_kind all;
        for (std::size_t k = 0; k < net.block_kinds; ++k) add_block(net, net.blocks[k], all);
        return all;
    }

    /// Returns the group of the head or of the embedding; null where it is left in 16 bits.
    [[nodiscard]] const quantization_group* outside_layers(module_kind kind) const {
        const spellings& matrix = matrices_of(kind).front();
        const auto means = [&](const module_pattern& pattern) { return pattern.means(matrix); };
        if (ignored_.any(outside, means)) return nullptr;
        const bool with_layers = kind == module_kind::head ? scheme_.quantizes_head : scheme_.quantizes_embedding;
        return group_of(outside, means, with_layers);
    }

private:
    static constexpr std::string_view every_linear = "Linear";
    static constexpr std::int64_t outside = -1;

    /// Returns the group that names a matrix, or else, where `with_others`, the one of every linear layer.
    template <class Means>
    [[nodiscard]] const quantization_group* group_of(std::int64_t layer, Means means, bool with_others) const {
        const quantization_group* of_others = nullptr;
        for (const prepared_group& each : groups_) {
            if (each.targets.any(layer, means)) return each.group;
            if (each.has_every_linear && !of_others) of_others = each.group;
        }
        return with_others ? of_others : nullptr;
    }

    /// Returns the group of a module in one layer: null if any of its matrices is left in 16 bits, and otherwise the
    /// group with the most bits.
    [[nodiscard]] const quantization_group* group_in_layer(module_kind kind, std::int64_t layer) const {
        if (ignored_.any(layer, [&](const module_pattern& p) { return p.may_mean(kind, layer); })) return nullptr;
        const quantization_group* widest = nullptr;
        for (const spellings& matrix : matrices_of(kind)) {
            const auto means = [&](const module_pattern& pattern) { return pattern.means(layer, matrix); };
            if (ignored_.any(layer, means)) return nullptr;
            const quantization_group* group = group_of(layer, means, true);
            if (!group) return nullptr;
            const bool wider =
                !widest || block_layout_of(group->format).element_bits > block_layout_of(widest->format).element_bits;
            if (wider) widest = group;
        }
        return widest;
    }

    void add_block(const network& net, const layer_block& b, formats_by_kind& all) const {
        std::map<module_kind, std::int64_t> sizes;
        for (std::int64_t i = 0; i < b.linear_count; ++i) sizes[module_of(b.linears[i], b)] += parameters(b.linears[i]);
        for (const auto& [kind, size] : sizes) {
            if (kind == module_kind::router) continue;
            formats_of_kind& of_kind = all[kind];
            of_kind.parameters_per_layer = (std::max)(of_kind.parameters_per_layer, size);
            for (std::int64_t layer = 0; layer < net.layers; ++layer)
                if (b.layers.count(layer, layer + 1) > 0) of_kind.layers[group_in_layer(kind, layer)].insert(layer);
        }
    }

    const quantization_scheme& scheme_;
    module_patterns ignored_;
    std::vector<prepared_group> groups_;
};

/// Returns the group that stores the most parameters; null if nothing is quantized.
[[nodiscard]] inline const quantization_group* main_group(const formats_by_kind& all) {
    std::map<const quantization_group*, std::int64_t> sizes;
    for (const auto& [kind, of_kind] : all)
        for (const auto& [group, layers] : of_kind.layers)
            if (group) sizes[group] += of_kind.parameters_per_layer * static_cast<std::int64_t>(layers.size());
    const quantization_group* largest = nullptr;
    for (const auto& [group, size] : sizes)
        if (!largest || size > sizes[largest] || (size == sizes[largest] && group < largest)) largest = group;
    return largest;
}

/// Returns the group with the most bits among the layers of a module that are quantized; null if none is.
[[nodiscard]] inline const quantization_group* widest_group(const formats_of_kind& of_kind) {
    const quantization_group* widest = nullptr;
    for (const auto& [group, layers] : of_kind.layers) {
        if (!group) continue;
        const bool wider = !widest || bits_per_element(group->format) > bits_per_element(widest->format);
        if (wider) widest = group;
    }
    return widest;
}

/// The modules that are left in 16 bits in some of their layers.
struct partly_left {
    std::vector<module_kind> kinds{};
    std::set<std::int64_t> layers{};
};

[[nodiscard]] inline partly_left partly_left_in(const formats_by_kind& all) {
    partly_left part;
    for (const auto& [kind, of_kind] : all) {
        const auto left = of_kind.layers.find(nullptr);
        if (left == of_kind.layers.end() || of_kind.layers.size() == 1) continue;
        part.kinds.push_back(kind);
        part.layers.insert(left->second.begin(), left->second.end());
    }
    return part;
}

/// Returns the quantized parameters that are counted in 16 bits too if the layers are counted as left whole, and those
/// if the modules are.
struct counted_beyond {
    std::int64_t by_layers = 0;
    std::int64_t by_modules = 0;
};
[[nodiscard]] inline counted_beyond beyond(const formats_by_kind& all, const partly_left& part) {
    counted_beyond sum;
    for (const auto& [kind, of_kind] : all) {
        const bool partly = std::find(part.kinds.begin(), part.kinds.end(), kind) != part.kinds.end();
        for (const auto& [group, layers] : of_kind.layers) {
            if (!group) continue;
            for (const std::int64_t layer : layers)
                if (part.layers.contains(layer)) sum.by_layers += of_kind.parameters_per_layer;
            if (partly) sum.by_modules += of_kind.parameters_per_layer * static_cast<std::int64_t>(layers.size());
        }
    }
    return sum;
}

/// Says in the formats which modules are left in 16 bits in some of their layers: as whole layers or as whole modules,
/// whichever counts fewer parameters too many.
inline void add_partly_left(const formats_by_kind& all, number_format left, published_formats& formats,
                            std::vector<std::string>& notes) {
    const partly_left part = partly_left_in(all);
    if (part.kinds.empty()) return;
    const counted_beyond more = beyond(all, part);
    if (more.by_layers <= more.by_modules) {
        formats.modules.unquantized_layers = static_cast<std::int64_t>(part.layers.size());
        if (more.by_layers > 0)
            notes.push_back("modules of " + std::to_string(part.layers.size()) +
                            " layers are left in 16 bits in part; the layers count as left whole");
        return;
    }
    for (const module_kind kind : part.kinds) {
        const module_row& row = cardfit::detail::module_table.of[static_cast<std::size_t>(kind)];
        formats.modules.*row.format = left;
        notes.push_back(std::string(row.name) + " is left in 16 bits in part; it counts as left whole");
    }
}

/// Sets the format of each module that differs from that of the weights.
inline void add_module_formats(const formats_by_kind& all, const quantization_group& main, number_format left,
                               published_formats& formats, std::vector<std::string>& notes) {
    for (const auto& [kind, of_kind] : all) {
        const module_row& row = cardfit::detail::module_table.of[static_cast<std::size_t>(kind)];
        const quantization_group* group = widest_group(of_kind);
        if (!group) {
            formats.modules.*row.format = left;
            continue;
        }
        const bool mixed = of_kind.layers.size() > 1 + of_kind.layers.count(nullptr);
        if (mixed)
            notes.push_back(std::string(row.name) + " has several formats; it counts in " +
                            std::string(block_layout_of(group->format).name));
        if (group->format != main.format) formats.modules.*row.format = group->format;
        // One group size stands for all modules: the smallest, whose scales take the most bytes.
        if (!cardfit::detail::quantized_layout_of(group->format).grouped) continue;
        const bool main_is_grouped = cardfit::detail::quantized_layout_of(main.format).grouped;
        formats.group = main_is_grouped ? (std::min)(formats.group, group->group) : group->group;
    }
}

}  // namespace detail

/// Returns the formats of a network that a scheme quantizes. `left` is the format of what it leaves alone. Adds to
/// `notes` what the formats do not say exactly; they are then upper bounds. Throws unread_pattern.
[[nodiscard]] inline published_formats formats_of(const quantization_scheme& scheme, const network& net,
                                                  number_format left, std::vector<std::string>& notes) {
    const detail::scheme_reader reader(scheme);
    const detail::formats_by_kind all = reader.read(net);
    const quantization_group* main = detail::main_group(all);
    published_formats formats{.weights = left, .kv_cache = scheme.kv_cache};
    if (!main) return formats;
    formats.weights = main->format;
    formats.group = main->group;
    detail::add_module_formats(all, *main, left, formats, notes);
    detail::add_partly_left(all, left, formats, notes);
    const quantization_group* head = reader.outside_layers(module_kind::head);
    const quantization_group* embedding = reader.outside_layers(module_kind::embedding);
    formats.modules.head = head ? head->format : left;
    formats.modules.embedding = embedding ? embedding->format : left;
    return formats;
}

}  // namespace cardfit::io
