#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/money.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

// Rows of LiteLLM's tables as structs: a list of columns says how each is called, where it stands
// in the struct and what it holds; reading, writing and showing follow from the list.

/// `spend` is LiteLLM's float, `sum` the exact column beside it: both stand in one member, and the
/// exact one, named later, wins where it is filled. Empty texts stand for null.
enum class ColumnKind : std::uint8_t { text, json, list, number, money, time, flag, spend, sum };

template <class Row>
struct RowColumn {
    using Kind = ColumnKind;
    using Member = std::variant<std::string Row::*, bool Row::*, std::optional<bool> Row::*,
                                std::int64_t Row::*, std::optional<std::int64_t> Row::*,
                                std::optional<WallTime> Row::*, std::vector<std::string> Row::*,
                                PicodollarSum Row::*>;

    std::string_view name;
    Kind kind;
    Member member;
};

enum class RowLock : std::uint8_t {
    none,
    update,  // until the transaction ends; SQLite's holds the file anyway
};

/// One value of a row that was read. What another program wrote and makes no sense is left as an
/// empty row has it.
class RowCell {
public:
    RowCell(const SqlRows& rows, std::size_t row, std::size_t column, ColumnKind kind)
        : rows_(rows), row_(row), column_(column), kind_(kind) {}

    void into(std::string& out) const;
    void into(bool& out) const;
    void into(std::optional<bool>& out) const;
    void into(std::int64_t& out) const;
    void into(std::optional<std::int64_t>& out) const;
    void into(std::optional<WallTime>& out) const;
    void into(std::vector<std::string>& out) const;
    void into(PicodollarSum& out) const;

private:
    const SqlRows& rows_;
    std::size_t row_;
    std::size_t column_;
    ColumnKind kind_;
};

// Views of values, to be stored.
SqlValue cell_value(const std::string& text, ColumnKind kind);
SqlValue cell_value(bool flag, ColumnKind kind);
SqlValue cell_value(const std::optional<bool>& flag, ColumnKind kind);
SqlValue cell_value(std::int64_t number, ColumnKind kind);
SqlValue cell_value(const std::optional<std::int64_t>& number, ColumnKind kind);
SqlValue cell_value(const std::optional<WallTime>& time, ColumnKind kind);
SqlValue cell_value(const std::vector<std::string>& items, ColumnKind kind);
SqlValue cell_value(PicodollarSum amount, ColumnKind kind);

/// `token, key_name, ...`, each behind `prefix`: `v.`.
template <class Row>
std::string column_list(std::span<const RowColumn<Row>> columns, std::string_view prefix = {}) {
    std::string list;
    for (const auto& column : columns)
        list.append(list.empty() ? "" : ", ").append(prefix).append(column.name);
    return list;
}

/// The columns from `first` on, in the order of the list.
template <class Row>
Row read_row(std::span<const RowColumn<Row>> columns, const SqlRows& rows, std::size_t row,
             std::size_t first = 0) {
    Row out;
    std::size_t at = first;
    for (const auto& column : columns) {
        const RowCell cell(rows, row, at++, column.kind);
        std::visit([&](auto member) { cell.into(out.*member); }, column.member);
    }
    return out;
}

/// A view of the row's value, to be stored.
template <class Row>
SqlValue column_value(const Row& row, const RowColumn<Row>& column) {
    return std::visit([&](auto member) { return cell_value(row.*member, column.kind); },
                      column.member);
}

template <class Row>
bool is_same(const Row& a, const Row& b, const RowColumn<Row>& column) {
    return std::visit([&](auto member) { return a.*member == b.*member; }, column.member);
}

}  // namespace tollweir
