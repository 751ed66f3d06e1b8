#pragma once

#include "tollweir/app/command_line.hpp"
#include "tollweir/config/load.hpp"

namespace tollweir {

/// `tollweir migrate` and `--skip_server_startup`: brings the store's tables to what this binary
/// needs and says what it did. Returns the exit status.
int migrate(const CommandLine& command_line, const Environment& environment);

}  // namespace tollweir
