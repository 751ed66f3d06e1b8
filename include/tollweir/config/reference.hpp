#pragma once

#include <string>

namespace tollweir {

/// docs/configuration.md: every key of the configuration and every environment variable, from the
/// tables that the loader uses.
std::string configuration_reference();

}  // namespace tollweir
