#include "tollweir/app/explain_command.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>

#include "tollweir/config/snapshot.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/gateway/explain.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kUsage =
    "usage: tollweir explain --config FILE --request REQUEST.json\n"
    "Tells which deployments a request would be sent to, in what order, and what follows after a\n"
    "failure, as JSON; nothing is called. Of a running gateway ask POST /debug/explain, which also "
    "knows who\n"
    "cools and what limits have left.\n";

struct Files {
    std::string config;
    std::string request;
};

std::optional<Files> read_arguments(const std::vector<std::string>& arguments) {
    Files files;
    for (std::size_t i = 1; i + 1 < arguments.size(); i += 2) {
        if (arguments[i] == "--config" || arguments[i] == "-c")
            files.config = arguments[i + 1];
        else if (arguments[i] == "--request" || arguments[i] == "-r")
            files.request = arguments[i + 1];
        else
            return std::nullopt;
    }
    const bool is_whole = arguments.size() % 2 == 1;
    if (!is_whole || files.config.empty() || files.request.empty()) return std::nullopt;
    return files;
}

std::optional<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    std::string text(std::istreambuf_iterator<char>(in), {});
    text.reserve(text.size() + kJsonPadding);
    return text;
}

int refuse(const std::string& what) {
    std::fprintf(stderr, "error: %s\n", what.c_str());
    return 1;
}

}  // namespace

int run_explain_command(const std::vector<std::string>& arguments, const Environment& environment) {
    if (arguments.size() == 2 && (arguments[1] == "--help" || arguments[1] == "-h")) {
        std::fputs(kUsage.data(), stdout);
        return 0;
    }
    const auto files = read_arguments(arguments);
    if (!files) {
        std::fputs(kUsage.data(), stderr);
        return 2;
    }
    const auto request = read_file(files->request);
    if (!request) return refuse(files->request + " cannot be read");
    auto loaded = load_config(files->config, {}, environment);
    if (!loaded) return refuse(loaded.error().front().text());
    const auto snapshot = Snapshot::build(std::move(loaded->config), nullptr);
    if (!snapshot) return refuse(snapshot.error().message);
    std::minstd_rand random{std::random_device{}()};
    ExplainedCall call;
    call.now = Clock::now();
    call.wall = WallClock::now();
    const auto told = explain_route(**snapshot, *request, call, random);
    if (!told) return refuse(told.error().message);
    std::puts(told->c_str());
    return 0;
}

}  // namespace tollweir
