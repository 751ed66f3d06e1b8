#pragma once

#include <cstdint>
#include <string>

#include "histogram.hpp"
#include "load.hpp"

namespace tollweir::bench {

// The measured part of a run: what lies between begin() and end().
class RunClock {
public:
    explicit RunClock(const LoadOptions& options) : pids_(options.cpu_pids) {}

    void begin();
    void end();
    bool is_running() const { return begun_ && !ended_; }
    bool has_ended() const { return ended_; }

    double seconds() const { return static_cast<double>(wall_ns_) / 1e9; }
    double cpu_us() const { return static_cast<double>(cpu_ns_) / 1e3; }

private:
    std::int64_t cpu_now() const;

    std::vector<int> pids_;
    bool begun_ = false;
    bool ended_ = false;
    std::int64_t wall_ns_ = 0;
    std::int64_t cpu_ns_ = 0;
};

// What a run found. `units` are requests, or events of streams.
struct RunResult {
    std::uint64_t units = 0;
    std::uint64_t errors = 0;
    std::string first_error;
    std::uint64_t reconnects = 0;
    Histogram latency;

    void fail(const std::string& what);
};

// Prints the JSON object; returns the exit status.
int print_result(const LoadOptions& options, const RunClock& clock, const RunResult& result);

}  // namespace tollweir::bench
