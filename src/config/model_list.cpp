#include "config/model_list.hpp"

#include <algorithm>

#include "config/fallback_reader.hpp"
#include "config/scalar.hpp"
#include "config/section.hpp"
#include "tollweir/config/stored_models.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

const Node* list_of(const LoadContext& context, std::string_view key) {
    return Section(&context.root, "", "", context.findings).list(key);
}

/// LiteLLM leaves entries out that it cannot use; ours does so where the file asks for it.
bool ignores_invalid(const LoadContext& context) {
    const Section router(context.root.find("router_settings"), "router_settings", "router_settings",
                         context.findings);
    return router.boolean("ignore_invalid_deployments").value_or(false);
}

/// Null: the entry names no credential.
const Node* credential_name_of(const Node& entry) {
    if (entry.kind != Node::Kind::map) return nullptr;
    const Node* params = entry.find("litellm_params");
    if (params == nullptr || params->kind != Node::Kind::map) return nullptr;
    const Node* name = params->find("litellm_credential_name");
    return name != nullptr && name->kind == Node::Kind::text ? name : nullptr;
}

const Node* address_of(const Node& params) {
    for (const auto* const key : {"api_base", "base_url"}) {
        const Node* node = params.find(key);
        if (node != nullptr && node->kind == Node::Kind::text && !trimmed(node->text).empty())
            return node;
    }
    return nullptr;
}

Environment without_credentials(const Environment& environment) {
    return [&environment](const std::string& name) -> std::optional<std::string> {
        return names_secret(name) ? std::nullopt : environment(name);
    };
}

/// Where the store has credentials too, one that is not there is no mistake of the file: it may
/// come, and go.
bool awaits_credential(const DeploymentContext& context, const Config& config, const Node& entry,
                       const std::string& path) {
    const Node* name = credential_name_of(entry);
    if (!config.database.stores_models || name == nullptr ||
        context.credentials.contains(name->text))
        return false;
    context.load.findings.warn(
        name->at, child_path(child_path(path, "litellm_params"), "litellm_credential_name"),
        "`credential_list` has no credential called `" + name->text.substr(0, 80) +
            "`; the entry is left out unless the database has one");
    return true;
}

void append(std::vector<Deployment> from, Config& config) {
    std::ranges::move(from, std::back_inserter(config.deployments));
}

void add_text(Node& map, std::string key, const std::optional<std::string>& text) {
    if (text) map.members.push_back({std::move(key), {}, text_node(*text)});
}

/// The entry of `model_list` that `--model` and its companions stand for.
Node entry_of_flags(const ConfigOverrides& flags, const std::string& group, bool as_openai) {
    Node params = map_node();
    add_text(params, "model", flags.model);
    add_text(params, "api_base", flags.api_base);
    add_text(params, "api_version", flags.api_version);
    if (as_openai) add_text(params, "custom_llm_provider", "openai");
    Node headers = map_node();
    for (const auto& [name, value] : flags.headers) add_text(headers, name, value);
    params.members.push_back({"extra_headers", {}, std::move(headers)});
    Node entry = map_node();
    add_text(entry, "model_name", group);
    entry.members.push_back({"litellm_params", {}, std::move(params)});
    return entry;
}

/// One model for every request: a group of its own name, and `*` for all other names.
void read_direct_model(const DeploymentContext& context, Config& config) {
    const ConfigOverrides& flags = context.load.overrides;
    if (!flags.model) {
        if (flags.api_base)
            context.load.findings.warn({}, "--api_base", "has an effect with --model only");
        return;
    }
    const bool as_openai =
        flags.api_base && !resolve_model(*flags.model, "", *flags.api_base).has_value();
    if (as_openai)
        context.load.findings.warn({}, "--model",
                                   "names no known provider; --api_base is taken to speak "
                                   "OpenAI's API (write openai/" +
                                       *flags.model + ")");
    const std::string group = flags.alias.value_or(*flags.model);
    const bool has_catch_all =
        std::ranges::any_of(config.deployments, [](const auto& d) { return d.group == "*"; });
    append(read_deployments(context, entry_of_flags(flags, group, as_openai), "--model"), config);
    if (group != "*" && !has_catch_all)
        append(read_deployments(context, entry_of_flags(flags, "*", as_openai), "--model"), config);
    if (config.default_model.empty()) config.default_model = group;
}

bool matches(std::string_view pattern, std::string_view name) {
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos) return pattern == name;
    if (!name.starts_with(pattern.substr(0, star))) return false;
    pattern.remove_prefix(star + 1);
    name.remove_prefix(star);
    const std::size_t next = pattern.find('*');
    if (next == std::string_view::npos)
        return name.ends_with(pattern) && name.size() >= pattern.size();
    // Where several stars leave a choice, the first place that fits is as good as any.
    const std::size_t found = name.find(pattern.substr(0, next));
    return found != std::string_view::npos && matches(pattern, name.substr(found));
}

bool names_something(const Config& config, const std::string& name) {
    if (config.aliases.contains(name) || config.model_aliases.contains(name)) return true;
    if (std::ranges::find(config.router.weighted_groups, name, &WeightedGroup::name) !=
        config.router.weighted_groups.end())
        return true;
    return std::ranges::any_of(config.deployments, [&](const Deployment& deployment) {
        return matches(deployment.group, name) || deployment.id == name ||
               deployment.model_string == name;
    });
}

