#include <algorithm>
#include <array>

#include "config/setting_readers.hpp"
#include "tollweir/core/percent.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortest{1};
constexpr std::array<std::string_view, 7> kObjects = {
    "models",  "mcp",           "guardrails", "vector_stores", "pass_through_endpoints",
    "prompts", "model_cost_map"};

/// As a URL has it: a folder of sockets encoded, an IPv6 address in brackets.
std::string host_in_url(const std::string& host) {
    if (host.starts_with('/')) return percent_encoded(host);
    if (!host.starts_with('[') && std::ranges::count(host, ':') > 1) return '[' + host + ']';
    return host;
}

bool holds_port(const std::string& host_in_url) {
    const auto after_brackets = host_in_url.find(']');
    return host_in_url.find(':', after_brackets == std::string::npos ? 0 : after_brackets) !=
           std::string::npos;
}

/// What DATABASE_HOST and its companions say, as one URL.
Secret url_of_parts(const Section& variables) {
    const auto host = host_in_url(variables.text("DATABASE_HOST").value_or(""));
    const auto port = variables.integer("DATABASE_PORT", 1, 65'535);
    if (host.empty()) return {};
    auto user = variables.text("DATABASE_USERNAME");
    if (!user) user = variables.text("DATABASE_USER");
    const auto name = variables.text("DATABASE_NAME");
    if (!user || !name) {
        variables.warn("DATABASE_HOST",
                       "left out: DATABASE_USERNAME and DATABASE_NAME must be set too");
        return {};
    }
    std::string url = "postgresql://" + percent_encoded(*user);
    const auto password = variables.secret("DATABASE_PASSWORD");
    if (!password.empty()) url += ':' + percent_encoded(password.reveal());
    url += '@' + host;
    if (port && !holds_port(host)) url += ':' + std::to_string(*port);
    url += '/' + percent_encoded(*name);
    if (const auto schema = variables.text("DATABASE_SCHEMA"))
        url += "?schema=" + percent_encoded(*schema);
    return Secret(std::move(url));
}

void read_times(const Section& general, DatabaseConfig& database) {
    const auto pool_timeout = general.duration("database_connection_pool_timeout", kShortest);
    set_from(pool_timeout, database.pool_timeout);
    set_from(general.duration("database_connection_timeout", kShortest), database.pool_timeout);
    database.connect_timeout = general.duration("database_connect_timeout", kShortest);
    database.socket_timeout = general.duration("database_socket_timeout", kShortest);
    database.statement_timeout = general.duration("database_statement_timeout", kShortest);
    database.lock_timeout = general.duration("database_lock_timeout", kShortest);
    database.idle_in_transaction_timeout =
        general.duration("database_idle_in_transaction_session_timeout", kShortest);
    database.max_idle_connection_lifetime =
        general.duration("database_max_idle_connection_lifetime", kShortest);
}

void read_writers(const Section& general, DatabaseConfig& database) {
    constexpr milliseconds kSecond{1000};
    set_from(general.duration("proxy_batch_write_at", milliseconds(100)), database.write_interval);
    set_from(general.duration("proxy_budget_rescheduler_min_time", kSecond),
             database.budget_reset_interval_min);
    set_from(general.duration("proxy_budget_rescheduler_max_time", kSecond),
             database.budget_reset_interval_max);
    if (database.budget_reset_interval_max < database.budget_reset_interval_min) {
        general.warn("proxy_budget_rescheduler_max_time",
                     "is less than `proxy_budget_rescheduler_min_time`, which counts for both");
        database.budget_reset_interval_max = database.budget_reset_interval_min;
    }
    set_from(general.duration("proxy_batch_polling_interval", kSecond),
             database.batch_polling_interval);
    set_from(general.boolean("use_redis_transaction_buffer"),
             database.use_redis_transaction_buffer);
}

void read_stored_objects(const Section& general, DatabaseConfig& database) {
    const Node* list = general.list("supported_db_objects");
    if (list == nullptr) return;
    database.stored_objects.emplace();
    for (const auto& name : general.texts("supported_db_objects")) {
        const auto found = std::ranges::find(kObjects, name);
        if (found == kObjects.end()) {
            general.error("supported_db_objects",
                          "nothing of that name is kept in the database: `" + name.substr(0, 60) +
                              '`' + did_you_mean(name, {kObjects.begin(), kObjects.end()}));
        } else {
            database.stored_objects->push_back(static_cast<StoredObject>(found - kObjects.begin()));
        }
    }
}

}  // namespace

DatabaseConfig read_database(const LoadContext& context) {
    const Section general = section_of(context, "general_settings");
    const Section variables = variables_of(context);
    DatabaseConfig database;
    database.url = general.secret("database_url");
    if (database.url.empty()) database.url = url_of_parts(variables);
    database.direct_url = variables.secret("DIRECT_URL");
    // As it stands, blanks too: it must be the very text that LiteLLM encrypted with.
    database.salt_key = Secret(variables.text("LITELLM_SALT_KEY").value_or(""));
    database.read_replica_url = variables.secret("DATABASE_URL_READ_REPLICA");
    set_from(general.count("database_connection_pool_limit", 1, 10'000), database.pool_limit);
    read_times(general, database);
    if (const auto off = general.boolean("database_disable_prepared_statements"))
        database.prepared_statements = !*off;
    const Section extra = general.section("database_extra_connection_params");
    for (const auto& entry : extra.entries())
        if (const auto value = extra.text(entry.key))
            database.extra_connection_params.emplace_back(entry.key, *value);
    database.migrate = !general.boolean("disable_prisma_schema_update").value_or(false);
    set_from(general.boolean("allow_requests_on_db_unavailable"),
             database.allow_requests_when_unavailable);
    set_from(general.boolean("store_model_in_db"), database.stores_models);
    read_stored_objects(general, database);
    read_writers(general, database);
    return database;
}

}  // namespace tollweir
