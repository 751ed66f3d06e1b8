#include "storage/sqlite_sql.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <mutex>
#include <vector>

#include "storage/sql_text.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

/// Binds each kind of value. Texts are the caller's and live until the statement has run; those
/// made here are copied.
class Binder {
public:
    Binder(sqlite3_stmt* statement, int index) : statement_(statement), index_(index) {}

    int operator()(SqlValue::Null) const { return sqlite3_bind_null(statement_, index_); }
    int operator()(bool value) const { return sqlite3_bind_int(statement_, index_, value ? 1 : 0); }
    int operator()(std::int64_t value) const {
        return sqlite3_bind_int64(statement_, index_, value);
    }
    int operator()(double value) const { return sqlite3_bind_double(statement_, index_, value); }
    int operator()(std::string_view text) const { return bind(text, SQLITE_STATIC); }
    int operator()(WallTime time) const { return bind(sql_time(time), SQLITE_TRANSIENT); }
    int operator()(SqlValue::Json json) const { return bind(json.text, SQLITE_STATIC); }
    int operator()(SqlValue::List list) const {
        return bind(json_array(list.items), SQLITE_TRANSIENT);
    }
    int operator()(SqlValue::Sum sum) const {
        return sqlite3_bind_int64(statement_, index_, held_sum(sum.amount));
    }

private:
    int bind(std::string_view text, sqlite3_destructor_type owner) const {
        // A null pointer would bind NULL.
        const char* data = text.data() == nullptr ? "" : text.data();
        return sqlite3_bind_text64(statement_, index_, data, text.size(), owner, SQLITE_UTF8);
    }

    sqlite3_stmt* statement_;
    int index_;
};

/// Columns of times are declared so in our migrations; Postgres knows by the type.
bool holds_time(sqlite3_stmt* statement, int column) {
    const char* declared = sqlite3_column_decltype(statement, column);
    return declared != nullptr && std::string_view(declared).starts_with("timestamp");
}

std::optional<std::string> cell_of(sqlite3_stmt* statement, int column, bool is_time) {
    const auto type = sqlite3_column_type(statement, column);
    if (type == SQLITE_NULL) return std::nullopt;
    if (type == SQLITE_FLOAT) return real_text(sqlite3_column_double(statement, column));
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    std::string text(data == nullptr ? "" : data, size);
    if (is_time && type == SQLITE_TEXT)
        if (const auto time = parse_rfc3339(text)) return rfc3339(*time);
    return text;
}

class RowView final : public SqlRowView {
public:
    explicit RowView(sqlite3_stmt* statement) : statement_(statement) {}

    std::string_view text(std::size_t column) const override {
        const auto at = static_cast<int>(column);
        const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, at));
        if (data == nullptr) return {};
        return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, at))};
    }
    std::int64_t integer(std::size_t column) const override {
        return sqlite3_column_int64(statement_, static_cast<int>(column));
    }
    PicodollarSum sum(std::size_t column) const override { return integer(column); }

private:
    sqlite3_stmt* statement_;
};

/// Ends the run of a statement, whichever way it ended.
struct Reset {
    sqlite3_stmt* statement;
    ~Reset() {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    }
};

GatewayError error_of(int extended_code, std::string_view message) {
    using enum ErrorKind;
    const int code = extended_code & 0xFF;
    GatewayError error(internal, ErrorSource::gateway, "the database refused a statement");
    switch (code) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_INTERRUPT:
        case SQLITE_NOMEM:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
            error = store_away().error();
            break;
        case SQLITE_CONSTRAINT:
            if (extended_code != SQLITE_CONSTRAINT_UNIQUE &&
                extended_code != SQLITE_CONSTRAINT_PRIMARYKEY)
                break;
            // `UNIQUE constraint failed: LiteLLM_TeamTable.team_alias`
            return value_is_taken(message.substr(std::min(message.find(": ") + 2, message.size())))
                .error();
        case SQLITE_TOOBIG:
        case SQLITE_RANGE:
        case SQLITE_MISMATCH:
            return {bad_request, ErrorSource::client, "the database refuses a value"};
        default:
            break;
    }
    const auto text =
        "SQLite: " + std::string(message) + " (" + std::to_string(extended_code) + ")";
    if (error.kind == internal)
        log_error(text);
    else
        log_warning(text);
    return error;
}

