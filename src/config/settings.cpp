#include "config/settings.hpp"

#include <algorithm>
#include <array>

#include "config/known_keys.hpp"
#include "config/scalar.hpp"
#include "config/section.hpp"
#include "config/setting_readers.hpp"
#include "config/text_rules.hpp"
#include "tollweir/config/nearest.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestTimeout{1};

std::optional<LogLevel> parse_log_level(std::string_view word) {
    const std::string lower = lower_case(trimmed(word));
    if (lower == "debug") return LogLevel::debug;
    if (lower == "info") return LogLevel::info;
    if (lower == "warning" || lower == "warn") return LogLevel::warning;
    if (lower == "error" || lower == "critical") return LogLevel::error;
    return std::nullopt;
}

constexpr std::string_view kLogLevels = "debug, info, warning or error";

/// A master key beside its section is what its author trusts in: it counts (decision 18).
Secret misplaced_master_key(const LoadContext& context) {
    const Section top(&context.root, "", "", context.findings);
    const std::array<Section, 4> neighbours = {top, section_of(context, "litellm_settings"),
                                               section_of(context, "router_settings"),
                                               section_of(context, "tollweir_settings")};
    for (const auto& section : neighbours) {
        Secret key = section.secret("master_key");
        if (key.empty()) continue;
        section.warn("master_key", "taken from here; it belongs in `general_settings`");
        return key;
    }
    return {};
}

Secret find_master_key(const LoadContext& context, const Section& general) {
    const Node* own = general.find("master_key");
    const bool in_file = own != nullptr && own->origin != Node::Origin::variable;
    if (in_file)
        if (Secret key = general.secret("master_key"); !key.empty()) return key;
    Secret key = misplaced_master_key(context);
    return key.empty() && !in_file ? general.secret("master_key") : key;
}

void read_alias(const Section& aliases, const Member& entry, Config& config) {
    Alias alias;
    if (entry.value.kind == Node::Kind::map) {
        const Section fields(&entry.value, aliases.path(entry.key), "model_group_alias[]",
                             aliases.findings());
        alias.group = fields.text("model").value_or("");
        alias.hidden = fields.boolean("hidden").value_or(false);
        if (alias.group.empty()) {
            aliases.error(entry.key, "an alias needs `model`, the group it stands for");
            return;
        }
    } else {
        alias.group = aliases.text(entry.key).value_or("");
        if (alias.group.empty()) return;
    }
    config.aliases.insert_or_assign(entry.key, std::move(alias));
}

void read_ssl_verify(const LoadContext& context, const Section& litellm, Config& config) {
    config.upstream.ca_file = variables_of(context).text("SSL_CERT_FILE").value_or("");
    const Node* node = litellm.find("ssl_verify");
    if (node == nullptr) return;
    if (!node->is_scalar() || node->text.empty()) {
        litellm.error(
            "ssl_verify",
            "expected true, false or the path of a file of certificates, found " + describe(*node));
        return;
    }
    const auto word = parse_boolean_word(node->text);
    config.upstream.verify_tls = word.value_or(true);
    if (!word) config.upstream.ca_file = node->text;
    if (!config.upstream.verify_tls && node->origin != Node::Origin::variable)
        litellm.warn("ssl_verify",
                     "upstream certificates are not verified: whoever sits between "
                     "can read keys and prompts");
}

/// `DEFAULT@SECLEVEL=1`, or a bare level, is a part of OpenSSL's list of ciphers.
std::string cipher_list(std::string ciphers, std::string level) {
    if (level.empty()) return ciphers;
    if (level.size() == 1 && level[0] >= '0' && level[0] <= '5') level = "@SECLEVEL=" + level;
    if (ciphers.empty()) return level.starts_with('@') ? "DEFAULT:" + level : level;
    const auto at = level.find('@');
    return at == std::string::npos ? ciphers : ciphers + ':' + level.substr(at);
}

void read_network(const LoadContext& context, const Section& litellm, UpstreamConfig& upstream) {
    set_from(litellm.boolean("force_ipv4"), upstream.only_ipv4);
    set_from(litellm.boolean("aiohttp_trust_env"), upstream.uses_proxies);
    upstream.client_certificate_file = litellm.text("ssl_certificate").value_or("");
    upstream.curves = litellm.text("ssl_ecdh_curve").value_or("");
    upstream.cipher_list =
        cipher_list(variables_of(context).text("LITELLM_SSL_CIPHERS").value_or(""),
                    litellm.text("ssl_security_level").value_or(""));
}

