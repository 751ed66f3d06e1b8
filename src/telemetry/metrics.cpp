#include "tollweir/telemetry/metrics.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace tollweir {

namespace {

// What a gateway answers or hands on; all else shares the last slot, shown as `other`.
constexpr std::array<int, 31> kKnownStatuses = {
    200, 201, 202, 204, 301, 302, 304, 307, 400, 401, 402, 403, 404, 405, 408, 409,
    413, 414, 417, 422, 424, 429, 431, 499, 500, 501, 502, 503, 504, 505, 529};

std::size_t slot_of(int status) {
    const auto found = std::ranges::lower_bound(kKnownStatuses, status);
    if (found == kKnownStatuses.end() || *found != status) return kKnownStatuses.size();
    return static_cast<std::size_t>(found - kKnownStatuses.begin());
}

std::string name_of_slot(std::size_t slot) {
    return slot < kKnownStatuses.size() ? std::to_string(kKnownStatuses[slot]) : "other";
}

void describe(std::string& out, std::string_view name, std::string_view type,
              std::string_view help) {
    out.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
    out.append(name).append(" ").append(type).append("\n");
}

std::string number(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}

void add(std::atomic<std::uint64_t>& counter, std::uint64_t value) {
    // One writer: a plain add is enough, and cheaper than a locked one.
    counter.store(counter.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
}

std::uint64_t read(const std::atomic<std::uint64_t>& counter) {
    return counter.load(std::memory_order_relaxed);
}

std::uint64_t resident_bytes() {
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
    if (auto* file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%lu %lu", &size, &resident) != 2) resident = 0;
        std::fclose(file);
    }
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

const std::time_t process_start = std::time(nullptr);

}  // namespace

std::span<const double> latency_bounds() {
    static const auto bounds = [] {
        std::vector<double> all{0.005, 0.00625, 0.0125, 0.025, 0.05, 0.1};
        for (int half = 1; half <= 20; ++half) all.push_back(half * 0.5);
        for (const double seconds : {15., 20., 25., 30., 60., 120., 180., 240., 300.})
            all.push_back(seconds);
        return all;
    }();
    return bounds;
}

WorkerMetrics::WorkerMetrics(std::size_t routes) : routes_(std::make_unique<Route[]>(routes)) {}

void WorkerMetrics::count_request(std::size_t route, int status, std::chrono::microseconds duration,
                                  bool failed) {
    auto& counters = routes_[route];
    const auto slot = slot_of(status);
    add(counters.by_status[slot], 1);
    if (failed) add(counters.failed_by_status[slot], 1);
    const auto bounds = latency_bounds();
    const auto seconds = static_cast<double>(duration.count()) / 1e6;
    const auto bucket = std::ranges::lower_bound(bounds, seconds) - bounds.begin();
    add(counters.by_duration[static_cast<std::size_t>(bucket)], 1);
    add(counters.duration_us, static_cast<std::uint64_t>(duration.count()));
    add(counters.count, 1);
}

void WorkerMetrics::count_tokens(const Usage& usage) {
    add(prompt_tokens_, usage.prompt_tokens);
    add(completion_tokens_, usage.completion_tokens);
    if (usage.estimated) add(estimated_calls_, 1);
}

void WorkerMetrics::count_unpriced() {
    add(unpriced_calls_, 1);
}

void WorkerMetrics::count_retry() {
    add(retries_, 1);
}

void WorkerMetrics::count_fallback() {
    add(fallbacks_, 1);
}

void WorkerMetrics::count_cooldown() {
    add(cooldowns_, 1);
}

void WorkerMetrics::count_hedge(bool second_won, Picodollars cost) {
    add(second_won ? hedges_won_ : hedges_lost_, 1);
    add(hedge_cost_, static_cast<std::uint64_t>(std::max<Picodollars>(0, cost)));
}

void WorkerMetrics::count_continuation() {
    add(continuations_, 1);
}

std::string MetricsPage::render() const {
    std::string out;
    render_requests(out);
    render_failures(out);
    render_latency(out);
    render_gauges(out);
    return out;
}

void MetricsPage::render_requests(std::string& out) const {
    constexpr std::string_view kName = "litellm_proxy_total_requests_metric_total";
    describe(out, kName, "counter", "Requests answered, by route and status.");
    for (std::size_t route = 0; route < routes_.size(); ++route)
        for (std::size_t slot = 0; slot < WorkerMetrics::kStatuses; ++slot) {
            std::uint64_t sum = 0;
            for (const auto& worker : workers_) sum += read(worker->routes_[route].by_status[slot]);
            if (sum > 0)
                out.append(kName)
                    .append("{route=\"")
                    .append(routes_[route])
                    .append("\",status_code=\"" + name_of_slot(slot) + "\"} " +
                            std::to_string(sum) + "\n");
        }
}

void MetricsPage::render_failures(std::string& out) const {
    constexpr std::string_view kName = "litellm_proxy_failed_requests_metric_total";
    describe(out, kName, "counter", "Requests that failed, streams that broke included.");
    for (std::size_t route = 0; route < routes_.size(); ++route)
        for (std::size_t slot = 0; slot < WorkerMetrics::kStatuses; ++slot) {
            std::uint64_t sum = 0;
            for (const auto& worker : workers_)
                sum += read(worker->routes_[route].failed_by_status[slot]);
            if (sum > 0)
                out.append(kName)
                    .append("{route=\"")
                    .append(routes_[route])
                    .append("\",exception_status=\"" + name_of_slot(slot) + "\"} " +
                            std::to_string(sum) + "\n");
        }
}

void MetricsPage::render_latency(std::string& out) const {
    constexpr std::string_view kName = "litellm_request_total_latency_metric";
    describe(out, kName, "histogram", "Seconds from a request's arrival to the end of its answer.");
    const auto bounds = latency_bounds();
    for (std::size_t route = 0; route < routes_.size(); ++route) {
        std::uint64_t count = 0;
        std::uint64_t microseconds = 0;
        for (const auto& worker : workers_) {
            count += read(worker->routes_[route].count);
            microseconds += read(worker->routes_[route].duration_us);
        }
        if (count == 0) continue;
        const auto label = "{route=\"" + std::string(routes_[route]) + "\"";
        std::uint64_t below = 0;
        for (std::size_t bucket = 0; bucket < bounds.size(); ++bucket) {
            for (const auto& worker : workers_)
                below += read(worker->routes_[route].by_duration[bucket]);
            out.append(kName).append("_bucket" + label + ",le=\"" + number(bounds[bucket]) +
                                     "\"} " + std::to_string(below) + "\n");
        }
        out.append(kName).append("_bucket" + label + ",le=\"+Inf\"} " + std::to_string(count) +
                                 "\n");
        out.append(kName).append("_sum" + label + "} " +
                                 number(static_cast<double>(microseconds) / 1e6) + "\n");
        out.append(kName).append("_count" + label + "} " + std::to_string(count) + "\n");
    }
}

void MetricsPage::render_gauges(std::string& out) const {
    std::int64_t in_flight = 0;
    std::uint64_t prompt = 0;
    std::uint64_t completion = 0;
    std::uint64_t estimated = 0;
    std::uint64_t unpriced = 0;
    std::uint64_t retries = 0;
    std::uint64_t fallbacks = 0;
    std::uint64_t cooldowns = 0;
    std::uint64_t hedges_won = 0;
    std::uint64_t hedges_lost = 0;
    std::uint64_t hedge_cost = 0;
    std::uint64_t continuations = 0;
    for (const auto& worker : workers_) {
        in_flight += worker->in_flight.load(std::memory_order_relaxed);
        prompt += read(worker->prompt_tokens_);
        completion += read(worker->completion_tokens_);
        estimated += read(worker->estimated_calls_);
        unpriced += read(worker->unpriced_calls_);
        retries += read(worker->retries_);
        fallbacks += read(worker->fallbacks_);
        cooldowns += read(worker->cooldowns_);
        hedges_won += read(worker->hedges_won_);
        hedges_lost += read(worker->hedges_lost_);
        hedge_cost += read(worker->hedge_cost_);
        continuations += read(worker->continuations_);
    }
    const auto single = [&](std::string_view name, std::string_view type, std::string_view help,
                            const std::string& value) {
        describe(out, name, type, help);
        out.append(name).append(" " + value + "\n");
    };
    single("litellm_in_flight_requests", "gauge", "Requests being answered.",
           std::to_string(in_flight));
    describe(out, "tollweir_tokens_total", "counter",
             "Tokens that upstreams reported, or that were counted here.");
    out += "tollweir_tokens_total{type=\"prompt\"} " + std::to_string(prompt) + "\n";
    out += "tollweir_tokens_total{type=\"completion\"} " + std::to_string(completion) + "\n";

    single("tollweir_estimated_usage_total", "counter",
           "Upstream calls whose tokens were counted here, since none were reported.",
           std::to_string(estimated));
    single("tollweir_unpriced_calls_total", "counter",
           "Upstream calls booked at nothing, since their model has no known price.",
           std::to_string(unpriced));
    single("tollweir_retries_total", "counter", "Tries at deployments beyond a group's first.",
           std::to_string(retries));
    single("tollweir_fallbacks_total", "counter", "Model groups that were asked after another.",
           std::to_string(fallbacks));
    single("tollweir_cooldowns_total", "counter",
           "Times that a deployment was left out for a while.", std::to_string(cooldowns));

    describe(out, "tollweir_hedged_streams_total", "counter",
             "Streams that were asked for a second time, by which call was quicker.");
    out += "tollweir_hedged_streams_total{winner=\"second\"} " + std::to_string(hedges_won) + "\n";
    out += "tollweir_hedged_streams_total{winner=\"first\"} " + std::to_string(hedges_lost) + "\n";
    std::string dollars;
    append_dollars(dollars, static_cast<Picodollars>(hedge_cost));
    single("tollweir_hedge_cost_dollars_total", "counter",
           "What the slower calls of such streams cost.", dollars);
    single("tollweir_continued_streams_total", "counter",
           "Streams that broke and went on elsewhere.", std::to_string(continuations));

    const auto by_worker = [&](std::string_view name, std::string_view help, auto&& value) {
        describe(out, name, "gauge", help);
        for (std::size_t i = 0; i < workers_.size(); ++i)
            out.append(name).append("{worker=\"" + std::to_string(i) + "\"} " +
                                    value(*workers_[i]) + "\n");
    };
    by_worker(
        "tollweir_client_connections", "Client connections of a worker.",
        [](const WorkerMetrics& worker) { return std::to_string(worker.client_connections); });
    by_worker("tollweir_idle_upstream_connections", "Pooled upstream connections of a worker.",
              [](const WorkerMetrics& worker) {
                  return std::to_string(worker.idle_upstream_connections);
              });
    by_worker("tollweir_loop_lag_seconds", "How late the worker's last tick came.",
              [](const WorkerMetrics& worker) {
                  return number(static_cast<double>(worker.loop_lag_ns) / 1e9);
              });
    by_worker("tollweir_loop_lag_max_seconds", "The latest that a tick of the worker came.",
              [](const WorkerMetrics& worker) {
                  return number(static_cast<double>(worker.loop_lag_max_ns) / 1e9);
              });
    single("process_resident_memory_bytes", "gauge", "Resident memory.",
           std::to_string(resident_bytes()));
    single("process_start_time_seconds", "gauge", "Start of the process, Unix time.",
           std::to_string(process_start));
}

}  // namespace tollweir
