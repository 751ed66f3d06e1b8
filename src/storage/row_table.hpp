#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/storage/row_columns.hpp"

namespace tollweir {

/// The statements of a table whose rows are a struct; the first column of the list is its key. One
/// for the life of the process, as prepared statements need their texts.
template <class Row>
class RowTable {
public:
    using Columns = std::span<const RowColumn<Row>>;

    RowTable(std::string_view table, Columns columns)
        : columns_(columns),
          table_("\"" + std::string(table) + "\""),
          select_("select " + column_list(columns) + " from " + table_),
          by_key_(select_ + " where " + key() + " = $1"),
          by_key_locking_(by_key_ + " for update"),
          among_sqlite_(select_ + " where " + key() +
                        " in (select value from json_each($1)) order by " + key()),
          among_(select_ + " where " + key() + " = any($1) order by " + key()),
          among_locking_(among_ + " for update"),
          insert_("insert into " + table_ + " (" + column_list(columns) + ") values (" +
                  marks(columns.size()) + ")"),
          remove_sqlite_("delete from " + table_ + " where " + key() +
                         " in (select value from json_each($1))"),
          remove_("delete from " + table_ + " where " + key() + " = any($1)") {}

    Result<std::optional<Row>> find(Sql& sql, std::string_view id, RowLock lock) const {
        const auto& locking = lock == RowLock::update ? by_key_locking_ : by_key_;
        const auto rows = sql.run(Statement(by_key_.c_str(), locking.c_str()), {id});
        if (!rows) return std::unexpected(rows.error());
        if (rows->empty()) return std::nullopt;
        return read_row(columns_, *rows, 0);
    }

    /// In the order of their keys, so that two who lock the same do not wait for each other; those
    /// that are not there are left out.
    Result<std::vector<Row>> find_all(Sql& sql, std::span<const std::string> ids,
                                      RowLock lock) const {
        const auto& locking = lock == RowLock::update ? among_locking_ : among_;
        return read(
            sql.run(Statement(among_sqlite_.c_str(), locking.c_str()), {SqlValue::List{ids}}));
    }

    /// ` where ... order by ...`, with what it asks for.
    Result<std::vector<Row>> select(Sql& sql, const std::string& rest,
                                    std::span<const SqlValue> values = {}) const {
        return read(sql.run(Statement(select_ + rest), values));
    }

    Result<void> insert(Sql& sql, const Row& row) const {
        std::vector<SqlValue> values;
        for (const auto& column : columns_) values.push_back(column_value(row, column));
        return done(sql.run(Statement(insert_.c_str()), values));
    }

    /// Writes the columns that differ, in one statement; the key may be one of them.
    Result<void> update(Sql& sql, const Row& before, const Row& after) const {
        std::string changes;
        std::vector<SqlValue> values{column_value(before, columns_.front())};
        for (const auto& column : columns_) {
            if (is_same(before, after, column)) continue;
            values.push_back(column_value(after, column));
            changes.append(changes.empty() ? "" : ", ").append(column.name).append(" = $");
            changes += std::to_string(values.size());
        }
        if (changes.empty()) return {};
        return done(
            sql.run(Statement("update " + table_ + " set " + changes + " where " + key() + " = $1"),
                    values));
    }

    Result<void> remove(Sql& sql, std::span<const std::string> ids) const {
        return done(
            sql.run(Statement(remove_sqlite_.c_str(), remove_.c_str()), {SqlValue::List{ids}}));
    }

private:
    std::string key() const { return std::string(columns_.front().name); }
    static std::string marks(std::size_t count) {
        std::string out;
        for (std::size_t i = 1; i <= count; ++i)
            out.append(i == 1 ? "$" : ", $").append(std::to_string(i));
        return out;
    }
    Result<std::vector<Row>> read(const Result<SqlRows>& rows) const {
        if (!rows) return std::unexpected(rows.error());
        std::vector<Row> out;
        out.reserve(rows->size());
        for (std::size_t i = 0; i < rows->size(); ++i) out.push_back(read_row(columns_, *rows, i));
        return out;
    }
    static Result<void> done(const Result<SqlRows>& rows) {
        if (!rows) return std::unexpected(rows.error());
        return {};
    }

    Columns columns_;
    std::string table_;
    std::string select_;
    std::string by_key_;
    std::string by_key_locking_;
    std::string among_sqlite_;
    std::string among_;
    std::string among_locking_;
    std::string insert_;
    std::string remove_sqlite_;
    std::string remove_;
};

}  // namespace tollweir