void read_server(const Section& section, ServerConfig& server) {
    set_from(section.count("max_header_bytes", 1024, 1024 * 1024), server.max_header_bytes);
    set_from(section.count("max_header_count", 8, 10'000), server.max_header_count);
    set_from(section.count("max_connections", 1, 10'000'000), server.max_connections);
    set_from(section.megabytes("max_body_mb"), server.max_body_bytes);
    set_from(section.megabytes("max_buffered_mb"), server.max_buffered_body_bytes);
    set_from(section.duration("header_timeout", milliseconds(10)), server.header_timeout);
    set_from(section.duration("body_timeout", milliseconds(10)), server.body_timeout);
    set_from(section.duration("idle_timeout", milliseconds(10)), server.idle_timeout);
    set_from(section.duration("write_timeout", milliseconds(10)), server.write_timeout);
}

void read_upstream(const Section& section, UpstreamConfig& upstream) {
    set_from(section.duration("connect_timeout", milliseconds(1)), upstream.connect_timeout);
    set_from(section.duration("idle_timeout", milliseconds(1)), upstream.idle_timeout);
    set_from(section.count("max_idle_per_origin", 0, 1'000'000), upstream.max_idle_per_origin);
    set_from(section.megabytes("max_response_mb"), upstream.max_response_bytes);
    set_from(section.megabytes("max_event_mb"), upstream.max_event_bytes);
}

}  // namespace

Section section_of(const LoadContext& context, std::string_view name) {
    return Section(context.root.find(name), std::string(name), std::string(name), context.findings);
}

Section variables_of(const LoadContext& context) {
    return Section(&context.variables, "", std::string(kVariables), context.findings);
}

void read_general_settings(const LoadContext& context, Config& config) {
    const Section general = section_of(context, "general_settings");
    config.master_key = find_master_key(context, general);
    if (const auto model = general.text("completion_model")) config.default_model = *model;
    config.default_embedding_model = general.text("embedding_model").value_or("");
    config.default_image_model = general.text("image_generation_model").value_or("");
    config.default_moderation_model = general.text("moderation_model").value_or("");
    set_from(general.boolean("always_include_stream_usage"), config.always_include_stream_usage);
    set_from(general.megabytes("max_request_size_mb"), config.server.max_body_bytes);
    config.key_header = general.header_name("litellm_key_header_name").value_or("");
}

void read_litellm_settings(const LoadContext& context, Config& config) {
    const Section litellm = section_of(context, "litellm_settings");
    set_from(litellm.duration("request_timeout", kShortestTimeout), config.request_timeout);
    set_from(litellm.boolean("require_auth_for_metrics_endpoint"), config.metrics_need_key);
    read_ssl_verify(context, litellm, config);
    read_network(context, litellm, config.upstream);
    if (const auto model = litellm.text("default_model")) {
        litellm.warn("default_model",
                     "is read as `general_settings.completion_model`, LiteLLM's "
                     "spelling");
        config.default_model = *model;
    }
    const Section aliases(litellm.map("model_alias_map"), litellm.path("model_alias_map"),
                          "model_alias_map", context.findings);
    if (!aliases.present()) return;
    for (const auto& entry : aliases.node()->members)
        if (const auto target = aliases.text(entry.key); target && !target->empty())
            config.model_aliases.insert_or_assign(entry.key, *target);
}

void read_router_settings(const LoadContext& context, Config& config) {
    const Section router = section_of(context, "router_settings");
    set_from(router.duration("timeout", kShortestTimeout), config.request_timeout);
    config.stream_timeout = router.duration("stream_timeout", kShortestTimeout);
    const Section aliases(router.map("model_group_alias"), router.path("model_group_alias"),
                          "model_group_alias", context.findings);
    if (!aliases.present()) return;
    for (const auto& entry : aliases.node()->members) read_alias(aliases, entry, config);
}

void read_tollweir_settings(const LoadContext& context, Config& config) {
    const Section ours = section_of(context, "tollweir_settings");
    if (const auto folder = ours.text("data_dir")) config.data_dir = *folder;
    if (config.data_dir.empty()) ours.error("data_dir", "must not be empty");
    set_from(ours.boolean("inject_stream_usage"), config.inject_stream_usage);
    set_from(ours.boolean("force_default_models"), config.force_default_models);
    set_from(ours.boolean("watch_config"), config.watch_config);
    set_from(ours.boolean("allow_client_mocks"), config.allow_client_mocks);
    set_from(ours.boolean("require_auth"), config.require_auth);
    set_from(ours.boolean("generate_master_key"), config.generate_master_key);
    set_from(ours.duration("stream_hold", milliseconds(0)), config.stream_hold);
    config.first_token_timeout = ours.duration("first_token_timeout", kShortestTimeout);
    config.total_timeout = ours.duration("total_timeout", kShortestTimeout);
    set_from(ours.duration("ping_interval", milliseconds(100)), config.ping_interval);
    read_server(ours.section("server"), config.server);
    read_upstream(ours.section("upstream"), config.upstream);
    const Section drain = ours.section("drain");
    set_from(drain.duration("delay", milliseconds(0)), config.drain.delay);
    set_from(drain.duration("timeout", milliseconds(0)), config.drain.timeout);
}

void read_log_settings(const LoadContext& context, Config& config) {
    const Section general = section_of(context, "general_settings");
    const Section litellm = section_of(context, "litellm_settings");
    const Section router = section_of(context, "router_settings");
    set_from(litellm.boolean("json_logs"), config.log.json);
    if (const auto word = general.text("logging")) {
        const auto level = parse_log_level(*word);
        if (level) {
            general.warn("logging",
                         "sets the level of the logs; in LiteLLM it is the environment "
                         "variable LITELLM_LOG");
            config.log.level = *level;
        } else {
            general.error("logging", "expected " + std::string(kLogLevels) + ", found " +
                                         describe(*general.find("logging")));
        }
    }
    for (const Section* section : {&litellm, &router})
        if (section->boolean("set_verbose").value_or(false)) config.log.level = LogLevel::debug;
    const Section variables = variables_of(context);
    config.log.file = variables.text("LITELLM_LOG_FILE").value_or("");
    if (const auto word = variables.text("LITELLM_LOG")) {
        const auto level = parse_log_level(*word);
        if (level) config.log.level = *level;
        if (!level)
            variables.error("LITELLM_LOG", "expected " + std::string(kLogLevels) + ", found " +
                                               describe(*variables.find("LITELLM_LOG")));
    }
    if (context.overrides.debug) config.log.level = std::min(config.log.level, LogLevel::info);
    if (context.overrides.detailed_debug) config.log.level = LogLevel::debug;
}

}  // namespace tollweir
