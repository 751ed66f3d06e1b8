#pragma once

#include "tollweir/app/command_line.hpp"
#include "tollweir/config/load.hpp"

namespace tollweir {

/// `--health`: asks a running gateway at host and port for GET /health and prints the answer.
/// Returns the process's exit status.
int show_health(const CommandLine& command_line, const Environment& environment);

/// `--test`: sends a chat call, plain and as a stream, and a completion to a running gateway and
/// prints the answers. The key is LITELLM_MASTER_KEY's, if set.
int send_samples(const CommandLine& command_line, const Environment& environment);

}  // namespace tollweir
