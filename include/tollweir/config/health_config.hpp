#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace tollweir {

/// Probes of deployments; of `general_settings`, some also of `router_settings`.
struct HealthConfig {
    using Milliseconds = std::chrono::milliseconds;

    bool runs_in_background = false;
    Milliseconds interval{300'000};
    Milliseconds timeout{60'000};              // HEALTH_CHECK_TIMEOUT_SECONDS
    std::string prompt = "test from litellm";  // DEFAULT_HEALTH_CHECK_PROMPT
    std::int64_t concurrency = 10;
    bool shows_details = true;

    bool is_shared = false;  // through Redis
    Milliseconds shared_ttl{300'000};
    Milliseconds shared_lock_ttl{60'000};

    bool steers_routing = false;              // enable_health_check_routing
    std::optional<Milliseconds> stale_after;  // nothing: twice the interval
    bool ignores_transient_errors = false;    // 429 and 408
    std::int64_t unhealthy_threshold = 1;     // failed checks in a row that count

    friend bool operator==(const HealthConfig&, const HealthConfig&) = default;
};

}  // namespace tollweir
