#pragma once

#include <string>

#include "tollweir/core/charge.hpp"
#include "tollweir/core/cost.hpp"
#include "tollweir/core/key_record.hpp"

namespace tollweir {

/// Appends the lines that tell what a call cost and what its key may still do
/// (spec/management-api.md 5.2): `x-litellm-response-cost`, and where the operator takes off or
/// adds something `-original`, `-discount-amount`, `-margin-amount` and `-margin-percent`; of a
/// virtual key its limits and what it has spent, this call included: by its budget's own count,
/// which `reservation` points at until it is settled, else as its row said when it was loaded.
/// `cost`: null where it is not known (a stream, no price). Allocates nothing beyond `out`.
void append_cost_headers(const ChargedCost* cost, const CostTerms& terms, const KeyRecord* key,
                         const Reservation& reservation, std::string& out);

}  // namespace tollweir
