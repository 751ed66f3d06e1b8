#include "storage/shown_columns.hpp"

#include "tollweir/core/money.hpp"

namespace tollweir {
namespace {

void write_json_or(JsonWriter& json, std::string_view text, std::string_view otherwise) {
    // Other programs may have written something else into a SQLite column.
    json.raw(is_valid_json(text) ? text : otherwise);
}

void write_cell(JsonWriter& json, const SqlRows& rows, std::size_t row, std::size_t column,
                ShownAs as) {
    if (as == ShownAs::list) return (void)write_json_or(json, rows.text(row, column), "[]");
    if (rows.is_null(row, column)) return (void)json.null();
    switch (as) {
        case ShownAs::text:
        case ShownAs::time:
            json.string(rows.text(row, column));
            break;
        case ShownAs::count:
            json.number(rows.integer(row, column).value_or(0));
            break;
        case ShownAs::flag:
            json.boolean(rows.boolean(row, column).value_or(false));
            break;
        case ShownAs::money:
            json.raw(dollars(rows.sum(row, column).value_or(0)));
            break;
        case ShownAs::number:
            json.number(rows.real(row, column).value_or(0));
            break;
        case ShownAs::json:
        case ShownAs::list:
            write_json_or(json, rows.text(row, column), "{}");
            break;
    }
}

}  // namespace

std::string_view exact_spend(SqlDialect dialect) {
    return dialect == SqlDialect::postgres
               ? "coalesce(tollweir_spend, tollweir_picodollars(spend))"
               : "coalesce(tollweir_spend, cast(round(spend * 1e12) as integer))";
}

std::string select_list(std::span<const ShownColumn> columns, SqlDialect dialect) {
    std::string out;
    for (const auto& column : columns) {
        if (!out.empty()) out += ", ";
        if (column.as == ShownAs::money)
            out.append(exact_spend(dialect));
        else
            out.append("\"").append(column.name).append("\"");
    }
    return out;
}

std::string rows_as_json(const SqlRows& rows, std::span<const ShownColumn> columns) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (std::size_t row = 0; row < rows.size(); ++row) {
        json.begin_object();
        for (std::size_t column = 0; column < columns.size(); ++column) {
            json.key(columns[column].name);
            write_cell(json, rows, row, column, columns[column].as);
        }
        json.end_object();
    }
    json.end_array();
    return out;
}

}  // namespace tollweir
