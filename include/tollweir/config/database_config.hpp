#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tollweir/core/secret.hpp"

namespace tollweir {

/// What of the database's configuration is read; `general_settings.supported_db_objects`.
enum class StoredObject : std::uint8_t {
    models,
    mcp,
    guardrails,
    vector_stores,
    pass_through_endpoints,
    prompts,
    model_cost_map
};

/// Where keys, budgets and spend are kept; `general_settings.database_*` and DATABASE_*.
struct DatabaseConfig {
    using Milliseconds = std::chrono::milliseconds;

    Secret url;               // a URL or libpq's keywords; empty: embedded SQLite in `data_dir`
    Secret direct_url;        // DIRECT_URL: migrations go here where it is given
    Secret read_replica_url;  // DATABASE_URL_READ_REPLICA
    Secret salt_key;          // LITELLM_SALT_KEY: seals credentials; empty: the master key does

    std::size_t pool_limit = 10;        // connections of this process
    Milliseconds pool_timeout{60'000};  // how long a query waits for one of them
    std::optional<Milliseconds> connect_timeout;
    std::optional<Milliseconds> socket_timeout;
    std::optional<Milliseconds> statement_timeout;
    std::optional<Milliseconds> lock_timeout;
    std::optional<Milliseconds> idle_in_transaction_timeout;
    std::optional<Milliseconds> max_idle_connection_lifetime;
    bool prepared_statements = true;
    std::vector<std::pair<std::string, std::string>> extra_connection_params;

    bool migrate = true;  // `disable_prisma_schema_update: true` clears it
    bool allow_requests_when_unavailable = false;
    bool stores_models = false;  // `store_model_in_db`, STORE_MODEL_IN_DB
    std::optional<std::vector<StoredObject>> stored_objects;  // nothing: all

    Milliseconds write_interval{1'000};  // `proxy_batch_write_at`
    Milliseconds budget_reset_interval_min{597'000};
    Milliseconds budget_reset_interval_max{605'000};
    Milliseconds batch_polling_interval{3'600'000};
    bool use_redis_transaction_buffer = false;

    friend bool operator==(const DatabaseConfig&, const DatabaseConfig&) = default;
};

}  // namespace tollweir
