#include "config/check_keys.hpp"

#include <string>

#include "config/known_keys.hpp"
#include "config/scalar.hpp"
#include "config/section.hpp"
#include "tollweir/config/nearest.hpp"

namespace tollweir {
namespace {

std::string unknown_key_message(std::string_view table, std::string_view name) {
    std::string message = "unknown key";
    const std::string hint = did_you_mean(name, key_names(table));
    if (!hint.empty()) return message + hint;
    const auto home = home_of_key(name);
    if (!home.empty()) message += "; it belongs in `" + std::string(home) + "`";
    return message;
}

std::string with_note(std::string message, std::string_view note) {
    if (!note.empty()) message.append("; ").append(note);
    return message;
}

/// A switch that says what holds anyway asks for nothing that is missing.
bool says_the_default(const KnownKey& key, const Node& value) {
    return key.kind == KeyKind::boolean && !key.fallback.empty() &&
           as_boolean(value) == parse_boolean_word(key.fallback);
}

/// Tables of a deployment have one name, wherever they stand.
std::string table_of_child(const std::string& table, const std::string& key) {
    const bool in_deployment = table == "model_list[]" || table == "litellm_params";
    if (in_deployment && (key == "litellm_params" || key == "model_info")) return key;
    return table.empty() ? key : table + '.' + key;
}

class Walk {
public:
    explicit Walk(Findings& findings) : findings_(findings) {}

    /// `is_later`: what the mapping belongs to is not active yet and was told.
    void check_map(const Node& map, const std::string& table, const std::string& path,
                   bool is_later) {
        const KeyTable* known_keys = find_key_table(table);
        for (const auto& entry : map.members) {
            const std::string entry_path = child_path(path, entry.key);
            const KnownKey* known = find_known_key(table, entry.key);
            if (known == nullptr && known_keys != nullptr && !known_keys->is_open)
                findings_.warn(entry.at, entry_path, unknown_key_message(table, entry.key));
            const bool is_given = !entry.value.is_null() || !entry.value.source.empty();
            if (known != nullptr && is_given) check_key(entry, *known, entry_path, is_later);
            const bool child_is_later =
                is_later || (known != nullptr && known->status == KeyStatus::later);
            check_child(entry.value, table_of_child(table, entry.key), entry_path, child_is_later);
        }
    }

private:
    void check_key(const Member& entry, const KnownKey& key, const std::string& path,
                   bool is_later) {
        const auto& at = entry.at;
        if (entry.value.origin == Node::Origin::variable) return check_variable(entry, key);
        if (key.status == KeyStatus::later && !is_later && !says_the_default(key, entry.value))
            findings_.warn(at, path, with_note("not active yet (docs/status.md)", key.note));
        if (key.status == KeyStatus::no_effect)
            findings_.warn(at, path, with_note("has no effect", key.note));
        if (key.status == KeyStatus::refused)
            findings_.error(at, path, "cannot be honoured: " + std::string(key.note));
    }

    void check_variable(const Member& entry, const KnownKey& key) {
        if (key.status == KeyStatus::later && !says_the_default(key, entry.value))
            findings_.warn({}, entry.value.source, "not active yet (docs/status.md)");
        if (key.status == KeyStatus::refused)
            findings_.error({}, entry.value.source, "cannot be honoured: " + std::string(key.note));
    }

    void check_child(const Node& value, const std::string& table, const std::string& path,
                     bool is_later) {
        if (value.kind == Node::Kind::map) {
            if (find_key_table(table) != nullptr) return check_map(value, table, path, is_later);
            if (find_key_table(table + ".*") == nullptr) return;
            for (const auto& entry : value.members)
                if (entry.value.kind == Node::Kind::map)
                    check_map(entry.value, table + ".*", child_path(path, entry.key), is_later);
        }
        if (value.kind != Node::Kind::list || find_key_table(table + "[]") == nullptr) return;
        for (std::size_t i = 0; i < value.items.size(); ++i)
            if (value.items[i].kind == Node::Kind::map)
                check_map(value.items[i], table + "[]", item_path(path, i), is_later);
    }

    Findings& findings_;
};

}  // namespace

void check_keys(const Node& root, Findings& findings) {
    Walk(findings).check_map(root, "", "", false);
}

void check_variables(const Node& variables, Findings& findings) {
    Walk(findings).check_map(variables, std::string(kVariables), "", false);
}

}  // namespace tollweir
