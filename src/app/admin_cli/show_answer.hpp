#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "app/admin_cli/arguments.hpp"
#include "tollweir/core/clock.hpp"

namespace tollweir::admin_cli {

struct Shown {
    std::string text;  // what was asked for
    std::string note;  // for whoever reads: one line beside it; empty: none
};

/// A successful answer as people read it. `width`: of the terminal; 0: there is none. The error is
/// one line: the answer is not what the gateway gives.
std::expected<Shown, std::string> show_answer(const Request& request, std::string_view body,
                                              std::size_t width, WallTime now);

}  // namespace tollweir::admin_cli
