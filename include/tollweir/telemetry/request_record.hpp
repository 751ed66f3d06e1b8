#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "tollweir/core/usage.hpp"

namespace tollweir {

/// What is known of a request at its end. No prompt, no answer, no header.
struct RequestRecord {
    std::string method;
    std::string_view route;  // the pattern, a constant: never the client's own path
    int status = 0;
    std::string call_id;
    std::string group;
    std::string deployment_id;
    std::string_view provider;
    std::string upstream_model;
    std::string_view error_class;
    std::string error;  // the message, for the log
    bool stream = false;
    bool failed = false;  // also where the status was 200: a stream that broke
    Usage usage;
    std::chrono::microseconds total{0};
    std::optional<std::chrono::microseconds> first_token;  // TTFT
    std::optional<std::chrono::microseconds> upstream;     // waiting for the upstream

    void clear();
};

}  // namespace tollweir
