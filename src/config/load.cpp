#include "tollweir/config/load.hpp"

#include "config/check_keys.hpp"
#include "config/given_values.hpp"
#include "config/include_files.hpp"
#include "config/model_base.hpp"
#include "config/model_list.hpp"
#include "config/own_prices.hpp"
#include "config/read_tree.hpp"
#include "config/references.hpp"
#include "config/section.hpp"
#include "config/setting_list.hpp"
#include "config/setting_readers.hpp"
#include "config/settings.hpp"
#include "config/yaml_reader.hpp"
#include "tollweir/config/explain.hpp"

namespace tollweir {
namespace {

std::set<std::string> ids_of(const std::vector<Deployment>& deployments) {
    std::set<std::string> ids;
    for (const auto& deployment : deployments) ids.insert(deployment.id);
    return ids;
}

/// Before references are resolved: a file of thousands of models is not copied for nothing.
bool may_store_models(const Node& root, const Environment& environment) {
    const Node* general = root.find("general_settings");
    const bool says_so = general != nullptr && general->find("store_model_in_db") != nullptr;
    return says_so || environment("STORE_MODEL_IN_DB");
}

using Loaded = std::expected<LoadedConfig, std::vector<ConfigFinding>>;

Config read_config(const LoadContext& context) {
    Config config;
    check_keys(context.root, context.findings);
    check_variables(context.variables, context.findings);
    read_tollweir_settings(context, config);
    read_litellm_settings(context, config);
    read_general_settings(context, config);  // after ours: max_request_size_mb wins
    read_router_settings(context, config);   // after litellm_settings: its time-outs win
    read_log_settings(context, config);
    config.database = read_database(context);
    config.access = read_access_rules(context);
    config.budgets = read_budgets(context);
    config.spend = read_spend(context, config.data_dir);
    config.key_defaults = read_key_defaults(context);
    config.limits = read_limits(context);
    config.router = read_router(context);
    config.redis = read_redis(context);
    config.cache = read_cache(context);
    config.health = read_health(context);
    config.router.routes_by_health = config.health.steers_routing;
    config.router.health_staleness = config.health.stale_after.value_or(2 * config.health.interval);
    config.alerting = read_alerting(context);
    config.callbacks = read_callbacks(context);
    config.metrics = read_metrics(context);
    config.guardrails = read_guardrails(context);
    config.pass_through = read_pass_through(context);
    config.services = read_services(context);
    config.protocol = read_protocol(context);
    config.token_auth = read_token_auth(context);
    config.secret_manager = read_secret_manager(context);
    config.site = read_site(context);
    config.people = read_people(context);
    read_models(context, config);
    return config;
}

/// `settings`: filled where it is not null.
Loaded load_tree(Node root, std::vector<std::filesystem::path> files, const std::string& source,
                 const std::filesystem::path& folder, const ConfigOverrides& overrides,
                 const Environment& environment, Findings& findings,
                 std::vector<Setting>* settings = nullptr) {
    merge_includes(root, folder, files, findings);
    const auto seen = layered(
        read_environment_variables(root.find("environment_variables"), environment, findings),
        environment);
    merge_user_config(root, folder, seen, files, findings);

    auto loaded = read_tree(std::move(root), overrides, environment, findings);
    const auto& tree = *loaded.models;
    loaded.config.spend.own_prices = load_own_prices(tree.root, folder, files, findings);
    loaded.config.source = source;
    if (findings.has_errors()) return std::unexpected(findings.take_errors());
    if (settings != nullptr) *settings = list_settings(tree.root, tree.variables, findings);
    loaded.warnings = findings.take_warnings();
    loaded.files = std::move(files);
    return loaded;
}

Loaded load_file(const std::optional<std::filesystem::path>& file, const ConfigOverrides& overrides,
                 const Environment& environment, std::vector<Setting>* settings) {
    Findings findings;
    if (!file) return load_tree(map_node(), {}, "", "", overrides, environment, findings, settings);
    const auto text = read_text(*file, {}, "", findings);
    if (!text) return std::unexpected(findings.take_errors());
    auto root = read_yaml(*text, findings.add_file(file->string()), findings);
    if (!root) return std::unexpected(findings.take_errors());
    return load_tree(std::move(*root), {*file}, file->string(), file->parent_path(), overrides,
                     environment, findings, settings);
}

}  // namespace

LoadedConfig read_tree(Node root, const ConfigOverrides& overrides, const Environment& outside,
                       Findings& findings) {
    auto tree = std::make_shared<ModelBase>();
    tree->root = std::move(root);
    tree->overrides = overrides;
    tree->outside = outside;
    auto variables =
        read_environment_variables(tree->root.find("environment_variables"), outside, findings);
    tree->environment = layered(std::move(variables), outside);
    if (may_store_models(tree->root, tree->environment)) tree->unresolved = tree->root;
    resolve_references(tree->root, "", tree->environment, findings);
    apply_variables(tree->root, tree->environment);
    apply_flags(tree->root, overrides);
    tree->variables = gather_variables(tree->environment);

    LoadedConfig loaded;
    loaded.config =
        read_config({tree->root, tree->variables, tree->environment, overrides, findings});
    tree->ids = ids_of(loaded.config.deployments);
    tree->files = findings.files();
    loaded.environment = tree->environment;
    loaded.models = std::move(tree);
    return loaded;
}

std::string ConfigOverrides::source_of(const std::string& flag) const {
    for (const auto& [name, variable] : variables)
        if (name == flag) return variable;
    return "--" + flag;
}

Loaded load_config(const std::optional<std::filesystem::path>& file,
                   const ConfigOverrides& overrides, const Environment& environment) {
    return load_file(file, overrides, environment, nullptr);
}

std::expected<ExplainedConfig, std::vector<ConfigFinding>> explain_config(
    const std::optional<std::filesystem::path>& file, const ConfigOverrides& overrides,
    const Environment& environment) {
    std::vector<Setting> settings;
    auto loaded = load_file(file, overrides, environment, &settings);
    if (!loaded) return std::unexpected(std::move(loaded.error()));
    return ExplainedConfig{std::move(*loaded), std::move(settings)};
}

Loaded load_config_text(std::string_view text, const std::string& name,
                        const ConfigOverrides& overrides, const Environment& environment) {
    Findings findings;
    auto root = read_yaml(text, findings.add_file(name), findings);
    if (!root) return std::unexpected(findings.take_errors());
    const std::filesystem::path file(name);
    return load_tree(std::move(*root), {}, name, file.parent_path(), overrides, environment,
                     findings);
}

}  // namespace tollweir
