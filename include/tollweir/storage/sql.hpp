#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/money.hpp"

namespace tollweir {

/// Where the truth is kept: queries are written once for both, and where they must differ the twin
/// stands beside (`Statement`).
enum class SqlDialect : std::uint8_t { sqlite, postgres };

/// What a parameter is. Views of the caller's, which live until the statement has run.
class SqlValue {
public:
    struct Null {};
    struct Json {
        std::string_view text;  // jsonb; a text in SQLite
    };
    struct List {
        std::span<const std::string> items;  // text[]; a JSON array in SQLite
    };
    struct Sum {
        PicodollarSum amount;  // numeric; an INTEGER in SQLite, held at 9.2 million dollars
    };

    SqlValue() : value_(Null{}) {}
    SqlValue(std::nullopt_t) : value_(Null{}) {}
    SqlValue(bool value) : value_(value) {}
    SqlValue(int value) : value_(std::int64_t{value}) {}
    SqlValue(std::int64_t value) : value_(value) {}
    SqlValue(double value) : value_(value) {}
    SqlValue(std::string_view value) : value_(value) {}
    SqlValue(const std::string& value) : value_(std::string_view(value)) {}
    SqlValue(const char* value) : value_(std::string_view(value)) {}
    SqlValue(WallTime value) : value_(value) {}
    SqlValue(Json value) : value_(value) {}
    SqlValue(List value) : value_(value) {}
    SqlValue(Sum value) : value_(value) {}
    template <class T>
    SqlValue(const std::optional<T>& value) : SqlValue(value ? SqlValue(*value) : SqlValue()) {}

    using Value =
        std::variant<Null, bool, std::int64_t, double, std::string_view, WallTime, Json, List, Sum>;
    const Value& value() const { return value_; }

private:
    Value value_;
};

/// Null for an empty text, which stands for "none" in records.
inline SqlValue text_or_null(std::string_view text) {
    return text.empty() ? SqlValue() : SqlValue(text);
}

/// One statement, `$1` for parameters, for both stores; or one for each. Texts must live as long as
/// the process: literals. A parameter may be used several times.
struct Statement {
    Statement(const char* both) : sqlite(both), postgres(both) {}
    Statement(const char* for_sqlite, const char* for_postgres)
        : sqlite(for_sqlite), postgres(for_postgres) {}
    /// Put together at run time (filters, lists of a length): not prepared.
    explicit Statement(std::string text) : made(std::move(text)) {}

    std::string_view sqlite;
    std::string_view postgres;
    std::string made;
};

/// What a statement gave, copied out of the driver. Columns by their position in it.
class SqlRows {
public:
    std::size_t size() const { return width_ == 0 ? 0 : cells_.size() / width_; }
    bool empty() const { return size() == 0; }
    /// Rows that a statement without `returning` changed.
    std::size_t affected() const { return affected_; }

    bool is_null(std::size_t row, std::size_t column) const { return !cell(row, column); }
    /// Empty for null. Lists are JSON arrays in both stores. Times are rfc3339 texts, but in SQLite
    /// only where the column of a table is given as it is: `time` reads them from everywhere.
    std::string_view text(std::size_t row, std::size_t column) const {
        const auto& found = cell(row, column);
        return found ? std::string_view(*found) : std::string_view();
    }
    // Nothing: null, or no such value (another program may have written it).
    std::optional<std::int64_t> integer(std::size_t row, std::size_t column) const;
    std::optional<double> real(std::size_t row, std::size_t column) const;
    std::optional<bool> boolean(std::size_t row, std::size_t column) const;
    std::optional<WallTime> time(std::size_t row, std::size_t column) const;
    std::optional<PicodollarSum> sum(std::size_t row, std::size_t column) const;
    std::vector<std::string> list(std::size_t row, std::size_t column) const;

    // For the stores.
    void set_width(std::size_t width) { width_ = width; }
    void add(std::optional<std::string> value) { cells_.push_back(std::move(value)); }
    void set_affected(std::size_t count) { affected_ = count; }

private:
    const std::optional<std::string>& cell(std::size_t row, std::size_t column) const {
        return cells_[row * width_ + column];
    }

    std::size_t width_ = 0;
    std::size_t affected_ = 0;
    std::vector<std::optional<std::string>> cells_;
};

/// A connection to the store. Blocks; only StorePool's threads call it, and one at a time.
/// Errors: `unavailable` (the store is away, locked for too long, out of room), `conflict` (a
/// unique value is taken; `param_json` names the constraint), `bad_request` (a value the store
/// refuses: a NUL in a text, a number out of range), `internal` (a statement of ours is wrong).
class Sql {
public:
    virtual ~Sql() = default;

    virtual SqlDialect dialect() const = 0;
    bool is_postgres() const { return dialect() == SqlDialect::postgres; }

    virtual Result<SqlRows> run(const Statement& statement, std::span<const SqlValue> values) = 0;
    Result<SqlRows> run(const Statement& statement, std::initializer_list<SqlValue> values = {}) {
        return run(statement, std::span<const SqlValue>(values.begin(), values.size()));
    }

    /// Runs `work` between begin and commit; rolls back if it returns an error. Not nested. On
    /// SQLite it takes the write lock at once. A transaction that the store gave up for a deadlock
    /// or a serialization failure (40P01, 40001) is run again, a few times, with jitter: so `work`
    /// must not leave anything behind when it fails. A statement that failed inside fails all of
    /// it, on Postgres also where `work` goes on.
    virtual Result<void> transaction(const std::function<Result<void>(Sql&)>& work) = 0;
};

}  // namespace tollweir
