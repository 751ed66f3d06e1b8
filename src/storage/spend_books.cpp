#include "tollweir/storage/spend_books.hpp"

#include <map>
#include <tuple>

#include "storage/daily_sums.hpp"
#include "storage/row_batch.hpp"
#include "storage/spend_calls.hpp"
#include "storage/spend_days.hpp"
#include "storage/spend_logs.hpp"
#include "storage/spend_totals.hpp"
#include "tollweir/storage/budgets.hpp"

namespace tollweir {
namespace {

constexpr int kAttempts = 3;

const Statement kNewFiles{
    "insert into tollweir_journal (file, process, position) values ($1, $2, cast($3 as integer)) "
    "on conflict (file) do nothing",
    "insert into tollweir_journal (file, process, position) select * from unnest($1::text[], "
    "$2::text[], $3::bigint[]) as given (file, process, position) order by file on conflict (file) "
    "do nothing"};
const Statement kKnownFiles{
    "update tollweir_journal set position = cast($3 as integer) where file = $1 and position = "
    "cast($2 as integer)",
    "update tollweir_journal as own set position = given.until from unnest($1::text[], "
    "$2::bigint[], $3::bigint[]) as given (file, since, until) where own.file = given.file and "
    "own.position = given.since"};
const Statement kForget{
    "delete from tollweir_journal where file in (select value from json_each($1))",
    "delete from tollweir_journal where file = any($1)"};
const Statement kPositions{
    "select file, position from tollweir_journal where file in (select value from json_each($1))",
    "select file, position from tollweir_journal where file = any($1)"};
constexpr const char* kForgetProcess = "delete from tollweir_journal where process = $1";

/// False: the store has other positions.
Result<bool> advance(Sql& sql, const SpendBatch& batch) {
    RowBatch fresh(3);
    RowBatch known(3);
    for (const auto& file : batch.files) {
        if (file.from == 0)
            fresh.add({file.id, file.process, std::to_string(file.to)});
        else
            known.add({file.id, std::to_string(file.from), std::to_string(file.to)});
    }
    const auto made = fresh.run(sql, kNewFiles);
    if (!made) return std::unexpected(made.error());
    const auto moved = known.run(sql, kKnownFiles);
    if (!moved) return std::unexpected(moved.error());
    return *made == fresh.size() && *moved == known.size();
}

/// What the entries take from budgets; `rows` are those of them that count.
Result<void> book(Sql& sql, const SpendBatch& batch, SpendRows rows) {
    std::map<std::tuple<std::string_view, std::string_view, Period>, PicodollarSum> sums;
    auto next = rows.begin();
    for (const auto& [row, file] : batch.entries) {
        if (next == rows.end() || *next != &row) continue;
        ++next;
        for (const auto& [scope, period, cost] : row.scopes)
            sums[{scope, batch.files[file].process, period}] += cost;
    }
    std::vector<BudgetBooking> bookings;
    for (const auto& [what, cost] : sums) {
        const auto& [scope, process, period] = what;
        bookings.push_back({process, scope, period, cost});
    }
    return book_budgets(sql, bookings);
}

Result<SpendRowsToWrite> rows_that_count(Sql& sql, const SpendBatch& batch, bool writes_logs) {
    if (writes_logs) return find_new_rows(sql, batch);
    SpendRowsToWrite all;
    for (const auto& entry : batch.entries) all.rows.push_back(&entry.row);
    return all;
}

Result<void> write(Sql& sql, const SpendBatch& batch, const SpendBooksOptions& options) {
    const auto rows = rows_that_count(sql, batch, options.writes_logs);
    if (!rows) return std::unexpected(rows.error());
    if (options.writes_logs)
        if (auto done = insert_spend_logs(sql, *rows); !done) return done;
    if (options.writes_updates) {
        if (auto done = add_spend_totals(sql, rows->rows); !done) return done;
        if (auto done = add_spend_days(sql, rows->rows); !done) return done;
        if (auto done = add_daily_sums(sql, rows->rows); !done) return done;
        if (auto done = add_spend_calls(sql, rows->rows); !done) return done;
    }
    if (!batch.gone.empty())
        if (auto done = sql.run(kForget, {SqlValue::List{batch.gone}}); !done)
            return std::unexpected(done.error());
    return book(sql, batch, rows->rows);
}

}  // namespace

Result<bool> apply_spend(Sql& sql, const SpendBatch& batch, const SpendBooksOptions& options) {
    for (int attempt = 1;; ++attempt) {
        bool is_where_expected = true;
        auto done = sql.transaction([&](Sql& in) -> Result<void> {
            const auto advanced = advance(in, batch);
            if (!advanced) return std::unexpected(advanced.error());
            is_where_expected = *advanced;
            // What was advanced is rolled back.
            if (!is_where_expected)
                return fail(ErrorKind::conflict, "other positions", ErrorSource::gateway);
            return write(in, batch, options);
        });
        if (done) return true;
        if (!is_where_expected) return false;
        // Another process took a request_id between our look and our row: the next look sees it.
        if (done.error().kind != ErrorKind::conflict || attempt == kAttempts)
            return std::unexpected(std::move(done.error()));
    }
}

Result<std::vector<std::uint64_t>> journal_positions(Sql& sql,
                                                     const std::vector<std::string>& files) {
    const auto rows = sql.run(kPositions, {SqlValue::List{files}});
    if (!rows) return std::unexpected(rows.error());
    std::map<std::string_view, std::uint64_t> found;
    for (std::size_t row = 0; row < rows->size(); ++row)
        found[rows->text(row, 0)] = static_cast<std::uint64_t>(rows->integer(row, 1).value_or(0));
    std::vector<std::uint64_t> positions;
    for (const auto& file : files) positions.push_back(found[file]);
    return positions;
}

Result<void> finish_journals(Sql& sql, const std::string& process) {
    return sql.transaction([&](Sql& in) -> Result<void> {
        if (auto done = in.run(kForgetProcess, {process}); !done)
            return std::unexpected(done.error());
        return drop_leases(in, process);
    });
}

}  // namespace tollweir
