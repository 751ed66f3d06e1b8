#pragma once

#include <string>

#include "load.hpp"

namespace tollweir::bench {

// A chat completion request with its head, its body exactly options.body_bytes long.
std::string plain_request(const LoadOptions& options);

// The same that asks for a stream of `events` events, `interval_us` apart (see fake_upstream.cpp).
std::string stream_request(const LoadOptions& options, std::int64_t events,
                           std::int64_t interval_us);

}  // namespace tollweir::bench
