#pragma once

#include "tollweir/core/money.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// What a row has spent: `tollweir_spend` in the column `exact`, or, where that is null, LiteLLM's
/// float `spend` in the column behind it: of a row that LiteLLM wrote, all there is.
inline PicodollarSum read_spend(const SqlRows& rows, std::size_t row, std::size_t exact) {
    if (const auto sum = rows.sum(row, exact)) return *sum;
    const auto dollars = rows.real(row, exact + 1);
    return dollars ? from_double_dollars(*dollars).value_or(0) : 0;
}

}  // namespace tollweir
