#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tollweir {

/// Which tokens a TPM limit counts; `general_settings.token_rate_limit_type`.
enum class CountedTokens : std::uint8_t { total, input, output };

/// What holds while shared counters are out of reach; `tollweir_settings.limits.on_failure`.
enum class OnCounterFailure : std::uint8_t { local, allow, deny };

/// What a priority is assured of; `litellm_settings.priority_reservation`.
struct PriorityShare {
    enum class Unit : std::uint8_t { percent, rpm, tpm };

    std::string priority;
    Unit unit = Unit::percent;
    double value = 0;  // percent: as a fraction, 0.25

    friend bool operator==(const PriorityShare&, const PriorityShare&) = default;
};

/// Limits that the file sets. Those of keys, users and teams are in the database.
struct LimitsConfig {
    std::optional<std::int64_t> rpm;                        // of the whole gateway
    std::optional<std::int64_t> tpm;                        // of the whole gateway
    std::optional<std::int64_t> max_parallel_requests;      // global_max_parallel_requests
    std::optional<std::int64_t> key_max_parallel_requests;  // max_parallel_requests: keys' default
    CountedTokens counted_tokens = CountedTokens::total;
    OnCounterFailure on_failure = OnCounterFailure::local;
    std::chrono::seconds window{60};  // LITELLM_RATE_LIMIT_WINDOW_SIZE
    /// Of `dynamic` limits: failures a minute from which on they bind.
    std::int64_t dynamic_error_threshold = 1;
    bool retries_on_parallel_limit = true;  // disable_retry_on_max_parallel_request_limit_error

    std::vector<PriorityShare> priorities;
    double default_priority_share = 0.25;
    double saturation_threshold = 0.5;
    std::chrono::milliseconds saturation_cache_ttl{60'000};

    friend bool operator==(const LimitsConfig&, const LimitsConfig&) = default;
};

}  // namespace tollweir
