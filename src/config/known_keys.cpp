#include "config/known_keys.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "config/known_keys/tables.hpp"

namespace tollweir {
namespace {

/// All tables, and their keys by name: a file names thousands of keys.
struct Index {
    std::vector<KeyTable> tables;
    std::unordered_map<std::string_view, const KeyTable*> by_section;
    std::unordered_map<std::string_view, std::unordered_map<std::string_view, const KnownKey*>>
        by_name;

    Index() {
        for (const auto part :
             {top_level_tables(), deployment_tables(), litellm_settings_tables(),
              key_defaults_tables(), router_settings_tables(), general_settings_tables(),
              tollweir_settings_tables(), variable_tables()})
            tables.insert(tables.end(), part.begin(), part.end());
        for (const auto& table : tables) {
            by_section.emplace(table.section, &table);
            auto& names = by_name[table.section];
            for (const auto& key : table.keys) names.emplace(key.name, &key);
        }
    }
};

const Index& index() {
    static const Index instance;
    return instance;
}

}  // namespace

std::span<const KeyTable> key_tables() {
    return index().tables;
}

const KeyTable* find_key_table(std::string_view section) {
    const auto found = index().by_section.find(section);
    return found == index().by_section.end() ? nullptr : found->second;
}

const KnownKey* find_known_key(std::string_view section, std::string_view name) {
    const auto table = index().by_name.find(section);
    if (table == index().by_name.end()) return nullptr;
    const auto found = table->second.find(name);
    return found == table->second.end() ? nullptr : found->second;
}

std::vector<std::string_view> key_names(std::string_view section) {
    std::vector<std::string_view> names;
    if (const auto* table = find_key_table(section))
        for (const auto& key : table->keys) names.push_back(key.name);
    return names;
}

std::string_view home_of_key(std::string_view name) {
    for (const auto& table : key_tables()) {
        if (table.section.empty() || table.section == "model_info" || table.section == kVariables ||
            table.section.find_first_of("[*") != std::string_view::npos)
            continue;
        const auto* key = find_known_key(table.section, name);
        if (key != nullptr && key->status != KeyStatus::refused) return table.section;
    }
    return {};
}

}  // namespace tollweir
