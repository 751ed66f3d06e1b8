#include "storage/postgres_sql.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <pqxx/pqxx>
#include <random>
#include <thread>
#include <unordered_map>
#include <utility>

#include "storage/sql_text.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kConnectTimeout{5'000};
constexpr int kAttempts = 6;  // of a transaction that the store gave up

// Types whose text is not the one we show. Source: pg_type.dat.
constexpr pqxx::oid kTimestamp = 1114;
constexpr pqxx::oid kTimestampTz = 1184;
constexpr pqxx::oid kTextArray = 1009;
constexpr pqxx::oid kVarcharArray = 1015;

/// A parameter as text: Postgres infers each type from where it stands.
struct AsText {
    std::optional<std::string> operator()(SqlValue::Null) const { return std::nullopt; }
    std::optional<std::string> operator()(bool value) const { return value ? "true" : "false"; }
    std::optional<std::string> operator()(std::int64_t value) const {
        return std::to_string(value);
    }
    std::optional<std::string> operator()(double value) const { return real_text(value); }
    std::optional<std::string> operator()(std::string_view text) const { return std::string(text); }
    std::optional<std::string> operator()(WallTime time) const { return sql_time(time); }
    std::optional<std::string> operator()(SqlValue::Json json) const {
        return std::string(json.text);
    }
    std::optional<std::string> operator()(SqlValue::List list) const {
        return array_literal(list.items);
    }
    std::optional<std::string> operator()(SqlValue::Sum sum) const { return to_text(sum.amount); }
};

std::optional<std::string> cell_of(const pqxx::field& field, pqxx::oid type) {
    if (field.is_null()) return std::nullopt;
    std::string text(field.c_str(), field.size());
    switch (type) {
        case kTimestamp:
        case kTimestampTz:
            if (const auto time = parse_rfc3339(text)) return rfc3339(*time);
            return text;
        case kTextArray:
        case kVarcharArray:
            if (const auto items = read_array_literal(text)) return json_array(*items);
            return text;
        default:
            return text;
    }
}

SqlRows copied(const pqxx::result& result) {
    SqlRows rows;
    const auto width = result.columns();
    rows.set_width(width);
    rows.set_affected(result.affected_rows());
    std::vector<pqxx::oid> types;
    for (pqxx::row::size_type column = 0; column < width; ++column)
        types.push_back(result.column_type(column));
    for (const auto& row : result)
        for (pqxx::row::size_type column = 0; column < width; ++column)
            rows.add(cell_of(row[column], types[column]));
    return rows;
}

/// What stands for a character that COPY's text format escapes. Source: COPY, "Text Format".
char unescaped(char letter) {
    switch (letter) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'v':
            return '\v';
        default:
            return letter;
    }
}

/// A line of COPY's text format: cells with tabs between, `\N` for null.
class LineView final : public SqlRowView {
public:
    /// The cells stand in `line`.
    explicit LineView(std::string& line) : line_(line) {}

    /// Once the line is another one.
    void read() {
        cells_.clear();
        if (line_.ends_with('\n')) line_.pop_back();  // one of a text's own is escaped
        line_.contains('\\') ? read_escaped() : read_plain();
    }

    std::string_view text(std::size_t column) const override { return cells_[column]; }
    std::int64_t integer(std::size_t column) const override {
        const auto digits = text(column);
        std::int64_t value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return value;
    }
    PicodollarSum sum(std::size_t column) const override {
        return parse_picodollars(text(column)).value_or(0);
    }

private:
    void read_plain() {
        std::string_view rest = line_;
        for (;;) {
            const auto end = rest.find('\t');
            cells_.push_back(rest.substr(0, end));
            if (end == rest.npos) return;
            rest.remove_prefix(end + 1);
        }
    }
    /// In place: nothing gets longer.
    void read_escaped() {
        char* to = line_.data();
        const char* cell = to;
        const auto end_cell = [&] { cells_.emplace_back(cell, to); };
        for (std::size_t at = 0; at < line_.size(); ++at) {
            if (line_[at] == '\t') {
                end_cell();
                cell = to;
            } else if (line_[at] != '\\') {
                *to++ = line_[at];
            } else if (++at < line_.size() && line_[at] != 'N') {
                *to++ = unescaped(line_[at]);
            }
        }
        end_cell();
    }

    std::string& line_;
    std::vector<std::string_view> cells_;
};

