#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "tollweir/core/charge.hpp"

namespace tollweir {

/// What is left of the limits that an admitted call was charged to, as header lines:
/// `x-ratelimit-{descriptor}-{limit,remaining,reset}-{requests,tokens,max_parallel_requests}` and
/// `x-litellm-key-remaining-{requests,tokens}-{model}` (spec/data-plane.md, section 3). Before the
/// reservation is settled. `window` is that of rates.
void append_limit_headers(const Reservation& reservation, std::string_view model,
                          std::chrono::nanoseconds window, std::string& headers);

}  // namespace tollweir
