#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tollweir/core/error.hpp"

namespace tollweir {

/// What a connection string asks for, in libpq's words and ours. Holds the password: never logged.
struct ConnectionTarget {
    using Milliseconds = std::chrono::milliseconds;

    std::optional<std::filesystem::path> sqlite_file;  // `sqlite:///path`: all below is empty

    std::vector<std::pair<std::string, std::string>> params;  // libpq's keywords
    std::string schema;                                       // empty: the role's own search path
    bool behind_pgbouncer = false;                            // connections change hands
    std::optional<bool> prepared_statements;
    std::optional<std::size_t> pool_limit;
    std::optional<Milliseconds> pool_timeout;  // 0: for ever
    std::optional<Milliseconds> connect_timeout;
    std::optional<Milliseconds> socket_timeout;
    std::vector<std::string> notices;  // what was left out, and why; no values

    const std::string* find(std::string_view keyword) const;
    void set(std::string_view keyword, std::string value);
    /// `db:5432/litellm`: where it is, without user and password.
    std::string place() const;
};

/// Reads a URL (`postgresql://`, `postgres://`, SQLAlchemy's `postgresql+driver://`, `sqlite:///`)
/// or libpq's `keyword=value` text, with the parameters that libpq or Prisma know;
/// `finish_connection_params` comes when those from elsewhere are applied too. A password with
/// unescaped characters is understood where there is one way to read it. Errors (`bad_request`)
/// never quote the string.
Result<ConnectionTarget> parse_connection_string(std::string_view text);

/// One parameter as in a URL's query: libpq's as it is, Prisma's translated.
Result<void> apply_connection_param(ConnectionTarget& target, std::string_view name,
                                    std::string value);
/// After all of them: Prisma's ways to say TLS, which need several.
void finish_connection_params(ConnectionTarget& target);

}  // namespace tollweir
