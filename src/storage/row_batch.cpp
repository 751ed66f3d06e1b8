#include "storage/row_batch.hpp"

#include <cassert>

#include "storage/sql_text.hpp"

namespace tollweir {

void RowBatch::put(std::string_view text) {
    columns_[next_].emplace_back(text);
    if (++next_ == columns_.size()) next_ = 0;
}

void RowBatch::add(std::initializer_list<std::string_view> cells) {
    assert(cells.size() == columns_.size());
    for (const auto cell : cells) put(cell);
}

Result<std::size_t> RowBatch::run(Sql& sql, const Statement& statement) const {
    assert(next_ == 0);
    if (empty()) return 0;
    std::vector<SqlValue> values(columns_.size());
    if (sql.is_postgres()) {
        for (std::size_t column = 0; column < columns_.size(); ++column)
            values[column] = SqlValue::List{columns_[column]};
        const auto done = sql.run(statement, values);
        if (!done) return std::unexpected(done.error());
        return done->affected();
    }
    std::size_t affected = 0;
    for (std::size_t row = 0; row < size(); ++row) {
        read_row(row, values);
        const auto done = sql.run(statement, values);
        if (!done) return std::unexpected(done.error());
        affected += done->affected();
    }
    return affected;
}

Result<void> RowBatch::add_up(Sql& sql, const Statement& update, const Statement& upsert) const {
    if (sql.is_postgres()) {
        const auto done = run(sql, upsert);
        if (!done) return std::unexpected(done.error());
        return {};
    }
    std::vector<SqlValue> values(columns_.size());
    for (std::size_t row = 0; row < size(); ++row) {
        read_row(row, values);
        auto done = sql.run(update, values);
        if (done && done->affected() == 0) done = sql.run(upsert, values);
        if (!done) return std::unexpected(done.error());
    }
    return {};
}

void RowBatch::read_row(std::size_t row, std::vector<SqlValue>& values) const {
    for (std::size_t column = 0; column < columns_.size(); ++column)
        values[column] = columns_[column][row];
}

std::string sum_text(const Sql& sql, PicodollarSum amount) {
    return to_text(sql.is_postgres() ? amount : held_sum(amount));
}

}  // namespace tollweir
