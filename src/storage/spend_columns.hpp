#pragma once

#include <string>

namespace tollweir {

/// Assignments that add the amount (an expression in whole picodollars) to `spend` and its exact
/// twin. Where the twin is null, the float counts. SQLite's integers are held at their end, beyond
/// which it would make floats of them.
struct SpendSums {
    std::string sqlite;
    std::string postgres;
};

inline SpendSums add_to_spend(const std::string& amount) {
    const std::string had = "coalesce(tollweir_spend, cast(round(spend * 1e12) as integer))";
    const auto sum = "(" + had + " + min(" + amount + ", 9223372036854775807 - " + had + "))";
    const auto exact =
        "(coalesce(own.tollweir_spend, tollweir_picodollars(own.spend)) + " + amount + ")";
    return {"tollweir_spend = " + sum + ", spend = " + sum + " / 1e12",
            "tollweir_spend = " + exact + ", spend = (" + exact + " * 1e-12)::double precision"};
}

}  // namespace tollweir
