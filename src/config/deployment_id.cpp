#include "config/deployment_id.hpp"

#include <algorithm>

#include "tollweir/core/hash.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

void sort_members(Node& node) {
    std::ranges::sort(node.members, {}, &Member::key);
    for (auto& entry : node.members) sort_members(entry.value);
    for (auto& item : node.items) sort_members(item);
}

}  // namespace

std::string DeploymentIds::make(const std::string& group, const Node& params) {
    Node canonical = without_secrets(params);
    sort_members(canonical);
    std::string text;
    append_json_string(text, group);
    append_json(text, canonical);
    std::string id = sha256_hex(text);
    for (int copy = 2; taken_.contains(id); ++copy) id = sha256_hex(text + std::to_string(copy));
    taken_.emplace(id, params.at);
    return id;
}

void DeploymentIds::claim(const std::string& id, const Position& at, const std::string& path) {
    const auto [first, is_new] = taken_.emplace(id, at);
    if (is_new) return;
    std::string message = "the id `" + id.substr(0, 80) + "` is taken";
    if (first->second.file >= 0)
        message += " by the entry at " + findings_.file_name(first->second.file) + ':' +
                   std::to_string(first->second.line);
    findings_.error(at, path, std::move(message));
}

}  // namespace tollweir
