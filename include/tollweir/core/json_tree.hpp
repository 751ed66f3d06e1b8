#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/json.hpp"

namespace tollweir {

/// A JSON value as a tree of views into its text. What is not changed is written out as it came:
/// number spelling, escapes and key order stay. For the few nested values that an adapter must
/// rewrite and for error bodies, never for a body that passes through.
struct JsonNode {
    JsonType type = JsonType::null;
    std::string_view key;   // of an object's member: as written, with its quotes
    std::string_view text;  // of a scalar: as written
    std::vector<JsonNode> children;

    bool key_is(std::string_view name) const;
    /// The member of that name, null if there is none or this is no object.
    const JsonNode* find(std::string_view name) const;
    JsonNode* find(std::string_view name);
    bool remove(std::string_view name);

    bool is(JsonType wanted) const { return type == wanted; }
    bool is_string(std::string_view value) const;
    /// Decoded; nothing if this is no string or holds a lone surrogate.
    std::optional<std::string> string() const;
};

/// Strict. Nothing if the text is malformed, nested deeper than 128 or holds over a million values
/// (a tree is some thirty times larger than the smallest text that makes it).
std::optional<JsonNode> parse_json_tree(std::string_view text);

/// Appends the value without its key.
void write_json(const JsonNode& node, std::string& out);

/// A node for a text that is known to be JSON and outlives the tree.
JsonNode json_string_node(std::string_view key, std::string_view literal);

}  // namespace tollweir