/// `text` with values for `$1` and so on, where parameters cannot be given. Postgres infers the
/// types of both alike.
std::string with_literals(std::string_view text, std::span<const SqlValue> values,
                          pqxx::connection_base& pq) {
    std::string out;
    for (;;) {
        const auto mark = text.find('$');
        out.append(text.substr(0, mark));
        if (mark == text.npos) return out;
        text.remove_prefix(mark + 1);
        std::size_t number = 0;
        const auto end = std::from_chars(text.data(), text.data() + text.size(), number).ptr;
        if (number == 0 || number > values.size()) {
            out += '$';  // no parameter
            continue;
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const auto literal = std::visit(AsText{}, values[number - 1].value());
        out.append(literal ? pq.quote(*literal) : "null");
    }
}

/// The first name in quotes, whatever the server's language.
std::string_view quoted_in(std::string_view message) {
    const auto begin = message.find('"');
    if (begin == std::string_view::npos) return {};
    return message.substr(begin + 1, message.find('"', begin + 1) - begin - 1);
}

std::string first_line(std::string_view text) {
    return std::string(text.substr(0, text.find('\n')));
}

struct Failure {
    GatewayError error;
    std::string said;         // for operators
    bool again = false;       // a whole new attempt may work
    bool stale_plan = false;  // maybe a prepared statement that the server has no more
};

Failure failure_of(const std::string& state, std::string_view message) {
    const auto is_class = [&](std::string_view two) { return state.starts_with(two); };
    std::string said = first_line(message);
    if (!state.empty()) said += " (" + state + ")";
    if (state == "23505") return {value_is_taken(quoted_in(message)).error(), std::move(said)};
    if (state == "40P01" || state == "40001") return {store_away().error(), std::move(said), true};
    if (is_class("22"))
        return {{ErrorKind::bad_request, ErrorSource::client, "the database refuses a value"},
                std::move(said)};
    // 25006: a standby. 57014: statement_timeout. 55P03: lock_timeout.
    if (is_class("08") || is_class("57") || is_class("53") || is_class("58") || state == "25006" ||
        state == "55P03" || is_class("XX")) {
        log_warning("PostgreSQL: " + said);
        return {store_away().error(), std::move(said)};
    }
    const bool stale = state == "26000" || state == "42P05" || state == "0A000";
    (stale ? log_info : log_error)("PostgreSQL: " + said);
    return {{ErrorKind::internal, ErrorSource::gateway, "the database refused a statement"},
            std::move(said),
            false,
            stale};
}

/// libpq takes what is quoted for one word.
std::string conninfo_quoted(std::string_view value) {
    std::string out = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + '\'';
}

bool has(const ConnectionTarget& target, std::string_view keyword) {
    return target.find(keyword) != nullptr;
}

std::string conninfo_of(const ConnectionTarget& target) {
    std::string text;
    const auto add = [&](std::string_view keyword, std::string_view value) {
        text.append(keyword).append("=").append(conninfo_quoted(value)).append(" ");
    };
    for (const auto& [keyword, value] : target.params) add(keyword, value);
    if (!has(target, "application_name")) add("application_name", "tollweir");
    if (!has(target, "client_encoding")) add("client_encoding", "UTF8");
    const auto connect = target.connect_timeout.value_or(kConnectTimeout);
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(connect).count();
    add("connect_timeout", std::to_string(seconds));
    // A peer that vanished without a word is noticed within some 15 s.
    if (!has(target, "keepalives_idle")) add("keepalives_idle", "5");
    if (!has(target, "keepalives_interval")) add("keepalives_interval", "3");
    if (!has(target, "keepalives_count")) add("keepalives_count", "3");
    if (!has(target, "tcp_user_timeout"))
        add("tcp_user_timeout",
            std::to_string(target.socket_timeout.value_or(milliseconds(15'000)).count()));
    return text;
}

/// `set` statements for a session, or `set local` ones for each transaction behind a pooler.
std::string session_settings(const ConnectionTarget& target, const SessionLimits& limits) {
    const std::string set = target.behind_pgbouncer ? "set local " : "set ";
    // What a report runs is compiled for longer than it then runs.
    std::string text = set + "timezone='UTC';" + set + "datestyle='ISO';" + set + "jit=off;";
    if (!target.schema.empty()) text += set + "search_path=" + quoted_name(target.schema) + ";";
    auto statement = limits.statement_timeout;
    if (target.socket_timeout && target.socket_timeout->count() > 0)
        statement = std::min(statement.value_or(*target.socket_timeout), *target.socket_timeout);
    const auto add = [&](std::string_view name, const std::optional<milliseconds>& span) {
        if (span) text += set + std::string(name) + "=" + std::to_string(span->count()) + ";";
    };
    add("statement_timeout", statement);
    add("lock_timeout", limits.lock_timeout);
    add("idle_in_transaction_session_timeout", limits.idle_in_transaction_timeout);
    return text;
}

}  // namespace

struct PostgresSql::Connection {
    explicit Connection(const std::string& conninfo) : pq(conninfo) {}

    pqxx::connection pq;
    std::unique_ptr<pqxx::work> transaction;
    std::unordered_map<std::string, std::string> prepared;  // text -> name
    std::string local_settings;  // begin every transaction; empty: the session has them
    bool prepares = true;
    bool again = false;    // the transaction under way failed for a reason that may pass
    bool aborted = false;  // a statement of the transaction under way failed
    bool broken = false;
    std::string last_failure;
    std::unique_ptr<pqxx::notification_receiver> receiver;
};

namespace {

/// Says LISTEN; that something came is enough to know.
class Receiver final : public pqxx::notification_receiver {
public:
    using notification_receiver::notification_receiver;
    void operator()(const std::string&, int) override {}
};

}  // namespace

PostgresSql::PostgresSql(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

PostgresSql::~PostgresSql() = default;

Result<std::unique_ptr<PostgresSql>> PostgresSql::open(const ConnectionTarget& target,
                                                       const SessionLimits& limits) {
    try {
        auto connection = std::make_unique<Connection>(conninfo_of(target));
        connection->pq.set_verbosity(pqxx::connection_base::normal);
        connection->prepares = target.prepared_statements.value_or(true);
        const auto settings = session_settings(target, limits);
        if (target.behind_pgbouncer) {
            connection->local_settings = settings;
        } else {
            pqxx::nontransaction session(connection->pq);
            session.exec(settings);
        }
        return std::unique_ptr<PostgresSql>(new PostgresSql(std::move(connection)));
    } catch (const std::exception& error) {
        return fail(ErrorKind::unavailable, first_line(error.what()), ErrorSource::gateway);
    }
}

/// Runs `action`; what libpqxx throws becomes an error.
template <class Action>
auto PostgresSql::guarded(Action action) -> Result<decltype(action())> {
    auto& connection = *connection_;
    const auto failed = [&](Failure failure) {
        const bool unprepared = failure.stale_plan && std::exchange(connection.prepares, false);
        connection.again = connection.again || failure.again || unprepared;
        connection.broken = connection.broken || !connection.pq.is_open();
        connection.aborted = connection.transaction != nullptr;
        connection.last_failure = std::move(failure.said);
        return std::unexpected(std::move(failure.error));
    };
    try {
        return action();
    } catch (const pqxx::sql_error& error) {
        return failed(failure_of(error.sqlstate(), error.what()));
    } catch (const pqxx::serialization_failure& error) {
        return failed(failure_of("40001", error.what()));
    } catch (const pqxx::deadlock_detected& error) {
        return failed(failure_of("40P01", error.what()));
    } catch (const std::exception& error) {
        // A broken connection, a commit without an answer: nobody knows what the server did. What
        // libpqxx says is often of what it tried next.
        const bool lost = !connection.pq.is_open();
        connection.broken = true;
        return failed(failure_of("08006", lost ? "the connection was lost" : error.what()));
    }
}

/// `work(transaction)` in the transaction under way, or in one of its own.
template <class Work>
auto PostgresSql::in_transaction(Work work) {
    auto& connection = *connection_;
    return guarded([&] {
        if (connection.transaction) return work(*connection.transaction);
        if (connection.local_settings.empty()) {
            pqxx::nontransaction alone(connection.pq);
            return work(alone);
        }
        pqxx::work alone(connection.pq);
        alone.exec(connection.local_settings);
        auto outcome = work(alone);
        alone.commit();
        return outcome;
    });
}

Result<SqlRows> PostgresSql::run_once(std::string_view text, bool kept,
                                      std::span<const SqlValue> values) {
    auto& connection = *connection_;
    std::vector<std::optional<std::string>> texts;
    std::vector<const char*> parameters;
    texts.reserve(values.size());
    for (const auto& value : values) {
        if (has_nul(value)) return nul_in_text();
        const auto& made = texts.emplace_back(std::visit(AsText{}, value.value()));
        parameters.push_back(made ? made->c_str() : nullptr);
    }
    return in_transaction([&](pqxx::transaction_base& transaction) {
        const pqxx::internal::dynamic_params given(parameters.begin(), parameters.end());
        if (!kept || !connection.prepares)
            return copied(transaction.exec_params(std::string(text), given));
        auto& name = connection.prepared[std::string(text)];
        if (name.empty()) {
            name = "t" + std::to_string(connection.prepared.size());
            connection.pq.prepare(name, std::string(text));
        }
        return copied(transaction.exec_prepared(name, given));
    });
}

Result<SqlRows> PostgresSql::run(const Statement& statement, std::span<const SqlValue> values) {
    auto& connection = *connection_;
    if (connection.broken) return store_away();
    const bool kept = statement.made.empty();
    const auto text = kept ? statement.postgres : std::string_view(statement.made);
    if (connection.transaction) return run_once(text, kept, values);
    for (int attempt = 1;; ++attempt) {
        connection.again = false;
        auto rows = run_once(text, kept, values);
        if (rows || !connection.again || connection.broken || attempt == kAttempts) return rows;
        pause_before_retry(attempt);
    }
}

/// By COPY: rows are taken while the server makes the next ones, and no more than one is held.
Result<void> PostgresSql::each(const std::string& text, std::span<const SqlValue> values,
                               const TakeRow& take) {
    if (connection_->broken) return store_away();
    if (std::ranges::any_of(values, has_nul)) return nul_in_text();
    // Where a table's name is wanted, COPY takes a query as well.
    const auto query = "(" + with_literals(text, values, connection_->pq) + ")";
    const auto done = in_transaction([&](pqxx::transaction_base& transaction) {
        pqxx::stream_from rows(transaction, query);
        std::string line;
        LineView row(line);
        while (rows.get_raw_line(line)) {
            row.read();
            take(row);
        }
        rows.complete();
        return true;
    });
    if (!done) return std::unexpected(done.error());
    return {};
}

Result<void> PostgresSql::transaction_once(const std::function<Result<void>(Sql&)>& work) {
    auto& connection = *connection_;
    // Whatever happens, and also if `work` throws: the destructor of what is not committed rolls
    // back.
    struct End {
        Connection& connection;
        ~End() { connection.transaction.reset(); }
    } end{connection};
    auto begun = guarded([&] {
        connection.transaction = std::make_unique<pqxx::work>(connection.pq);
        if (!connection.local_settings.empty())
            connection.transaction->exec(connection.local_settings);
        return true;
    });
    if (!begun) return std::unexpected(begun.error());
    connection.aborted = false;
    if (auto done = work(*this); !done) return done;
    // Postgres would answer the commit with a rollback, and no error.
    if (connection.aborted)
        return fail(ErrorKind::internal, "a transaction went on after a statement that failed",
                    ErrorSource::gateway);
    auto committed = guarded([&] {
        connection.transaction->commit();
        return true;
    });
    if (!committed) return std::unexpected(committed.error());
    return {};
}

Result<void> PostgresSql::transaction(const std::function<Result<void>(Sql&)>& work) {
    auto& connection = *connection_;
    if (connection.transaction)
        return fail(ErrorKind::internal, "a transaction inside a transaction",
                    ErrorSource::gateway);
    for (int attempt = 1;; ++attempt) {
        if (connection.broken) return store_away();
        connection.again = false;
        auto done = transaction_once(work);
        if (done || !connection.again || connection.broken || attempt == kAttempts) return done;
        pause_before_retry(attempt);
    }
}

/// With jitter: two that met must not meet again.
void PostgresSql::pause_before_retry(int attempt) const {
    thread_local std::minstd_rand random{std::random_device{}()};
    std::this_thread::sleep_for(
        milliseconds(std::uniform_int_distribution(1, 10 * (1 << attempt))(random)));
}

Result<void> PostgresSql::run_script(const std::string& script) {
    auto& connection = *connection_;
    if (connection.broken) return store_away();
    auto done = guarded([&] {
        if (connection.transaction) {
            connection.transaction->exec(script);
        } else {
            pqxx::nontransaction alone(connection.pq);
            alone.exec(script);
        }
        return true;
    });
    if (!done) return std::unexpected(done.error());
    return {};
}

std::string PostgresSql::last_failure() const {
    return connection_->last_failure;
}

/// A cancel request would be a connection of its own, which may wait as long.
void PostgresSql::interrupt() {
    ::shutdown(connection_->pq.sock(), SHUT_RDWR);
}

bool PostgresSql::is_usable() {
    auto& connection = *connection_;
    if (connection.broken || !connection.pq.is_open()) return false;
    pollfd ready{connection.pq.sock(), POLLIN, 0};
    if (::poll(&ready, 1, 0) <= 0) return true;
    // An idle server has nothing to say but goodbye, or what changed of its settings.
    const auto read = guarded([&] { return connection.pq.get_notifs(); });
    return read && connection.pq.is_open();
}

Result<void> PostgresSql::listen(const std::string& channel) {
    auto& connection = *connection_;
    if (!connection.local_settings.empty()) return {};
    auto done = guarded([&] {
        connection.receiver = std::make_unique<Receiver>(connection.pq, channel);
        return true;
    });
    if (!done) return std::unexpected(done.error());
    return {};
}

int PostgresSql::socket() const {
    return connection_->pq.sock();
}

Result<void> PostgresSql::take_notifications() {
    auto& connection = *connection_;
    auto done = guarded([&] {
        connection.pq.get_notifs();
        if (!connection.pq.is_open()) throw pqxx::broken_connection("the server closed it");
        return true;
    });
    if (!done) return std::unexpected(done.error());
    return {};
}

}  // namespace tollweir
