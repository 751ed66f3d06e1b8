#pragma once

#include <string>

namespace tollweir {

/// `docs/providers.md`: every provider with its address, its variables, what it offers and what is
/// done otherwise for it. Made of the tables that requests are made by.
std::string providers_reference();

}  // namespace tollweir
