#include "tollweir/config/budget_duration.hpp"

#include <array>
#include <charconv>

#include "config/scalar.hpp"
#include "config/text_rules.hpp"

namespace tollweir {
namespace {

using Unit = BudgetDuration::Unit;

constexpr std::int64_t kMostUnits = 1'000'000;

struct UnitWord {
    std::string_view word;
    Unit unit;
};

// LiteLLM's letters, and the words that its users write. Source: spec/management-api.md, 4.2.
constexpr std::array<UnitWord, 14> kUnits = {{
    {"s", Unit::second},
    {"m", Unit::minute},
    {"h", Unit::hour},
    {"d", Unit::day},
    {"w", Unit::week},
    {"mo", Unit::month},
    {"sec", Unit::second},
    {"second", Unit::second},
    {"min", Unit::minute},
    {"minute", Unit::minute},
    {"hr", Unit::hour},
    {"hour", Unit::hour},
    {"day", Unit::day},
    {"week", Unit::week},
}};

std::optional<Unit> parse_unit(std::string_view word) {
    if (word == "month" || word == "months") return Unit::month;
    for (const auto& [name, unit] : kUnits)
        if (word == name ||
            (name.size() > 2 && word.ends_with('s') && word.substr(0, word.size() - 1) == name))
            return unit;
    return std::nullopt;
}

}  // namespace

std::optional<BudgetDuration> parse_budget_duration(std::string_view text) {
    BudgetDuration duration;
    duration.text = trimmed(text);
    const std::string lower = lower_case(duration.text);
    const char* end = lower.data() + lower.size();
    const auto [at, error] = std::from_chars(lower.data(), end, duration.count);
    if (error != std::errc{} || duration.count < 1 || duration.count > kMostUnits)
        return std::nullopt;
    const auto unit = parse_unit(trimmed(std::string_view(at, end)));
    if (!unit) return std::nullopt;
    duration.unit = *unit;
    return duration;
}

}  // namespace tollweir
