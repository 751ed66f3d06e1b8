#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/money.hpp"

namespace tollweir {

/// The parameters of a management request's query, by name and type. The first wrong one is kept as
/// an error that names it, so that a parser reads all it wants and asks once. Unknown ones are
/// ignored; an empty one counts as left out.
class QueryFields {
public:
    explicit QueryFields(std::string_view query) : query_(query) {}

    std::string text(std::string_view name);
    /// `true`, `1`, `yes` and their opposites. Another: 422, as schemas answer.
    bool flag(std::string_view name, bool absent);
    /// Of another range or kind: 422.
    std::size_t count(std::string_view name, std::size_t least, std::size_t most,
                      std::size_t absent);
    /// `2026-11-20`. Errors: 400.
    std::optional<std::chrono::sys_days> day(std::string_view name);
    /// `2026-11-20 07:30:00`, UTC where no zone is named.
    std::optional<WallTime> time(std::string_view name);
    std::optional<Picodollars> dollars(std::string_view name);

    /// Notes a 400, for checks of the caller's.
    void refuse(std::string_view name, std::string message);
    /// Notes a 422: a value that is none of those there are.
    void refuse_value(std::string_view name, const std::string& message);
    Result<void> checked() const;

private:
    std::string_view query_;
    std::optional<GatewayError> error_;
};

}  // namespace tollweir
