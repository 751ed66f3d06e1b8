#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "tollweir/core/money.hpp"
#include "tollweir/core/scope.hpp"

namespace tollweir {

/// A budget that somebody should look at; told once a period by each process. It blocks nothing.
struct BudgetAlert {
    enum class Kind : std::uint8_t {
        soft_budget,  // `soft_budget` is reached
        nearly_used,  // 80 % of the cap are
    };

    Kind kind = Kind::soft_budget;
    Scope scope;
    std::string label;  // what people call the scope
    Picodollars spent = 0;
    std::optional<Picodollars> cap;
    std::optional<Picodollars> soft_cap;
};

/// Called on any thread; must not block.
using BudgetAlertSink = std::function<void(const BudgetAlert&)>;

/// One line for the log.
std::string describe(const BudgetAlert& alert);

}  // namespace tollweir
