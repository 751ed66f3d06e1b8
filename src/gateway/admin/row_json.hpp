#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/json.hpp"
#include "tollweir/storage/row_columns.hpp"

namespace tollweir {

/// Writes a column's value as JSON, by what it holds. Empty texts are null.
class ColumnWriter {
public:
    ColumnWriter(JsonWriter& json, ColumnKind kind) : json_(json), kind_(kind) {}

    void write(const std::string& text) const;
    void write(bool flag) const;
    void write(const std::optional<bool>& flag) const;
    void write(std::int64_t number) const;
    void write(const std::optional<std::int64_t>& number) const;
    void write(const std::optional<WallTime>& time) const;
    void write(const std::vector<std::string>& items) const;
    void write(PicodollarSum amount) const;

private:
    JsonWriter& json_;
    ColumnKind kind_;
};

/// Appends the row's columns to an open object, but the exact sums that stand in the float's place.
template <class Row>
void write_columns(JsonWriter& json, const Row& row, std::span<const RowColumn<Row>> columns) {
    for (const auto& column : columns) {
        if (column.kind == ColumnKind::sum) continue;
        json.key(column.name);
        const ColumnWriter writer(json, column.kind);
        std::visit([&](auto member) { writer.write(row.*member); }, column.member);
    }
}

}  // namespace tollweir
