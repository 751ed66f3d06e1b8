#pragma once

#include <string>

#include "tollweir/config/snapshot.hpp"

namespace tollweir {

/// What a reload changed, in one line for the log; and what it could not change.
std::string describe_reload(const Snapshot& before, const Snapshot& now);

}  // namespace tollweir
