#pragma once

#include <string>

#include "tollweir/core/error.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/net/worker.hpp"

namespace tollweir {

/// Reads a small text file on a thread of its own: a file system may block. At most 64 KiB; blanks
/// around the text go. Errors (`unavailable`): unreadable, too large; the message names the path.
net::Task<Result<std::string>> read_file(net::Worker& worker, std::string path);

}  // namespace tollweir
