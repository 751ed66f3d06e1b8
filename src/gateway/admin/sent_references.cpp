#include "gateway/admin/sent_references.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tollweir/core/json_tree.hpp"

namespace tollweir {
namespace {

constexpr std::array<std::string_view, 3> kReferences = {"os.environ/", "env/", "oidc/"};

bool refers(std::string_view text) {
    return std::ranges::any_of(kReferences, [&](auto prefix) { return text.starts_with(prefix); });
}

bool holds_one(const JsonNode& node) {
    if (node.is(JsonType::string)) return refers(node.string().value_or(""));
    return std::ranges::any_of(node.children, holds_one);
}

}  // namespace

bool holds_reference(std::string_view json) {
    const auto tree = parse_json_tree(json);
    return !tree || holds_one(*tree);
}

std::string reference_refused(std::string path) {
    return std::move(path) +
           " refers to something on the gateway's side; such references (os.environ/, oidc/) are "
           "resolved in the configuration file only. Send the value";
}

}  // namespace tollweir
