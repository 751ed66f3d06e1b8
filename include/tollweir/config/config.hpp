#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tollweir/config/access_config.hpp"
#include "tollweir/config/alerting_config.hpp"
#include "tollweir/config/budget_config.hpp"
#include "tollweir/config/cache_config.hpp"
#include "tollweir/config/callback_config.hpp"
#include "tollweir/config/database_config.hpp"
#include "tollweir/config/guardrail_config.hpp"
#include "tollweir/config/health_config.hpp"
#include "tollweir/config/key_defaults.hpp"
#include "tollweir/config/limits_config.hpp"
#include "tollweir/config/metrics_config.hpp"
#include "tollweir/config/pass_through_config.hpp"
#include "tollweir/config/people.hpp"
#include "tollweir/config/protocol_config.hpp"
#include "tollweir/config/provider_services.hpp"
#include "tollweir/config/redis_config.hpp"
#include "tollweir/config/router_config.hpp"
#include "tollweir/config/secret_manager_config.hpp"
#include "tollweir/config/site_config.hpp"
#include "tollweir/config/spend_config.hpp"
#include "tollweir/config/token_auth_config.hpp"
#include "tollweir/core/deployment.hpp"
#include "tollweir/core/hash.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/core/secret.hpp"

namespace tollweir {

/// Limits and times of the client side; `tollweir_settings.server`. Zero never means unlimited.
struct ServerConfig {
    std::size_t max_header_bytes = 32 * 1024;
    std::size_t max_header_count = 100;
    std::size_t max_body_bytes = 64 * 1024 * 1024;  // general_settings.max_request_size_mb wins
    std::size_t max_connections = 16'384;
    std::size_t max_buffered_body_bytes = 1024 * 1024 * 1024;  // bodies in memory, whole process
    std::chrono::milliseconds header_timeout{10'000};          // first byte of a head to its last
    std::chrono::milliseconds body_timeout{30'000};            // between two reads of a body
    std::chrono::milliseconds idle_timeout{75'000};   // between requests; --keepalive_timeout wins
    std::chrono::milliseconds write_timeout{60'000};  // one write that makes no progress

    friend bool operator==(const ServerConfig&, const ServerConfig&) = default;
};

/// Limits and times of the upstream side; `tollweir_settings.upstream`.
struct UpstreamConfig {
    std::chrono::milliseconds connect_timeout{10'000};   // DNS, TCP and TLS together
    std::chrono::milliseconds idle_timeout{60'000};      // an unused pooled connection
    std::size_t max_idle_per_origin = 256;               // a worker
    std::size_t max_response_bytes = 128 * 1024 * 1024;  // an answer that is read whole
    std::size_t max_event_bytes = 16 * 1024 * 1024;      // one server-sent event
    bool verify_tls = true;                              // litellm_settings.ssl_verify
    std::string ca_file;                                 // ssl_verify: path, or SSL_CERT_FILE
    std::string client_certificate_file;                 // ssl_certificate: with its key
    std::string cipher_list;                             // LITELLM_SSL_CIPHERS, ssl_security_level
    std::string curves;                                  // ssl_ecdh_curve
    bool only_ipv4 = false;                              // force_ipv4
    bool uses_proxies = true;                            // aiohttp_trust_env: HTTP_PROXY and so on

    friend bool operator==(const UpstreamConfig&, const UpstreamConfig&) = default;
};

struct DrainConfig {
    std::chrono::milliseconds delay{5'000};
    std::chrono::milliseconds timeout{60'000};

    friend bool operator==(const DrainConfig&, const DrainConfig&) = default;
};

struct LogConfig {
    LogLevel level = LogLevel::info;
    bool json = false;
    std::string file;  // LITELLM_LOG_FILE: gets every line too; empty: none

    friend bool operator==(const LogConfig&, const LogConfig&) = default;
};

struct Alias {
    std::string group;
    bool hidden = false;

    friend bool operator==(const Alias&, const Alias&) = default;
};

/// Everything one load of file, environment and command line produced. Plain values.
struct Config {
    std::string source;                    // path of the main file, empty without one
    std::vector<Deployment> deployments;   // `heads` and `health` are the snapshot's to fill
    std::map<std::string, Alias> aliases;  // router_settings.model_group_alias
    std::map<std::string, std::string> model_aliases;  // litellm_settings.model_alias_map

    Secret master_key;
    Sha256Digest master_key_digest{};  // the snapshot's to fill
    std::string key_header;            // general_settings.litellm_key_header_name, lower case
    bool require_auth = false;         // refuse to start without a master key
    bool generate_master_key = false;  // tollweir_settings: make one, kept in data_dir
    bool metrics_need_key = true;      // while a master key is set

    // The model of a request that names none, by route; empty: none.
    std::string default_model;  // general_settings.completion_model, default_model, --model
    std::string default_embedding_model;
    std::string default_moderation_model;
    std::string default_image_model;
    bool force_default_models = false;

    std::chrono::milliseconds request_timeout{6'000'000};
    std::optional<std::chrono::milliseconds> stream_timeout;
    std::chrono::milliseconds stream_hold{25'000};
    std::optional<std::chrono::milliseconds> first_token_timeout;  // of a stream's first word
    std::optional<std::chrono::milliseconds> total_timeout;        // of all tries of a request
    std::chrono::milliseconds ping_interval{15'000};
    bool inject_stream_usage = true;
    bool always_include_stream_usage = false;
    bool allow_client_mocks = true;  // tollweir_settings.allow_client_mocks
    bool watch_config = false;
    std::string data_dir = "./data";

    ServerConfig server;
    UpstreamConfig upstream;
    DrainConfig drain;
    LogConfig log;

    DatabaseConfig database;
    AccessConfig access;
    BudgetConfig budgets;
    SpendConfig spend;
    KeyDefaults key_defaults;
    LimitsConfig limits;
    RouterConfig router;
    RedisConfig redis;
    CacheConfig cache;
    HealthConfig health;
    AlertingConfig alerting;
    CallbackConfig callbacks;
    MetricsConfig metrics;
    GuardrailConfig guardrails;
    PassThroughConfig pass_through;
    ProviderServices services;
    ProtocolConfig protocol;
    TokenAuthConfig token_auth;
    SecretManagerConfig secret_manager;
    SiteConfig site;
    People people;

    friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace tollweir
