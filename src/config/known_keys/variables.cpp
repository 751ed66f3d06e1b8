#include "config/known_keys/tables.hpp"

namespace tollweir {
namespace {

using enum KeyKind;
using enum KeyStatus;

// Environment variables that no key of the file stands for. Those that stand in for an absent key
// are named beside it, those of flags in src/app/flags.cpp, those of providers in theirs.
// Source: spec/config.md, section 10.
// clang-format off
constexpr KnownKey kVariables[] = {
    {"LITELLM_LOG", choice, active, "", "`DEBUG`, `INFO`, `WARNING` or `ERROR`: the level of logs."},
    {"SSL_CERT_FILE", text, active, "", "File of authorities that upstream certificates are checked against."},
    {"LITELLM_SSL_CIPHERS", text, later, "", "Ciphers for upstream TLS 1.2, as OpenSSL names them."},
    {"LITELLM_ENVIRONMENT", text, active, "", "`development`, `staging` or `production`; see `supported_environments`."},
    {"DATABASE_HOST", text, active, "", "With the four below, instead of DATABASE_URL; may hold `:port`."},
    {"DATABASE_PORT", integer, active, "", ""},
    {"DATABASE_USERNAME", text, active, "", ""},
    {"DATABASE_USER", text, active, "", "Another name of DATABASE_USERNAME."},
    {"DATABASE_PASSWORD", secret, active, "", ""},
    {"DATABASE_NAME", text, active, "", ""},
    {"DATABASE_SCHEMA", text, active, "", ""},
    {"DIRECT_URL", secret, active, "", "Database address for migrations."},
    {"DATABASE_URL_READ_REPLICA", secret, later, "", "Database address for reading."},
    {"LITELLM_SALT_KEY", secret, active, "", "Seals credentials in the database; the master key where absent. Must never change."},
    {"REDIS_URL", secret, later, "", "Redis, where no section of the file names one; wins over host and port."},
    {"REDIS_HOST", text, later, "", ""},
    {"REDIS_PORT", integer, later, "6379", ""},
    {"REDIS_USERNAME", text, later, "", ""},
    {"REDIS_PASSWORD", secret, later, "", ""},
    {"REDIS_DB", integer, later, "0", ""},
    {"REDIS_SSL", boolean, later, "false", ""},
    {"REDIS_SSL_CERT_REQS", text, later, "", ""},
    {"REDIS_SSL_CA_CERTS", text, later, "", ""},
    {"REDIS_SOCKET_TIMEOUT", seconds, later, "0.1", "Time for one command."},
    {"REDIS_MAX_CONNECTIONS", integer, later, "", ""},
    {"REDIS_CLIENT_NAME", text, later, "", ""},
    {"REDIS_CLUSTER_NODES", text, later, "", "JSON: `[{\"host\": ..., \"port\": ...}]`."},
    {"REDIS_SENTINEL_NODES", text, later, "", "JSON: `[[host, port]]`."},
    {"REDIS_SENTINEL_PASSWORD", secret, later, "", ""},
    {"REDIS_SERVICE_NAME", text, later, "", ""},
    {"REDIS_CONNECTION_POOL_TIMEOUT", seconds, later, "5", ""},
    {"REDIS_GCP_SERVICE_ACCOUNT", text, later, "", ""},
    {"REDIS_GCP_SSL_CA_CERTS", text, later, "", ""},
    {"LITELLM_RATE_LIMIT_WINDOW_SIZE", integer, active, "60", "Seconds that a rate limit looks back."},
    {"DYNAMIC_RATE_LIMIT_ERROR_THRESHOLD_PER_MINUTE", integer, later, "1", "Failures a minute from which on `dynamic` limits bind."},
    {"LEGACY_MULTI_INSTANCE_RATE_LIMITING", boolean, no_effect, "", "", "limits are exact on one replica and on many"},
    {"DEFAULT_FAILURE_THRESHOLD_PERCENT", number, active, "0.5", "Share of failures a minute that cools a deployment."},
    {"DEFAULT_FAILURE_THRESHOLD_MINIMUM_REQUESTS", integer, active, "5", "Requests a minute below which that share says nothing."},
    {"SINGLE_DEPLOYMENT_TRAFFIC_FAILURE_THRESHOLD", integer, no_effect, "", "Failures that cool a group's only deployment.", "a group's only deployment is left out only where the group has fallbacks"},
    {"INITIAL_RETRY_DELAY", seconds, active, "0.5", "Wait before the first retry; it doubles from there."},
    {"MAX_RETRY_DELAY", seconds, active, "8", "Longest wait before a retry."},
    {"JITTER", seconds, active, "0.75", "Random time on top of it."},
    {"CACHED_STREAMING_CHUNK_DELAY", seconds, later, "0.02", "Pause between the events of a stream out of the cache."},
    {"REPEATED_STREAMING_CHUNK_LIMIT", integer, later, "100", "Equal chunks in a row that end a stream."},
    {"LITELLM_MAX_STREAMING_DURATION_SECONDS", seconds, later, "", "Longest stream."},
    {"HEALTH_CHECK_TIMEOUT_SECONDS", seconds, active, "60", "Time for one probe."},
    {"DEFAULT_HEALTH_CHECK_PROMPT", text, active, "test from litellm", "What probes say."},
    {"DEFAULT_SHARED_HEALTH_CHECK_TTL", seconds, later, "300", "How long shared results of probes count."},
    {"DEFAULT_SHARED_HEALTH_CHECK_LOCK_TTL", seconds, later, "60", "How long one replica may take to probe."},
    {"AIOHTTP_CONNECTOR_LIMIT", integer, no_effect, "", "", "connections are as many as requests under way"},
    {"AIOHTTP_CONNECTOR_LIMIT_PER_HOST", integer, no_effect, "", "", "connections are as many as requests under way"},
    {"AIOHTTP_TTL_DNS_CACHE", seconds, no_effect, "", "", "names are looked up when a connection is made"},
    {"PROMETHEUS_BUDGET_METRICS_REFRESH_INTERVAL_MINUTES", integer, later, "5", "How often metrics of budgets are made anew."},
    {"DEFAULT_BATCH_SIZE", integer, later, "512", "Events a post of loggers."},
    {"DEFAULT_FLUSH_INTERVAL_SECONDS", seconds, later, "5", "How long events wait for company."},
    {"LOGGING_WORKER_MAX_QUEUE_SIZE", integer, later, "50000", "Events that may wait for a logger."},
    {"MAX_BASE64_LENGTH_FOR_LOGGING", integer, later, "64", "Characters kept of embedded media."},
    {"MAX_STRING_LENGTH_PROMPT_IN_DB", integer, active, "2048", "Characters kept of each text of a prompt or an answer in spend rows."},
    {"MAX_IMAGE_URL_DOWNLOAD_SIZE_MB", megabytes, later, "50", "Largest image that is fetched for a provider."},
    {"DEFAULT_MAX_TOKENS", integer, later, "4096", "`max_tokens` where a provider must have one."},
    {"DEFAULT_ANTHROPIC_CHAT_MAX_TOKENS", integer, later, "4096", "The same for Anthropic."},
    {"DEFAULT_MODEL_CREATED_AT_TIME", integer, later, "1677610602", "`created` of listed models."},
    {"LITELLM_LOG_FILE", text, later, "", "A file that gets the log too."},
    {"LITELLM_DISABLE_REDACT_SECRETS", boolean, no_effect, "", "", "secrets are never logged"},
    {"LITELLM_DETAILED_TIMING", boolean, later, "false", "Add `x-litellm-timing-*` headers."},
    {"LITELLM_LOCAL_MODEL_COST_MAP", boolean, no_effect, "", "", "prices are in the binary; nothing is fetched"},
    {"SPEND_LOG_CLEANUP_BATCH_SIZE", integer, active, "1000", "Spend rows that are deleted at a time once they are too old."},
    {"SPEND_LOG_RUN_LOOPS", integer, active, "500", "How many times at most before a pause."},
    {"LITELLM_MODEL_COST_MAP_URL", url, later, "", "Another price table, read on request."},
    {"PROXY_BASE_URL", url, later, "", "Public address, for links."},
    {"DOCS_URL", text, later, "", "Path of the API's documentation."},
    {"REDOC_URL", text, later, "", ""},
    {"NO_DOCS", boolean, later, "", ""},
    {"NO_REDOC", boolean, later, "", ""},
    {"ROOT_REDIRECT_URL", text, later, "", "Where `/` leads."},
    {"DISABLE_KEY_NAME", boolean, active, "false", "Keep not even the last four characters of new keys."},
    {"LITELLM_KEY_ROTATION_GRACE_PERIOD", period, active, "", "How long a regenerated key's old one still works; absent: not at all."},
    {"LITELLM_KEY_ROTATION_ENABLED", boolean, active, "false", "Give keys with `auto_rotate` a new secret once they are due, which nobody is shown ([keys.md](keys.md))."},
    {"LITELLM_KEY_ROTATION_CHECK_INTERVAL_SECONDS", integer, active, "86400", "How often keys are looked at for that."},
    {"LITELLM_KEY_ROTATION_LOCK_TTL_SECONDS", integer, no_effect, "", "", "a process that died while it rotated keys is followed by another after five minutes"},
    {"DISABLE_ADMIN_UI", boolean, later, "", ""},
    {"UI_USERNAME", text, later, "", ""},
    {"UI_PASSWORD", secret, later, "", ""},
    {"PROXY_ADMIN_ID", text, later, "", ""},
    {"LITELLM_LICENSE", secret, no_effect, "", "", "every feature is open here"},
    {"SEPARATE_HEALTH_APP", boolean, later, "", "Health routes on a port of their own."},
    {"SEPARATE_HEALTH_PORT", integer, later, "4001", "Which port."},
    {"PROMETHEUS_MULTIPROC_DIR", text, no_effect, "", "", "there is one process"},
    {"LITELLM_CONFIG_BUCKET_NAME", text, refused, "", "Configuration out of a bucket.", "reading the configuration from a bucket is not built; give --config a file"},
    {"LITELLM_CONFIG_BUCKET_OBJECT_KEY", text, later, "", ""},
    {"LITELLM_CONFIG_BUCKET_TYPE", text, later, "", ""},
};

constexpr KeyTable kTables[] = {
    {"(environment)", kVariables},
};
// clang-format on

}  // namespace

std::span<const KeyTable> variable_tables() {
    return kTables;
}

}  // namespace tollweir
