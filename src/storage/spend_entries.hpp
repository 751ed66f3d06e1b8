#pragma once

#include <span>

#include "tollweir/core/spend_row.hpp"

namespace tollweir {

/// The rows of a batch that count: those that the store does not have yet.
using SpendRows = std::span<const SpendRow* const>;

}  // namespace tollweir
