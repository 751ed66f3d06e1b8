#include "config/setting_list.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "config/known_keys.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kMask = "\"***\"";

// Mappings whose values are secret whatever their keys are called.
constexpr std::array<std::string_view, 5> kSecretMaps = {
    "headers", "extra_headers", "generic_logger_headers", "alert_to_webhook_url",
    "environment_variables"};

bool is_secret(const KnownKey* known, std::string_view key, const Node& value) {
    if (known != nullptr && known->kind != KeyKind::any && known->kind != KeyKind::map &&
        known->kind != KeyKind::list)
        return known->kind == KeyKind::secret;
    return names_secret(key) ||
           (value.origin == Node::Origin::reference && names_secret(value.source));
}

/// A URL without what may be a key in it: user information and query.
std::string plain_url(std::string text) {
    const auto scheme = text.find("://");
    if (scheme == std::string::npos) return text;
    const auto query = text.find('?');
    if (query != std::string::npos) text.replace(query + 1, std::string::npos, "***");
    const auto begin = scheme + 3;
    const auto at = text.substr(0, text.find('/', begin)).rfind('@');
    if (at != std::string::npos && at > begin) text.replace(begin, at - begin, "***");
    return text;
}

/// A copy in which every text that may be a secret is masked.
Node masked(const Node& node, bool all) {
    Node copy = node;
    if (copy.kind == Node::Kind::text) copy.text = plain_url(std::move(copy.text));
    if (all && node.is_scalar() && !node.is_null()) return text_node("***");
    for (auto& item : copy.items) item = masked(item, all);
    for (auto& entry : copy.members) {
        const bool hides = all || is_secret(nullptr, entry.key, entry.value) ||
                           std::ranges::find(kSecretMaps, entry.key) != kSecretMaps.end();
        entry.value = masked(entry.value, hides);
    }
    return copy;
}

std::string value_text(const KnownKey* known, std::string_view key, const Node& value) {
    if (is_secret(known, key, value)) return std::string(kMask);
    const bool hides = std::ranges::find(kSecretMaps, key) != kSecretMaps.end();
    return to_json(masked(value, hides));
}

/// Defaults are YAML; texts among them are shown in quotes, as values are.
std::string default_text(const KnownKey& key) {
    const bool is_text = key.kind == KeyKind::text || key.kind == KeyKind::choice ||
                         key.kind == KeyKind::url || key.kind == KeyKind::period;
    return is_text ? '"' + std::string(key.fallback) + '"' : std::string(key.fallback);
}

bool is_plain_table(std::string_view section) {
    return section.find_first_of("[*(") == std::string_view::npos && section != "litellm_params" &&
           section != "model_info" && !section.starts_with("litellm_params.") &&
           !section.starts_with("model_info.");
}

const Node* map_at(const Node& root, std::string_view section) {
    const Node* node = &root;
    while (!section.empty() && node != nullptr) {
        const auto dot = section.find('.');
        node = node->find(section.substr(0, dot));
        section = dot == std::string_view::npos ? std::string_view() : section.substr(dot + 1);
    }
    return node;
}

class List {
public:
    List(const Node& root, const Node& variables, const Findings& findings)
        : root_(root), variables_(variables), findings_(findings) {}

    std::vector<Setting> take() && {
        for (const auto& table : key_tables())
            if (is_plain_table(table.section)) add_table(table);
        add_models();
        for (const auto& entry : variables_.members)
            add(entry.key, find_known_key(kVariables, entry.key), entry.key, entry.value);
        return std::move(settings_);
    }

private:
    std::string origin_of(const Node& value) const {
        const auto at_line = [&] {
            return findings_.file_name(value.at.file) + ':' + std::to_string(value.at.line);
        };
        switch (value.origin) {
            case Node::Origin::variable:
                return "environment variable " + value.source;
            case Node::Origin::flag:
                return (value.source.starts_with("--") ? "flag " : "environment variable ") +
                       value.source;
            case Node::Origin::reference:
                return "environment variable " + value.source +
                       (value.at.file >= 0 ? ", " + at_line() : std::string());
            case Node::Origin::file:
            case Node::Origin::store:
                break;
        }
        return value.at.file >= 0 ? at_line() : "file";
    }

    void add(const std::string& path, const KnownKey* known, std::string_view key,
             const Node& value) {
        settings_.push_back({path, value_text(known, key, value), origin_of(value)});
    }

    /// Mappings with a table of their own are shown key by key there.
    static bool has_own_table(const std::string& section, std::string_view key) {
        const std::string child =
            section.empty() ? std::string(key) : section + '.' + std::string(key);
        return find_key_table(child) != nullptr || child == "model_list" || child == "include";
    }

    void add_table(const KeyTable& table) {
        const std::string section(table.section);
        const Node* map = map_at(root_, section);
        if (map != nullptr && map->kind != Node::Kind::map) return;
        for (const auto& key : table.keys) {
            if (has_own_table(section, key.name)) continue;
            const Node* value = map == nullptr ? nullptr : map->find(key.name);
            const std::string path = child_path(section, key.name);
            if (value != nullptr && !value->is_null()) {
                add(path, &key, key.name, *value);
            } else if (key.status == KeyStatus::active && !key.fallback.empty() &&
                       section != "router_settings.default_litellm_params") {
                settings_.push_back({path, default_text(key), "default"});
            }
        }
    }

    void add_models() {
        const Node* list = root_.find("model_list");
        if (list == nullptr) return;
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            const std::string path = item_path("model_list", i);
            for (const auto& entry : list->items[i].members)
                add_model_part(child_path(path, entry.key), entry);
        }
    }

    void add_model_part(const std::string& path, const Member& part) {
        const bool is_table = part.key == "litellm_params" || part.key == "model_info";
        if (!is_table || part.value.kind != Node::Kind::map) {
            if (!part.value.is_null())
                add(path, find_known_key("model_list[]", part.key), part.key, part.value);
            return;
        }
        for (const auto& entry : part.value.members)
            if (!entry.value.is_null())
                add(child_path(path, entry.key), find_known_key(part.key, entry.key), entry.key,
                    entry.value);
    }

    const Node& root_;
    const Node& variables_;
    const Findings& findings_;
    std::vector<Setting> settings_;
};

}  // namespace

std::vector<Setting> list_settings(const Node& root, const Node& variables,
                                   const Findings& findings) {
    return List(root, variables, findings).take();
}

}  // namespace tollweir
