#include "run_clock.hpp"

#include <cstdio>

#include "sockets.hpp"

namespace tollweir::bench {

std::int64_t RunClock::cpu_now() const {
    std::int64_t sum = 0;
    for (const int pid : pids_) sum += cpu_ns_of(pid);
    return sum;
}

void RunClock::begin() {
    begun_ = true;
    wall_ns_ = -now_ns();
    cpu_ns_ = -cpu_now();
}

void RunClock::end() {
    if (!is_running()) return;
    ended_ = true;
    wall_ns_ += now_ns();
    cpu_ns_ += cpu_now();
}

void RunResult::fail(const std::string& what) {
    if (errors++ == 0) first_error = what;
}

int print_result(const LoadOptions& options, const RunClock& clock, const RunResult& result) {
    std::string error;  // only printable text comes from us; an upstream's bytes are masked
    for (const char letter : result.first_error)
        error += letter < ' ' || letter > '~' || letter == '"' || letter == '\\' ? '.' : letter;
    const double units = static_cast<double>(result.units);
    std::printf(
        "{\"mode\":\"%s\",\"seconds\":%.4f,\"units\":%llu,\"units_per_second\":%.1f,"
        "\"errors\":%llu,\"first_error\":\"%s\",\"reconnects\":%llu,"
        "\"cpu_us\":%.1f,\"cpu_us_per_unit\":%.4f,\"cpu_share\":%.4f,"
        "\"latency_us\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}}\n",
        options.mode.c_str(), clock.seconds(), static_cast<unsigned long long>(result.units),
        units / clock.seconds(), static_cast<unsigned long long>(result.errors), error.c_str(),
        static_cast<unsigned long long>(result.reconnects), clock.cpu_us(),
        result.units == 0 ? 0.0 : clock.cpu_us() / units, clock.cpu_us() / (clock.seconds() * 1e6),
        result.latency.quantile_us(0.5), result.latency.quantile_us(0.9),
        result.latency.quantile_us(0.99), result.latency.quantile_us(0.999),
        result.latency.max_us());
    return result.errors == 0 && result.units > 0 ? 0 : 1;
}

}  // namespace tollweir::bench
