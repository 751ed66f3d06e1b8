#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tollweir/config/load.hpp"

namespace tollweir {

/// `keys`, `users`, `teams`, `spend`: the first word of commands for a running gateway.
bool is_admin_command(std::string_view word);

/// `tollweir keys list` and its like (docs/command-line.md): asks a running gateway and prints its
/// answer. Returns the exit status: 0; 1, the gateway refused or did not answer; 2, wrong usage.
int run_admin_command(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace tollweir