/// A group of groups needs a name of its own, and members that are plain groups.
void check_weighted_groups(const LoadContext& context, const Config& config, const auto& check) {
    const auto& groups = config.router.weighted_groups;
    for (const auto& group : groups) {
        const std::string path = child_path("router_settings.load_balancing", group.name);
        if (std::ranges::find(config.deployments, group.name, &Deployment::group) !=
            config.deployments.end())
            context.findings.warn({}, path, "left out: `model_list` has a group of that name");
        for (const auto& [member, weight] : group.members) {
            check(member, path);
            if (std::ranges::find(groups, member, &WeightedGroup::name) != groups.end())
                context.findings.warn({}, path,
                                      "left out of it: `" + member.substr(0, 80) +
                                          "`, which is a group of groups itself");
        }
    }
}

/// Names that lead nowhere would only show as 404 to clients. Where the store has models too,
/// nobody knows yet.
void check_names(const LoadContext& context, const Config& config) {
    if (stores_models(config)) return;
    const auto check = [&](const std::string& name, std::string path) {
        if (!name.empty() && !names_something(config, name))
            context.findings.warn({}, std::move(path),
                                  "no model group is called `" + name.substr(0, 80) + "`");
    };
    check(config.default_model, "general_settings.completion_model");
    check(config.default_embedding_model, "general_settings.embedding_model");
    check(config.default_moderation_model, "general_settings.moderation_model");
    for (const auto& [name, alias] : config.aliases)
        check(alias.group, child_path("router_settings.model_group_alias", name));
    for (const auto& [name, target] : config.model_aliases)
        check(target, child_path("litellm_settings.model_alias_map", name));
    const auto leads_somewhere = [&](const std::string& name) {
        return names_something(config, name);
    };
    const auto check_groups = [&](const std::vector<std::string>& names, const char* path) {
        for (const auto& name : names)
            if (name != "*") check(name, path);
    };
    check_groups(config.router.continued_groups, "tollweir_settings.continue_streams");
    check_groups(config.router.hedging.groups, "tollweir_settings.hedging.groups");
    check_fallbacks(config.router.fallbacks, leads_somewhere, context.findings);
    check_weighted_groups(context, config, check);
}

}  // namespace

Credentials read_credentials(const LoadContext& context) {
    Credentials credentials;
    const Node* list = list_of(context, "credential_list");
    if (list == nullptr) return credentials;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const Section entry(&list->items[i], item_path("credential_list", i), "credential_list[]",
                            context.findings);
        if (!entry.present()) continue;
        const auto name = entry.text("credential_name");
        const Node* values = entry.map("credential_values");
        entry.map("credential_info");
        if (!name || name->empty()) entry.error("credential_name", "is missing");
        if (values == nullptr && entry.find("credential_values") == nullptr)
            entry.error("credential_values", "is missing");
        if (!name || name->empty() || values == nullptr) continue;
        if (!credentials.emplace(*name, values).second)
            entry.error("credential_name", "stands here twice: `" + name->substr(0, 80) + "`");
    }
    return credentials;
}

DeploymentContext deployment_context(const LoadContext& context, const Credentials& credentials,
                                     DeploymentIds& ids) {
    const Section litellm = section_of(context, "litellm_settings");
    return {context,
            credentials,
            litellm.boolean("drop_params").value_or(false),
            litellm.boolean("enable_azure_ad_token_refresh").value_or(false),
            litellm.boolean("modify_params").value_or(false),
            section_of(context, "router_settings").map("default_litellm_params"),
            ids};
}

bool names_address(const Node& params) {
    return address_of(params) != nullptr;
}

bool has_stored_address(const Credentials& credentials, const Node& entry) {
    const Node* name = credential_name_of(entry);
    if (name == nullptr) return false;
    const auto found = credentials.find(name->text);
    if (found == credentials.end()) return false;
    const Node* address = address_of(*found->second);
    return address != nullptr && address->origin == Node::Origin::store;
}

std::vector<Deployment> read_without_our_credentials(const LoadContext& load,
                                                     const Credentials& credentials,
                                                     DeploymentIds& ids, const Node& entry,
                                                     const std::string& path) {
    const auto environment = without_credentials(load.environment);
    const LoadContext guarded{load.root, load.variables, environment, load.overrides,
                              load.findings};
    auto context = deployment_context(guarded, credentials, ids);
    context.uses_managed_identity = false;
    const auto defaults =
        context.defaults == nullptr ? map_node() : without_secrets(*context.defaults);
    context.defaults = &defaults;
    return read_deployments(context, entry, path);
}

void read_models(const LoadContext& context, Config& config) {
    const Credentials credentials = read_credentials(context);
    DeploymentIds ids(context.findings);
    const DeploymentContext entries = deployment_context(context, credentials, ids);
    const bool is_lenient = ignores_invalid(context);
    const Node* list = list_of(context, "model_list");
    for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
        const Node& entry = list->items[i];
        const std::string path = item_path("model_list", i);
        if (awaits_credential(entries, config, entry, path)) continue;
        const std::size_t errors = context.findings.error_count();
        append(has_stored_address(credentials, entry)
                   ? read_without_our_credentials(context, credentials, ids, entry, path)
                   : read_deployments(entries, entry, path),
               config);
        if (is_lenient) context.findings.demote_errors(errors, " (the entry is left out)");
    }
    read_direct_model(entries, config);
    check_names(context, config);
}

}  // namespace tollweir
