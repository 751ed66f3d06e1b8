#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tollweir/core/secret.hpp"

namespace tollweir {

struct RedisNode {
    std::string host;
    std::uint16_t port = 6379;

    friend bool operator==(const RedisNode&, const RedisNode&) = default;
};

/// The one Redis of the gateway: cache, router state, limits. Each value is taken from the first
/// place that has it: `litellm_settings.cache_params`, `router_settings.redis_*`,
/// `general_settings.redis_*`, REDIS_*.
struct RedisConfig {
    using Milliseconds = std::chrono::milliseconds;

    Secret url;  // wins over host and port
    std::string host;
    std::uint16_t port = 6379;
    std::string username;
    Secret password;
    std::int64_t database = 0;
    bool tls = false;
    std::string tls_verify;  // `none`, `optional`, `required`; empty: required
    std::string tls_ca_file;
    Milliseconds command_timeout{100};
    Milliseconds pool_timeout{5'000};
    std::optional<std::int64_t> max_connections;
    std::string client_name;
    std::vector<RedisNode> cluster_nodes;
    std::vector<RedisNode> sentinel_nodes;
    std::string sentinel_service;
    Secret sentinel_password;
    std::string gcp_service_account;
    std::string gcp_ca_file;

    bool is_configured() const {
        return !url.empty() || !host.empty() || !cluster_nodes.empty() || !sentinel_nodes.empty();
    }

    friend bool operator==(const RedisConfig&, const RedisConfig&) = default;
};

}  // namespace tollweir
