#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tollweir/core/json.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// How a column is shown.
enum class ShownAs : std::uint8_t { text, count, number, flag, money, time, json, list };

struct ShownColumn {
    std::string_view name;  // in the table and in the answer
    ShownAs as = ShownAs::text;
};

/// What a row spent, in whole picodollars: where the exact amount is null, another program wrote
/// the row, and the float counts.
std::string_view exact_spend(SqlDialect dialect);

/// The columns as a statement names them; `money` is the row's exact spend.
std::string select_list(std::span<const ShownColumn> columns, SqlDialect dialect);

/// One object a row.
std::string rows_as_json(const SqlRows& rows, std::span<const ShownColumn> columns);

}  // namespace tollweir