/// Made before SQLite makes it, which would let the umask decide who may read it.
Result<void> make_file(const std::filesystem::path& file) {
    std::error_code error;
    const auto folder = file.parent_path();
    if (!folder.empty() && !std::filesystem::exists(folder, error)) {
        std::filesystem::create_directories(folder, error);
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    }
    // A file that is there is not opened: closing it again would take away the locks that this
    // process's other connections hold on it, and another process would take the WAL for its own.
    static std::mutex one_at_a_time;
    const std::lock_guard lock(one_at_a_time);
    const int descriptor = ::open(file.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0 && errno == EEXIST && ::access(file.c_str(), R_OK | W_OK) == 0) return {};
    if (descriptor < 0)
        return fail(ErrorKind::bad_request,
                    "cannot write " + file.string() +
                        ": set tollweir_settings.data_dir to a folder that can be written, or "
                        "DATABASE_URL to a PostgreSQL database");
    ::close(descriptor);
    return {};
}

}  // namespace

void SqliteSql::CloseDatabase::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}

void SqliteSql::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Result<std::unique_ptr<SqliteSql>> SqliteSql::open(const SqliteOptions& options) {
    // To count what it allocates SQLite takes a lock each time, and nobody asks. Before its first
    // connection, or never.
    static const int counts_memory = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(counts_memory);
    if (auto made = make_file(options.file); !made) return std::unexpected(made.error());
    sqlite3* database = nullptr;
    const int opened = sqlite3_open_v2(
        options.file.c_str(), &database,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    std::unique_ptr<SqliteSql> sql(new SqliteSql(database));
    if (opened != SQLITE_OK) return std::unexpected(sql->last_error());
    sqlite3_busy_timeout(database, static_cast<int>(options.busy_timeout.count()));
    sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, options.tidies_at_close ? 0 : 1,
                      nullptr);
    auto set = sql->run_script(
        std::string("pragma synchronous=") + (options.survives_power_cut ? "full" : "normal") +
        // KiB, an upper bound: with the default 2 MiB a batch of spend reads its pages anew.
        ";pragma cache_size=-16384"
        ";pragma foreign_keys=off;pragma temp_store=memory");
    if (set) set = sql->use_write_ahead_log(options.busy_timeout);
    if (set) return sql;
    if ((sqlite3_errcode(database) & 0xFF) == SQLITE_NOTADB)
        return fail(ErrorKind::bad_request, options.file.string() + " is no SQLite database");
    return std::unexpected(set.error());
}

/// A new file is switched to its log once; while another process does it, SQLite answers that the
/// file is locked without waiting, whatever the time-out.
Result<void> SqliteSql::use_write_ahead_log(std::chrono::milliseconds patience) {
    constexpr int kStep = 5;  // milliseconds
    const auto end = Clock::now() + patience;
    for (;;) {
        auto set = run_script("pragma journal_mode=wal");
        const bool is_locked = (sqlite3_errcode(database_.get()) & 0xFF) == SQLITE_BUSY;
        if (set || !is_locked || Clock::now() >= end) return set;
        sqlite3_sleep(kStep);
    }
}

SqliteSql::~SqliteSql() = default;

GatewayError SqliteSql::last_error() {
    last_failure_ = sqlite3_errmsg(database_.get());
    return error_of(sqlite3_extended_errcode(database_.get()), last_failure_);
}

Result<SqliteSql::Prepared> SqliteSql::prepare(std::string_view text, bool kept) {
    sqlite3_stmt* statement = nullptr;
    const int done = sqlite3_prepare_v3(database_.get(), text.data(), static_cast<int>(text.size()),
                                        kept ? SQLITE_PREPARE_PERSISTENT : 0, &statement, nullptr);
    Prepared prepared{.statement{statement}, .values{}};
    if (done != SQLITE_OK) return std::unexpected(last_error());
    const int count = sqlite3_bind_parameter_count(statement);
    for (int index = 1; index <= count; ++index) {
        const std::string_view name(sqlite3_bind_parameter_name(statement, index));
        std::size_t number = 0;
        std::from_chars(name.data() + 1, name.data() + name.size(), number);
        prepared.values.push_back(number - 1);
    }
    return prepared;
}

