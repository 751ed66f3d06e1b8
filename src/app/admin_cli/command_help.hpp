#pragma once

#include <string>
#include <string_view>

#include "app/admin_cli/command.hpp"

namespace tollweir::admin_cli {

/// What `tollweir keys --help` prints.
std::string group_help(std::string_view group);

/// What `tollweir keys create --help` prints.
std::string command_help(const Command& command);

}  // namespace tollweir::admin_cli
