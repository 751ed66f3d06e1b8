#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "storage/connection_string.hpp"
#include "storage/store_connection.hpp"

namespace tollweir {

/// What a session is told once it is made; nothing: Postgres' own default.
struct SessionLimits {
    using Milliseconds = std::chrono::milliseconds;

    std::optional<Milliseconds> statement_timeout = std::nullopt;
    std::optional<Milliseconds> lock_timeout = std::nullopt;
    std::optional<Milliseconds> idle_in_transaction_timeout = std::nullopt;
};

/// One connection to Postgres, of one thread. It is not made again: a broken one is thrown away.
class PostgresSql final : public StoreConnection {
public:
    /// Errors: `unavailable`, the message being for the log (libpq's text: no password).
    static Result<std::unique_ptr<PostgresSql>> open(const ConnectionTarget& target,
                                                     const SessionLimits& limits);
    ~PostgresSql() override;

    SqlDialect dialect() const override { return SqlDialect::postgres; }
    using Sql::run;
    Result<SqlRows> run(const Statement& statement, std::span<const SqlValue> values) override;
    Result<void> transaction(const std::function<Result<void>(Sql&)>& work) override;
    Result<void> each(const std::string& text, std::span<const SqlValue> values,
                      const TakeRow& take) override;
    Result<void> run_script(const std::string& script) override;
    void interrupt() override;
    std::string last_failure() const override;
    bool is_usable() override;

    /// Says `LISTEN channel`; not behind a pooler, whose connections forget it.
    Result<void> listen(const std::string& channel);
    int socket() const;
    /// What has come on the socket.
    Result<void> take_notifications();

private:
    struct Connection;

    explicit PostgresSql(std::unique_ptr<Connection> connection);
    Result<SqlRows> run_once(std::string_view text, bool kept, std::span<const SqlValue> values);
    Result<void> transaction_once(const std::function<Result<void>(Sql&)>& work);
    template <class Action>
    auto guarded(Action action) -> Result<decltype(action())>;
    template <class Work>
    auto in_transaction(Work work);
    void pause_before_retry(int attempt) const;

    std::unique_ptr<Connection> connection_;
};

}  // namespace tollweir
