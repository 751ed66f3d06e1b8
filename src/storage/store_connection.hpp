#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// One row of those that a statement gives, while it is read: nothing is copied out of the driver.
/// Columns by their position.
class SqlRowView {
public:
    /// Empty for null. Valid until the next row.
    virtual std::string_view text(std::size_t column) const = 0;
    // 0 for null, and for what another program wrote that is no number.
    virtual std::int64_t integer(std::size_t column) const = 0;
    virtual PicodollarSum sum(std::size_t column) const = 0;

protected:
    ~SqlRowView() = default;
};
using TakeRow = std::function<void(const SqlRowView& row)>;

/// A connection as its owners see it: the pool's threads, migrations, the change listener.
class StoreConnection : public Sql {
public:
    using Sql::run;

    /// Hands over the rows of a statement that gives very many, one after the other. It is not
    /// prepared, and not run again.
    virtual Result<void> each(const std::string& text, std::span<const SqlValue> values,
                              const TakeRow& take) = 0;
    /// Several statements without parameters, as they stand in a migration.
    virtual Result<void> run_script(const std::string& script) = 0;
    /// Ends a statement that runs on another thread, with an error there. Any thread, while the
    /// connection lives.
    virtual void interrupt() = 0;
    /// Whether it can be used once more; looks whether the server has closed it meanwhile.
    virtual bool is_usable() = 0;
    /// What the store said of the statement that failed last, for operators.
    virtual std::string last_failure() const = 0;
};

/// `StoreConnection::each`: all connections of the store are such.
inline Result<void> each_row(Sql& sql, const std::string& text, std::span<const SqlValue> values,
                             const TakeRow& take) {
    return static_cast<StoreConnection&>(sql).each(text, values, take);
}

/// `unavailable`, as clients hear it; why the store is away is in the log.
std::unexpected<GatewayError> store_away();

/// Postgres cannot keep U+0000 in a text, so neither store does.
bool has_nul(const SqlValue& value);
std::unexpected<GatewayError> nul_in_text();

/// `conflict`, with what is unique in `param_json`.
std::unexpected<GatewayError> value_is_taken(std::string_view constraint);

}  // namespace tollweir
