#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/money.hpp"
#include "tollweir/core/usage.hpp"

namespace tollweir {

/// Upper bounds of latency histograms in seconds, as LiteLLM's (spec/data-plane.md, section 11).
std::span<const double> latency_bounds();

/// Counters of one worker: it alone writes, any thread reads. No lock, no growth: routes and
/// statuses are fixed sets.
class WorkerMetrics {
public:
    explicit WorkerMetrics(std::size_t routes);

    void count_request(std::size_t route, int status, std::chrono::microseconds duration,
                       bool failed);
    void count_tokens(const Usage& usage);
    /// A call that was booked at nothing since no price is known (see UnpricedModels).
    void count_unpriced();
    /// Tries beyond the first, groups beyond the first, deployments that were left out for a while.
    void count_retry();
    void count_fallback();
    void count_cooldown();
    /// A second call for a stream whose first word was late: who was quicker, and what the other
    /// one cost.
    void count_hedge(bool second_won, Picodollars cost);
    /// A stream that broke and goes on elsewhere.
    void count_continuation();

    std::atomic<std::int64_t> in_flight{0};
    std::atomic<std::int64_t> client_connections{0};
    std::atomic<std::int64_t> idle_upstream_connections{0};
    std::atomic<std::int64_t> loop_lag_ns{0};
    std::atomic<std::int64_t> loop_lag_max_ns{0};

private:
    friend class MetricsPage;
    static constexpr std::size_t kStatuses = 32;
    static constexpr std::size_t kBuckets = 40;
    struct Route {
        std::array<std::atomic<std::uint64_t>, kStatuses> by_status{};
        std::array<std::atomic<std::uint64_t>, kStatuses> failed_by_status{};
        std::array<std::atomic<std::uint64_t>, kBuckets> by_duration{};
        std::atomic<std::uint64_t> duration_us{0};
        std::atomic<std::uint64_t> count{0};
    };
    std::unique_ptr<Route[]> routes_;
    std::atomic<std::uint64_t> prompt_tokens_{0};
    std::atomic<std::uint64_t> completion_tokens_{0};
    std::atomic<std::uint64_t> estimated_calls_{0};
    std::atomic<std::uint64_t> unpriced_calls_{0};
    std::atomic<std::uint64_t> retries_{0};
    std::atomic<std::uint64_t> fallbacks_{0};
    std::atomic<std::uint64_t> cooldowns_{0};
    std::atomic<std::uint64_t> hedges_won_{0};  // by the second call
    std::atomic<std::uint64_t> hedges_lost_{0};
    std::atomic<std::uint64_t> hedge_cost_{0};  // picodollars
    std::atomic<std::uint64_t> continuations_{0};
};

/// The text that Prometheus reads, summed over the workers.
class MetricsPage {
public:
    MetricsPage(std::span<const std::string_view> routes,
                std::span<const std::unique_ptr<WorkerMetrics>> workers)
        : routes_(routes), workers_(workers) {}

    std::string render() const;

private:
    void render_requests(std::string& out) const;
    void render_failures(std::string& out) const;
    void render_latency(std::string& out) const;
    void render_gauges(std::string& out) const;

    std::span<const std::string_view> routes_;
    std::span<const std::unique_ptr<WorkerMetrics>> workers_;
};

}  // namespace tollweir
