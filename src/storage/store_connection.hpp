#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// A connection as its owners see it: the pool's threads, migrations, the change listener.
class StoreConnection : public Sql {
public:
    using Sql::run;

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

/// `unavailable`, as clients hear it; why the store is away is in the log.
std::unexpected<GatewayError> store_away();

/// Postgres cannot keep U+0000 in a text, so neither store does.
bool has_nul(const SqlValue& value);
std::unexpected<GatewayError> nul_in_text();

/// `conflict`, with what is unique in `param_json`.
std::unexpected<GatewayError> value_is_taken(std::string_view constraint);

}  // namespace tollweir
