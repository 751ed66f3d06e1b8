// Load generator of scripts/bench. One thread; prints one JSON object.
//
//   load closed|open|streams|idle --port P [options, see parse()]

#include "load.hpp"

#include <sys/prctl.h>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include "sockets.hpp"

namespace tollweir::bench {
namespace {

double parse_number(const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || value < 0) die("not a number: " + text);
    return value;
}

std::vector<int> parse_pids(std::string_view text) {
    std::vector<int> pids;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        pids.push_back(static_cast<int>(parse_number(std::string(text.substr(0, comma)))));
        text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
    }
    return pids;
}

void set_option(LoadOptions& options, const std::string& name, const std::string& value) {
    if (name == "--path")
        options.path = value;
    else if (name == "--key")
        options.key = value;
    else if (name == "--model")
        options.model = value;
    else if (name == "--port")
        options.port = static_cast<std::uint16_t>(parse_number(value));
    else if (name == "--body-bytes")
        options.body_bytes = static_cast<std::size_t>(parse_number(value));
    else if (name == "--connections")
        options.connections = static_cast<int>(parse_number(value));
    else if (name == "--seconds")
        options.seconds = parse_number(value);
    else if (name == "--warmup")
        options.warmup = parse_number(value);
    else if (name == "--requests")
        options.requests = static_cast<std::int64_t>(parse_number(value));
    else if (name == "--rate")
        options.rate = parse_number(value);
    else if (name == "--tls")
        options.tls = parse_number(value) != 0;
    else if (name == "--cpu-pids")
        options.cpu_pids = parse_pids(value);
    else
        die("unknown option " + name);
}

LoadOptions parse(int count, char** arguments) {
    if (count < 2 || count % 2 != 0) die("usage: load MODE --port P [--option value]...");
    LoadOptions options;
    options.mode = arguments[1];
    for (int i = 2; i < count; i += 2) set_option(options, arguments[i], arguments[i + 1]);
    if (options.port == 0 || options.connections < 1)
        die("--port and --connections must be positive");
    return options;
}

int run(const LoadOptions& options) {
    if (options.mode == "closed") return run_closed(options);
    if (options.mode == "open" && options.rate > 0) return run_open(options);
    if (options.mode == "streams") return run_streams(options);
    if (options.mode == "idle") return run_idle(options);
    die("mode " + options.mode + " is unknown or lacks --rate");
}

}  // namespace
}  // namespace tollweir::bench

int main(int count, char** arguments) {
    using namespace tollweir::bench;
    prctl(PR_SET_TIMERSLACK, 1UL);  // else an open loop sends up to 50 µs late
    std::signal(SIGPIPE, SIG_IGN);
    raise_file_limit();
    return run(parse(count, arguments));
}
