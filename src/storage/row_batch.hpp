#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// Rows of texts for one statement: Postgres takes them all at once, each column as an array
/// (`unnest($1::text[], $2::bigint[])`), which saves a round trip a row; SQLite, to which there is
/// no way to go, one by one (`values ($1, cast($2 as integer))`). Empty texts stand for null where
/// a statement says `nullif`.
class RowBatch {
public:
    explicit RowBatch(std::size_t width) : columns_(width) {}

    bool empty() const { return columns_.front().empty(); }
    std::size_t size() const { return columns_.front().size(); }

    void add(std::initializer_list<std::string_view> cells);
    /// The next column of the row under way.
    void put(std::string_view text);

    /// Gives how many rows changed.
    Result<std::size_t> run(Sql& sql, const Statement& statement) const;
    /// Adds the rows to those that are there, by `upsert`. In SQLite a row is looked for by
    /// `update` first: nearly always it is there, and an insert that meets it is the dearer way to
    /// find it.
    Result<void> add_up(Sql& sql, const Statement& update, const Statement& upsert) const;

private:
    void read_row(std::size_t row, std::vector<SqlValue>& values) const;

    std::vector<std::vector<std::string>> columns_;
    std::size_t next_ = 0;
};

/// As both stores keep a sum: SQLite has 64 bits for it, and holds what is beyond at their ends.
std::string sum_text(const Sql& sql, PicodollarSum amount);

}  // namespace tollweir
