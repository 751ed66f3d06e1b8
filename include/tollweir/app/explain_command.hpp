#pragma once

#include <string>
#include <vector>

#include "tollweir/config/load.hpp"

namespace tollweir {

/// `tollweir explain --config F --request r.json`: prints what would become of the request under
/// the configuration (gateway/explain.hpp), without a running gateway and without calling anybody.
/// `arguments` begin with `explain`. Returns the exit status: 0; 1, the file or the request is
/// refused; 2, wrong usage.
int run_explain_command(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace tollweir
