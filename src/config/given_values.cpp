#include "config/given_values.hpp"

#include <algorithm>
#include <array>

#include "config/known_keys.hpp"
#include "config/scalar.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

// LiteLLM takes any text in these for true; ours: but for words that say false.
constexpr std::array<std::string_view, 2> kTruthy = {"LITELLM_DROP_PARAMS",
                                                     "LITELLM_MODIFY_PARAMS"};

Node given_node(std::string text, Node::Origin origin, std::string source) {
    Node node = text_node(std::move(text));
    node.origin = origin;
    node.source = std::move(source);
    return node;
}

std::optional<Node> variable_node(std::string_view name, const Environment& environment) {
    const auto value = environment(std::string(name));
    if (!value || trimmed(*value).empty()) return std::nullopt;
    std::string text(trimmed(*value));
    if (std::ranges::find(kTruthy, name) != kTruthy.end() && !parse_boolean_word(text))
        text = "true";
    return given_node(std::move(text), Node::Origin::variable, std::string(name));
}

/// The mapping that a section's path leads to, made where it is absent; null where something else
/// stands there.
Node* section_at(Node& root, std::string_view section) {
    Node* node = &root;
    while (!section.empty()) {
        const auto dot = section.find('.');
        const std::string_view name = section.substr(0, dot);
        section = dot == std::string_view::npos ? std::string_view() : section.substr(dot + 1);
        Node* child = node->find(name);
        if (child == nullptr || child->is_null()) {
            set_member(*node, std::string(name), map_node());
            child = node->find(name);
        }
        if (child->kind != Node::Kind::map) return nullptr;
        node = child;
    }
    return node;
}

std::string shown(double value) {
    std::string out;
    JsonWriter(out).number(value);
    return out;
}

}  // namespace

void apply_flags(Node& root, const ConfigOverrides& overrides) {
    const auto set = [&](std::string_view section, const char* key, std::string text,
                         const std::string& flag) {
        if (Node* map = section_at(root, section))
            set_member(*map, key,
                       given_node(std::move(text), Node::Origin::flag, overrides.source_of(flag)));
    };
    if (overrides.require_auth) set("tollweir_settings", "require_auth", "true", "require_auth");
    if (overrides.watch_config) set("tollweir_settings", "watch_config", "true", "reload");
    if (overrides.drop_params) set("litellm_settings", "drop_params", "true", "drop_params");
    if (overrides.keepalive_timeout)
        set("tollweir_settings.server", "idle_timeout", shown(*overrides.keepalive_timeout),
            "keepalive_timeout");
    if (overrides.limit_concurrency)
        set("tollweir_settings.server", "max_connections",
            std::to_string(*overrides.limit_concurrency), "limit_concurrency");
    if (!overrides.request_timeout) return;
    const std::string seconds = shown(*overrides.request_timeout);
    set("litellm_settings", "request_timeout", seconds, "request_timeout");
    set("router_settings", "timeout", seconds, "request_timeout");
}

void apply_variables(Node& root, const Environment& environment) {
    for (const auto& table : key_tables()) {
        for (const auto& key : table.keys) {
            if (key.variable.empty()) continue;
            auto value = variable_node(key.variable, environment);
            if (!value) continue;
            Node* map = section_at(root, table.section);
            if (map == nullptr) continue;
            const Node* own = map->find(key.name);
            if (own == nullptr || own->is_null())
                set_member(*map, std::string(key.name), std::move(*value));
        }
    }
}

Node gather_variables(const Environment& environment) {
    Node variables = map_node();
    for (const auto name : key_names(kVariables))
        if (auto value = variable_node(name, environment))
            set_member(variables, std::string(name), std::move(*value));
    return variables;
}

}  // namespace tollweir
