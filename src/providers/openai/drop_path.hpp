#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "tollweir/core/error.hpp"
#include "tollweir/core/json_tree.hpp"

namespace tollweir {

/// An entry of `additional_drop_params`: `name`, `parent.child`, `list[*].f`, `list[0].a.b`.
struct DropPath {
    struct Step {
        enum class Kind : std::uint8_t { member, index, every };
        Kind kind = Kind::member;
        std::string_view name;
        std::size_t index = 0;
    };
    std::string_view field;   // of the body's top level
    std::vector<Step> steps;  // inside it; none: the field itself
};

/// Errors (`bad_request`): not of that form. Views point into `text`.
Result<DropPath> parse_drop_path(std::string_view text);

/// Removes what the steps lead to, where it exists.
void drop_inside(JsonNode& node, std::span<const DropPath::Step> steps);

}  // namespace tollweir
