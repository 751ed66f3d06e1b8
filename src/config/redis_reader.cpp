#include <array>
#include <string>

#include "config/scalar.hpp"
#include "config/setting_readers.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 3> kVerify = {"none", "optional", "required"};

/// A place that may name Redis: a section, and how its keys begin.
struct Place {
    Section section;
    std::string prefix;

    std::string key(std::string_view name) const { return prefix + std::string(name); }
};

std::optional<std::string> verify_word(const Section& section, std::string_view key) {
    const auto place = section.one_of(key, kVerify);
    return place ? std::optional(std::string(kVerify[*place])) : std::nullopt;
}

std::optional<RedisNode> node_of(const std::optional<std::string>& host,
                                 std::optional<std::int64_t> port) {
    if (!host || host->empty()) return std::nullopt;
    if (port && (*port < 1 || *port > 65'535)) return std::nullopt;
    return RedisNode{*host, static_cast<std::uint16_t>(port.value_or(6379))};
}

/// `{host, port}`, or `[host, port]`.
std::optional<RedisNode> node_of(const Node& item) {
    if (item.kind == Node::Kind::list && item.items.size() == 2)
        return node_of(as_text(item.items[0]), as_integer(item.items[1]));
    if (item.kind != Node::Kind::map) return std::nullopt;
    const Node* host = item.find("host");
    const Node* port = item.find("port");
    if (host == nullptr) return std::nullopt;
    return node_of(as_text(*host), port == nullptr ? std::nullopt : as_integer(*port));
}

std::vector<RedisNode> read_nodes(const Section& params, std::string_view key) {
    std::vector<RedisNode> nodes;
    const Node* list = params.list(key);
    if (list == nullptr) return nodes;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const Node& item = list->items[i];
        if (auto node = node_of(item)) {
            nodes.push_back(std::move(*node));
        } else {
            params.findings().error(
                item.at, item_path(params.path(key), i),
                "expected a node as {host: name, port: number}, found " + describe(item));
        }
    }
    return nodes;
}

std::optional<RedisNode> node_of_json(std::string_view json) {
    std::optional<std::string> host;
    std::optional<std::int64_t> port;
    if (const auto parts = json_elements(json); parts && parts->size() == 2) {
        host = decode_json_string((*parts)[0]);
        port = json_integer((*parts)[1]);
    } else if (const auto members = json_members(json)) {
        host = decode_json_string(find_part(*members, "host"));
        port = json_integer(find_part(*members, "port"));
    }
    return node_of(host, port);
}

/// REDIS_CLUSTER_NODES, REDIS_SENTINEL_NODES: a JSON list.
std::vector<RedisNode> read_nodes_variable(const Section& variables, std::string_view name) {
    std::vector<RedisNode> nodes;
    const auto text = variables.text(name);
    if (!text) return nodes;
    const auto elements = json_elements(*text);
    for (const auto element : elements.value_or(std::vector<std::string_view>{}))
        if (auto node = node_of_json(element)) nodes.push_back(std::move(*node));
    if (elements && nodes.size() == elements->size()) return nodes;
    variables.error(name, "expected a JSON list such as [{\"host\": \"a\", \"port\": 6379}]");
    return {};
}

/// Where the file names the server, the environment may add a password, not another server.
void read_server(const std::vector<Place>& places, const Section& variables, RedisConfig& redis) {
    for (const auto& place : places) {
        Secret url = place.section.secret(place.key("url"));
        const auto host = place.section.text(place.key("host"));
        const auto port = place.section.integer(place.key("port"), 1, 65'535);
        if (redis.url.empty() && redis.host.empty()) {
            redis.url = std::move(url);
            redis.host = host.value_or("");
            if (port) redis.port = static_cast<std::uint16_t>(*port);
        }
    }
    Secret url = variables.secret("REDIS_URL");
    const auto host = variables.text("REDIS_HOST");
    const auto port = variables.integer("REDIS_PORT", 1, 65'535);
    if (redis.is_configured()) return;
    redis.url = std::move(url);
    redis.host = host.value_or("");
    if (port) redis.port = static_cast<std::uint16_t>(*port);
}

void read_login(const std::vector<Place>& places, const Section& variables, RedisConfig& redis) {
    for (const auto& place : places) {
        Secret password = place.section.secret(place.key("password"));
        const auto database = place.section.integer(place.key("db"), 0, 1'000'000);
        if (redis.password.empty()) redis.password = std::move(password);
        if (redis.database == 0) redis.database = database.value_or(0);
    }
    Secret password = variables.secret("REDIS_PASSWORD");
    const auto database = variables.integer("REDIS_DB", 0, 1'000'000);
    if (redis.password.empty()) redis.password = std::move(password);
    if (redis.database == 0) redis.database = database.value_or(0);
}

/// What only `cache_params` and the variables say.
void read_details(const Section& params, const Section& variables, RedisConfig& redis) {
    const auto text = [&](std::string_view key, std::string_view variable) {
        const auto given = variables.text(variable).value_or("");
        return params.text(key).value_or(given);
    };
    redis.username = text("username", "REDIS_USERNAME");
    redis.client_name = text("client_name", "REDIS_CLIENT_NAME");
    redis.sentinel_service = text("service_name", "REDIS_SERVICE_NAME");
    redis.tls_ca_file = text("ssl_ca_certs", "REDIS_SSL_CA_CERTS");
    redis.gcp_service_account = text("gcp_service_account", "REDIS_GCP_SERVICE_ACCOUNT");
    redis.gcp_ca_file = text("gcp_ssl_ca_certs", "REDIS_GCP_SSL_CA_CERTS");
    set_from(variables.boolean("REDIS_SSL"), redis.tls);
    set_from(params.boolean("ssl"), redis.tls);
    set_from(verify_word(variables, "REDIS_SSL_CERT_REQS"), redis.tls_verify);
    set_from(verify_word(params, "ssl_cert_reqs"), redis.tls_verify);
    set_from(variables.duration("REDIS_SOCKET_TIMEOUT", milliseconds(1)), redis.command_timeout);
    set_from(params.duration("socket_timeout", milliseconds(1)), redis.command_timeout);
    set_from(variables.duration("REDIS_CONNECTION_POOL_TIMEOUT", milliseconds(1)),
             redis.pool_timeout);
    set_from(params.duration("connection_pool_timeout", milliseconds(1)), redis.pool_timeout);
    redis.max_connections = variables.integer("REDIS_MAX_CONNECTIONS", 1, 100'000);
    if (const auto own = params.integer("max_connections", 1, 100'000)) redis.max_connections = own;
    redis.sentinel_password = variables.secret("REDIS_SENTINEL_PASSWORD");
    if (Secret own = params.secret("sentinel_password"); !own.empty())
        redis.sentinel_password = std::move(own);
}

}  // namespace

RedisConfig read_redis(const LoadContext& context) {
    const Section params = section_of(context, "litellm_settings").section("cache_params");
    const Section variables = variables_of(context);
    const Section router = section_of(context, "router_settings");
    const std::vector<Place> places = {{params, ""},
                                       {router, "redis_"},
                                       {router.section("cache_kwargs"), ""},
                                       {section_of(context, "general_settings"), "redis_"}};
    RedisConfig redis;
    redis.cluster_nodes = read_nodes(params, "redis_startup_nodes");
    redis.sentinel_nodes = read_nodes(params, "sentinel_nodes");
    auto cluster = read_nodes_variable(variables, "REDIS_CLUSTER_NODES");
    auto sentinels = read_nodes_variable(variables, "REDIS_SENTINEL_NODES");
    read_server(places, variables, redis);
    if (!redis.is_configured()) {
        redis.cluster_nodes = std::move(cluster);
        redis.sentinel_nodes = std::move(sentinels);
    }
    read_login(places, variables, redis);
    read_details(params, variables, redis);
    return redis;
}

}  // namespace tollweir
