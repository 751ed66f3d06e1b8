#include "config/known_keys.hpp"

#include <set>

#include "loading.hpp"

namespace tollweir {
namespace {

std::string full_name(const KeyTable& table, const KnownKey& key) {
    return table.section.empty() ? std::string(key.name)
                                 : std::string(table.section) + '.' + std::string(key.name);
}

/// Members that readers want beside any other, by section.
struct Required {
    std::string_view section, key, member;
};
constexpr Required kRequired[] = {
    {"model_list[]", "model_name", "model_name: a"},
    {"model_list[]", "litellm_params", "litellm_params: {model: openai/a, api_key: k}"},
    {"litellm_params", "model", "model: openai/a"},
    {"litellm_params", "api_key", "api_key: k"},
    {"guardrails[]", "guardrail_name", "guardrail_name: g"},
    {"guardrails[].litellm_params", "guardrail", "guardrail: presidio"},
    {"guardrails[].litellm_params", "mode", "mode: pre_call"},
    {"router_settings.model_group_alias.*", "model", "model: a"},
    {"litellm_settings.priority_reservation.*", "value", "value: 1"},
    {"litellm_settings.default_team_settings[]", "team_id", "team_id: t"},
    {"general_settings.user_header_mappings[]", "header_name", "header_name: h"},
    {"general_settings.pass_through_endpoints[]", "path", "path: /p"},
    {"general_settings.pass_through_endpoints[]", "target", "target: http://h"},
    {"users[]", "user_id", "user_id: u"},
    {"teams[]", "team_id", "team_id: t"},
};

std::string with_required(std::string_view section, std::string_view key) {
    std::string out = "{";
    for (const auto& required : kRequired)
        if (required.section == section && required.key != key)
            out.append(required.member).append(", ");
    return out;
}

/// A whole file with one key in the section: `general_settings.user_header_mappings[]`.
std::string file_with(std::string section, std::string_view key, std::string value) {
    std::string name(key);
    for (;;) {
        if (name == "*") name = "anything";
        if (name.ends_with("[]")) {
            name.resize(name.size() - 2);
            value = "[" + value + "]";
        }
        value = with_required(section, name) + name + ": " + value + "}";
        if (section.empty()) return value;
        if (section == "litellm_params" || section == "model_info") {
            name = section;
            section = "model_list[]";
            continue;
        }
        const auto dot = section.rfind('.');
        name = section.substr(dot == std::string::npos ? 0 : dot + 1);
        section = dot == std::string::npos ? "" : section.substr(0, dot);
    }
}

/// Tables that stand in two places are looked at in the first.
bool is_repeated(const KeyTable& table) {
    return table.section == "router_settings.default_litellm_params";
}

bool has_reader(const KnownKey& key) {
    if (key.name.starts_with("azure_") || key.name == "tenant_id" || key.name == "client_id" ||
        key.name == "client_secret")
        return false;
    return key.kind != KeyKind::any && key.status != KeyStatus::no_effect &&
           key.status != KeyStatus::refused;
}

std::string wrong_value(KeyKind kind) {
    if (kind == KeyKind::map) return "7";
    return kind == KeyKind::list || kind == KeyKind::texts ? "{a: 1}" : "[[]]";
}

TEST(KnownKeys, StandOnce) {
    std::set<std::string> seen;
    for (const auto& table : key_tables())
        for (const auto& key : table.keys)
            EXPECT_TRUE(seen.insert(full_name(table, key)).second) << full_name(table, key);
}

TEST(KnownKeys, SayWhyTheyAreRefusedOrWithoutEffect) {
    for (const auto& table : key_tables())
        for (const auto& key : table.keys)
            if (key.status == KeyStatus::refused || key.status == KeyStatus::no_effect) {
                EXPECT_FALSE(key.note.empty()) << full_name(table, key);
            }
}

/// Whatever is active, and whatever is to become so, has a reader that refuses values of another
/// kind.
TEST(KnownKeys, AreReadAndChecked) {
    for (const auto& table : key_tables()) {
        if (table.section == kVariables || is_repeated(table)) continue;
        for (const auto& key : table.keys) {
            if (!has_reader(key)) continue;
            const std::string text =
                file_with(std::string(table.section), key.name, wrong_value(key.kind));
            const auto errors = errors_of(text);
            EXPECT_TRUE(errors.contains(std::string(key.name) + ": expected") ||
                        errors.contains(std::string(key.name) + "[0]: expected"))
                << full_name(table, key) << "\n"
                << text << "\n"
                << errors;
        }
    }
}

/// Without what shows which keys were given.
Config config_without_traces(const std::string& text) {
    auto config = loaded(text).config;
    for (auto& deployment : config.deployments)
        deployment.id = deployment.params_json = deployment.info_json = "";
    for (auto& guardrail : config.guardrails.guardrails) guardrail.params_json = "";
    return config;
}

/// What the tables say holds where a key is absent is what the reader does.
TEST(KnownKeys, HaveTheDefaultsThatTheirReadersHave) {
    for (const auto& table : key_tables()) {
        if (table.section == kVariables || is_repeated(table)) continue;
        for (const auto& key : table.keys) {
            if (key.fallback.empty()) continue;
            const std::string section(table.section);
            const auto said = file_with(section, key.name, std::string(key.fallback));
            const auto unsaid = file_with(section, key.name, "null");
            EXPECT_TRUE(config_without_traces(said) == config_without_traces(unsaid)) << said;
        }
    }
}

TEST(KnownVariables, HaveTheDefaultsThatTheirReadersHave) {
    const auto unsaid = loaded("model_list: []").config;
    for (const auto& key : find_key_table(kVariables)->keys)
        if (!key.fallback.empty()) {
            const auto said =
                loaded("model_list: []", {{std::string(key.name), std::string(key.fallback)}});
            EXPECT_TRUE(said.config == unsaid) << key.name;
        }
}

bool has_form(KeyKind kind) {
    return kind != KeyKind::any && kind != KeyKind::text && kind != KeyKind::secret;
}

TEST(KnownVariables, AreReadAndChecked) {
    for (const auto& table : key_tables()) {
        for (const auto& key : table.keys) {
            const auto name = table.section == kVariables ? key.name : key.variable;
            if (name.empty() || !has_form(key.kind) || !has_reader(key)) continue;
            if (name == "LITELLM_DROP_PARAMS" || name == "LITELLM_MODIFY_PARAMS") continue;
            const auto warnings = warnings_of("model_list: []", {{std::string(name), "%%"}});
            EXPECT_TRUE(warnings.contains("in this environment variable; left out")) << name << "\n"
                                                                                     << warnings;
        }
    }
}

}  // namespace
}  // namespace tollweir