Result<const SqliteSql::Prepared*> SqliteSql::find_prepared(std::string_view text) {
    if (const auto found = prepared_.find(text); found != prepared_.end()) return &found->second;
    auto made = prepare(text, true);
    if (!made) return std::unexpected(made.error());
    return &prepared_.emplace(text, std::move(*made)).first->second;
}

Result<SqlRows> SqliteSql::run(const Statement& statement, std::span<const SqlValue> values) {
    if (statement.made.empty()) {
        auto prepared = find_prepared(statement.sqlite);
        if (!prepared) return std::unexpected(prepared.error());
        return step(**prepared, values);
    }
    auto prepared = prepare(statement.made, false);
    if (!prepared) return std::unexpected(prepared.error());
    return step(*prepared, values);
}

Result<void> SqliteSql::bind(const Prepared& prepared, std::span<const SqlValue> values) {
    auto* statement = prepared.statement.get();
    int index = 0;
    for (const auto which : prepared.values) {
        ++index;
        if (which >= values.size()) continue;  // is null
        if (has_nul(values[which])) return nul_in_text();
        if (std::visit(Binder(statement, index), values[which].value()) != SQLITE_OK)
            return std::unexpected(last_error());
    }
    return {};
}

Result<void> SqliteSql::each(const std::string& text, std::span<const SqlValue> values,
                             const TakeRow& take) {
    const auto prepared = prepare(text, false);
    if (!prepared) return std::unexpected(prepared.error());
    auto* statement = prepared->statement.get();
    const Reset reset{statement};
    if (auto bound = bind(*prepared, values); !bound) return bound;
    const RowView row(statement);
    int state;
    while ((state = sqlite3_step(statement)) == SQLITE_ROW) take(row);
    if (state != SQLITE_DONE) return std::unexpected(last_error());
    return {};
}

Result<SqlRows> SqliteSql::step(const Prepared& prepared, std::span<const SqlValue> values) {
    auto* statement = prepared.statement.get();
    const Reset reset{statement};
    if (auto bound = bind(prepared, values); !bound) return std::unexpected(bound.error());
    SqlRows rows;
    const int width = sqlite3_column_count(statement);
    rows.set_width(static_cast<std::size_t>(width));
    const auto before = sqlite3_total_changes64(database_.get());
    int state;
    std::vector<bool> times;
    while ((state = sqlite3_step(statement)) == SQLITE_ROW) {
        if (times.empty())
            for (int column = 0; column < width; ++column)
                times.push_back(holds_time(statement, column));
        for (int column = 0; column < width; ++column)
            rows.add(cell_of(statement, column, times[static_cast<std::size_t>(column)]));
    }
    if (state != SQLITE_DONE) return std::unexpected(last_error());
    // Changes by triggers do not count, but a select leaves the count of the statement before.
    if (sqlite3_total_changes64(database_.get()) != before)
        rows.set_affected(static_cast<std::size_t>(sqlite3_changes64(database_.get())));
    return rows;
}

Result<void> SqliteSql::run_script(const std::string& script) {
    if (sqlite3_exec(database_.get(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return std::unexpected(last_error());
    return {};
}

Result<void> SqliteSql::transaction(const std::function<Result<void>(Sql&)>& work) {
    if (in_transaction_)
        return fail(ErrorKind::internal, "a transaction inside a transaction",
                    ErrorSource::gateway);
    if (auto begun = run("begin immediate"); !begun) return std::unexpected(begun.error());
    struct Rollback {
        SqliteSql& sql;
        bool committed = false;
        ~Rollback() {
            sql.in_transaction_ = false;
            // Some errors have rolled back already.
            if (!committed && sqlite3_get_autocommit(sql.database_.get()) == 0)
                (void)sql.run("rollback");
        }
    } rollback{*this};
    in_transaction_ = true;
    if (auto done = work(*this); !done) return done;
    if (auto done = run("commit"); !done) return std::unexpected(done.error());
    rollback.committed = true;
    return {};
}

std::string SqliteSql::last_failure() const {
    return last_failure_;
}

void SqliteSql::interrupt() {
    sqlite3_interrupt(database_.get());
}

}  // namespace tollweir
