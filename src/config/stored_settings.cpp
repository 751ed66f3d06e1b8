#include "tollweir/config/stored_settings.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "config/json_node.hpp"
#include "config/known_keys.hpp"
#include "config/model_base.hpp"
#include "config/read_tree.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/seal.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kGeneral = "general_settings";
constexpr std::string_view kEnvironment = "environment_variables";
constexpr std::array<std::string_view, 4> kSections{kGeneral, "router_settings", "litellm_settings",
                                                    kEnvironment};
// Joined rather than replaced: what the file asks for goes on.
constexpr std::array<std::string_view, 4> kJoined{"alerting", "callbacks", "success_callback",
                                                  "failure_callback"};

template <class List>
bool holds(const List& list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

void set_place(Node& node, const Position& at) {
    node.at = at;
    node.origin = Node::Origin::store;
    for (auto& item : node.items) set_place(item, at);
    for (auto& entry : node.members) {
        entry.at = at;
        set_place(entry.value, at);
    }
}

bool says_nothing(const Node& node) {
    return node.is_null() || (node.kind == Node::Kind::list && node.items.empty());
}

/// A single text is a list of one.
void join(Node& into, const Node& from) {
    const auto as_list = [](Node node) {
        if (node.kind == Node::Kind::list) return node;
        Node list;
        list.kind = Node::Kind::list;
        list.at = node.at;
        list.items.push_back(std::move(node));
        return list;
    };
    into = as_list(std::move(into));
    for (auto& item : as_list(from).items)
        if (std::ranges::find(into.items, item.text, &Node::text) == into.items.end())
            into.items.push_back(std::move(item));
}

void lay_over(Node& into, const Node& from) {
    for (const auto& entry : from.members) {
        if (says_nothing(entry.value)) continue;
        Node* own = into.find(entry.key);
        if (own == nullptr || own->is_null())
            set_member(into, entry.key, entry.value);
        else if (own->kind == Node::Kind::map && entry.value.kind == Node::Kind::map)
            lay_over(*own, entry.value);
        else if (holds(kJoined, entry.key))
            join(*own, entry.value);
        else
            *own = entry.value;
    }
}

/// Whether the finding is about the member, or about something in it.
bool is_about(const ConfigFinding& finding, const std::string& path) {
    if (!finding.path.starts_with(path)) return false;
    const auto rest = std::string_view(finding.path).substr(path.size());
    return rest.empty() || rest.starts_with('.') || rest.starts_with('[');
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

/// The text that a stored value holds; nothing: it was sealed with another key.
std::optional<std::string> opened(const Node& value, const Secret& seal_key) {
    if (value.kind != Node::Kind::text) return value.text;
    if (auto text = unseal(value.text, seal_key)) return text;
    // Another program's rows may be in the clear.
    return looks_sealed(value.text) ? std::nullopt : std::optional(value.text);
}

std::string section_row(std::string_view name) {
    return "LiteLLM_Config." + std::string(name);
}

std::string credential_row(std::string_view name) {
    return "LiteLLM_CredentialsTable." + std::string(name.substr(0, 80));
}

constexpr std::string_view kOtherKey =
    "was encrypted with another key than the one that is in force (docs/stored-models.md)";

/// What the store says, as parts of the file's tree; loses what cannot be used.
class StoredTree {
public:
    StoredTree(const StoredSettings& stored, const Secret& seal_key, const Node& file)
        : file_(file) {
        for (const auto& section : stored.sections)
            if (is_stored_section(section.name)) add_section(section, seal_key);
        for (const auto& credential : stored.credentials) add_credential(credential, seal_key);
    }

    void merge_into(Node& root, Findings& findings) const {
        for (auto [name, node] : sections_) {
            set_place(node, {findings.add_file(section_row(name)), 0, 0});
            Node* own = root.find(name);
            if (own == nullptr || own->is_null()) {
                set_member(root, name, map_node());
                own = root.find(name);
            }
            lay_over(*own, node);
        }
        for (auto [name, node] : credentials_) {
            set_place(node, {findings.add_file(credential_row(name)), 0, 0});
            put_credential(root, name, std::move(node));
        }
    }

    bool says_anything() const { return !sections_.empty() || !credentials_.empty(); }

    /// Takes out what the errors are about, and everything where they are about nothing of it.
    void leave_out(const std::vector<ConfigFinding>& errors) {
        bool found = false;
        for (const auto& error : errors) found = leave_out_one(error) || found;
        if (found) return;
        for (const auto& error : errors)
            note("", "",
                 "what the database says of the configuration is all left out: " + error.text());
        sections_.clear();
        credentials_.clear();
    }

    std::vector<ConfigFinding> left_out() const { return left_out_; }

private:
    using Named = std::pair<std::string, Node>;

    void add_section(const StoredSection& section, const Secret& seal_key) {
        auto node = node_of_json(section.value_json);
        if (!node || node->kind != Node::Kind::map) {
            if (!node || !node->is_null()) note(section_row(section.name), "", "is no JSON object");
            return;
        }
        if (section.name == kEnvironment) node = variables_of(*node, seal_key);
        std::erase_if(node->members, [&](const Member& member) {
            if (!is_of_the_file_alone(section.name, member.key)) return false;
            tell_unless_same(section.name, member);
            return true;
        });
        sections_.emplace_back(section.name, std::move(*node));
    }

    Node variables_of(const Node& sealed, const Secret& seal_key) {
        Node variables = map_node();
        for (const auto& member : sealed.members) {
            if (member.value.is_null()) continue;
            auto text = opened(member.value, seal_key);
            if (!text) {
                note(section_row(kEnvironment), child_path(std::string(kEnvironment), member.key),
                     std::string(kOtherKey));
                continue;
            }
            // Programs look for them in capitals, too.
            if (const auto capital = upper(member.key); capital != member.key)
                set_member(variables, capital, text_node(*text));
            set_member(variables, member.key, text_node(std::move(*text)));
        }
        return variables;
    }

    /// LiteLLM stores copies of whole sections of the file: what says the same is no news.
    void tell_unless_same(const std::string& section, const Member& member) {
        const Node* own = file_.find(section);
        if (own != nullptr) own = own->find(member.key);
        if (member.value.is_null() || (own != nullptr && to_json(*own) == to_json(member.value)))
            return;
        note(section_row(section), child_path(section, member.key), "only the file may say this");
    }

    void add_credential(const StoredCredential& credential, const Secret& seal_key) {
        auto values = node_of_json(credential.values_json);
        if (const auto flaw = flaw_of(credential, seal_key); !flaw.empty())
            return note(credential_row(credential.name), "", flaw);
        for (auto& member : values->members)
            if (member.value.kind == Node::Kind::text)
                member.value.text = opened(member.value, seal_key).value_or("");
        auto info = node_of_json(credential.info_json);
        if (!info || info->kind != Node::Kind::map) info = map_node();
        Node entry = map_node();
        set_member(entry, "credential_name", text_node(credential.name));
        set_member(entry, "credential_values", std::move(*values));
        set_member(entry, "credential_info", std::move(*info));
        credentials_.emplace_back(credential.name, std::move(entry));
    }

    static void put_credential(Node& root, const std::string& name, Node entry) {
        Node* list = root.find("credential_list");
        if (list == nullptr || list->kind != Node::Kind::list) {
            Node made;
            made.kind = Node::Kind::list;
            set_member(root, "credential_list", std::move(made));
            list = root.find("credential_list");
        }
        std::erase_if(list->items, [&](const Node& item) {
            const Node* own = item.find("credential_name");
            return own != nullptr && own->text == name;
        });
        list->items.push_back(std::move(entry));
    }

    bool leave_out_one(const ConfigFinding& error) {
        for (auto& [name, node] : sections_) {
            if (error.file != section_row(name)) continue;
            const auto gone = std::erase_if(node.members, [&](const Member& member) {
                return is_about(error, child_path(name, member.key));
            });
            if (gone == 0) continue;
            note(error);
            return true;
        }
        const auto gone = std::erase_if(credentials_, [&](const Named& credential) {
            return error.file == credential_row(credential.first);
        });
        if (gone > 0) note(error);
        return gone > 0;
    }

    void note(ConfigFinding finding) {
        if (!finding.file.empty()) finding.message += " (left out)";
        left_out_.push_back(std::move(finding));
    }
    void note(std::string row, std::string path, std::string message) {
        ConfigFinding finding;
        finding.file = std::move(row);
        finding.path = std::move(path);
        finding.message = std::move(message);
        note(std::move(finding));
    }

    const Node& file_;
    std::vector<Named> sections_;
    std::vector<Named> credentials_;
    std::vector<ConfigFinding> left_out_;
};

std::string_view type_of(KeyKind kind) {
    switch (kind) {
        case KeyKind::any:
            return "Any";
        case KeyKind::boolean:
            return "Boolean";
        case KeyKind::integer:
            return "Integer";
        case KeyKind::number:
        case KeyKind::seconds:
        case KeyKind::megabytes:
        case KeyKind::dollars:
            return "Float";
        case KeyKind::texts:
        case KeyKind::list:
            return "List";
        case KeyKind::map:
            return "Dict";
        case KeyKind::period:
        case KeyKind::text:
        case KeyKind::choice:
        case KeyKind::secret:
        case KeyKind::url:
            break;
    }
    return "String";
}

/// YAML in the table; where it is no JSON, it is a text.
std::string default_of(const KnownKey& key) {
    if (key.fallback.empty() || node_of_json(key.fallback)) return std::string(key.fallback);
    return to_json(text_node(std::string(key.fallback)));
}

std::string masked(std::string_view text) {
    constexpr std::size_t kShort = 12;  // less than that is guessed from what is shown
    constexpr std::size_t kShown = 2;
    if (text.size() < kShort) return "****";
    return std::string(text.substr(0, kShown)) + "****" +
           std::string(text.substr(text.size() - kShown));
}

/// An address may hold a password too.
bool is_hidden(std::string_view name, std::string_view text) {
    return names_secret(name) || text.contains('@') || text.contains('?');
}

void write_values(JsonWriter& json, const Node& values) {
    json.begin_object();
    for (const auto& [name, at, value] : values.members) {
        if (value.is_null()) continue;
        json.key(name);
        if (value.kind == Node::Kind::text && is_hidden(name, value.text))
            json.string(masked(value.text));
        else if (names_secret(name))
            json.string("****");
        else
            json.raw(to_json(without_secrets(value)));
    }
    json.end_object();
}

std::string shown_values(const Node& values) {
    std::string out;
    JsonWriter json(out);
    write_values(json, values);
    return out;
}

}  // namespace

MergedConfig with_stored_settings(const LoadedConfig& file, const StoredSettings& stored,
                                  const Secret& seal_key) {
    const auto& base = *file.models;
    StoredTree tree(stored, seal_key, base.unresolved);
    while (tree.says_anything()) {
        Findings findings(base.files);
        Node root = base.unresolved;
        tree.merge_into(root, findings);
        auto loaded = read_tree(std::move(root), base.overrides, base.outside, findings);
        if (findings.has_errors()) {
            tree.leave_out(findings.take_errors());
            continue;
        }
        loaded.config.spend.own_prices = file.config.spend.own_prices;
        loaded.config.source = file.config.source;
        loaded.files = file.files;
        loaded.warnings = tree.left_out();
        std::ranges::move(findings.take_warnings(), std::back_inserter(loaded.warnings));
        return {std::move(loaded), tree.left_out()};
    }
    auto alone = file;
    const auto left_out = tree.left_out();
    alone.warnings.insert(alone.warnings.end(), left_out.begin(), left_out.end());
    return {std::move(alone), left_out};
}

std::string row_name(const StoredCredential& credential) {
    return credential_row(credential.name);
}

std::string row_name(const StoredSection& section) {
    return section_row(section.name);
}

bool is_stored_section(std::string_view name) {
    return holds(kSections, name);
}

bool is_of_the_file_alone(std::string_view section, std::string_view key) {
    constexpr std::array<std::string_view, 8> kSettings{
        "master_key",  "store_model_in_db",           "supported_db_objects",
        "user_config", "key_management_system",       "key_management_settings",
        "custom_auth", "disable_prisma_schema_update"};
    constexpr std::array<std::string_view, 5> kNames{"LITELLM_MASTER_KEY", "LITELLM_SALT_KEY",
                                                     "STORE_MODEL_IN_DB", "DIRECT_URL",
                                                     "CONFIG_FILE_PATH"};
    // They say where models of the file are called, with the keys that the file gives them.
    constexpr std::array<std::string_view, 4> kAddresses{"_API_BASE", "_BASE_URL", "_ENDPOINT",
                                                         "_PROXY"};
    if (section == kGeneral) return holds(kSettings, key) || key.starts_with("database_");
    if (section == "router_settings") return key == "default_litellm_params";
    if (section != kEnvironment) return false;
    const auto name = upper(key);
    return holds(kNames, name) || name.starts_with("DATABASE_") || name.starts_with("TOLLWEIR_") ||
           std::ranges::any_of(kAddresses, [&](auto end) { return name.ends_with(end); });
}

bool is_hidden_setting(std::string_view name) {
    // Addresses of webhooks are all that who posts there needs to know.
    return names_secret(name) || name.contains("webhook");
}

std::string shown_section(std::string_view name, std::string_view json) {
    const auto section = node_of_json(json);
    if (!section || section->kind != Node::Kind::map) return "{}";
    Node shown = map_node();
    for (const auto& member : section->members) {
        const bool is_hidden = name == kEnvironment || is_hidden_setting(member.key);
        set_member(shown, member.key, is_hidden ? text_node("***") : without_secrets(member.value));
    }
    return to_json(shown);
}

std::vector<ShownCredential> show_credentials(const ModelBase& base) {
    std::vector<ShownCredential> shown;
    const Node* list = base.root.find("credential_list");
    if (list == nullptr) return shown;
    for (const auto& item : list->items) {
        const Node* name = item.find("credential_name");
        const Node* values = item.find("credential_values");
        const Node* info = item.find("credential_info");
        if (name == nullptr || values == nullptr || values->kind != Node::Kind::map) continue;
        const bool has_info = info != nullptr && info->kind == Node::Kind::map;
        shown.push_back(
            {name->text, shown_values(*values), has_info ? to_json(without_secrets(*info)) : "{}"});
    }
    return shown;
}

std::string masked_values(const JsonFields& values) {
    Node map = map_node();
    for (const auto& [name, json] : values)
        if (auto node = node_of_json(json)) set_member(map, name, std::move(*node));
    return shown_values(map);
}

std::vector<ShownSetting> show_general_settings(const ModelBase& base) {
    std::vector<ShownSetting> shown;
    const Node* section = base.root.find(kGeneral);
    for (const auto& key : find_key_table(kGeneral)->keys) {
        if (key.status == KeyStatus::refused || is_of_the_file_alone(kGeneral, key.name)) continue;
        const Node* value = section == nullptr ? nullptr : section->find(key.name);
        ShownSetting setting{key.name, type_of(key.kind), key.meaning, {}, default_of(key)};
        if (value != nullptr && !value->is_null()) {
            const bool is_hidden = key.kind == KeyKind::secret || is_hidden_setting(key.name);
            setting.value_json = is_hidden ? "\"***\"" : to_json(without_secrets(*value));
        }
        shown.push_back(std::move(setting));
    }
    return shown;
}

bool is_known_general_setting(std::string_view name) {
    return find_known_key(kGeneral, name) != nullptr;
}

std::string flaw_of(const StoredCredential& credential, const Secret& seal_key) {
    const auto values = node_of_json(credential.values_json);
    if (!values || values->kind != Node::Kind::map) return "credential_values is no JSON object";
    for (const auto& member : values->members)
        if (!opened(member.value, seal_key))
            return "credential_values." + member.key.substr(0, 80) + " " + std::string(kOtherKey);
    return {};
}

}  // namespace tollweir
