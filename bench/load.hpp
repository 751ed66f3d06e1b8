#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tollweir::bench {

struct LoadOptions {
    std::string mode;
    std::uint16_t port = 0;
    std::string path = "/v1/chat/completions";
    std::string key = "sk-bench";
    std::string model = "fast";
    std::size_t body_bytes = 1'200;
    int connections = 32;       // in streams mode: streams
    double seconds = 1;         // measured time
    double warmup = 0.3;        // seconds before it
    std::int64_t requests = 0;  // closed mode: so many instead of `seconds`, without warm-up
    double rate = 0;   // open mode: requests a second; streams mode: events a second and stream
    bool tls = false;  // idle mode only
    std::vector<int> cpu_pids;  // the processes whose CPU time is reported: the proxy under test
};

// Each prints one JSON object on stdout and returns the exit status: 0 when nothing went wrong.
int run_closed(const LoadOptions& options);
int run_open(const LoadOptions& options);
int run_streams(const LoadOptions& options);
int run_idle(const LoadOptions& options);

}  // namespace tollweir::bench
