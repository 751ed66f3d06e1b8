#include "storage/connection_params.hpp"

#include <algorithm>
#include <charconv>

#include "storage/connection_string.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Source: PostgreSQL 15, libpq, "Parameter Key Words".
constexpr std::string_view kOfLibpq[] = {
    "application_name",
    "channel_binding",
    "client_encoding",
    "dbname",
    "fallback_application_name",
    "gssencmode",
    "gsslib",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "options",
    "passfile",
    "password",
    "port",
    "replication",
    "requirepeer",
    "service",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslmode",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
};

// Source: Prisma, "PostgreSQL connector"; what is ours to do is read below.
constexpr std::string_view kOfPrisma[] = {
    "connect_timeout",
    "connection_limit",
    "max_idle_connection_lifetime",
    "pgbouncer",
    "pool_timeout",
    "schema",
    "socket_timeout",
    "sslaccept",
    "sslidentity",
    "single_use_connections",
    "statement_cache_size",
};

constexpr std::string_view kAuthorities = "/etc/ssl/certs/ca-certificates.crt";

std::optional<std::uint32_t> whole(std::string_view text) {
    std::uint32_t value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc{} || at != end) return std::nullopt;
    return value;
}

template <std::size_t N>
bool holds(const std::string_view (&names)[N], std::string_view name) {
    return std::ranges::find(names, name) != std::end(names);
}

bool is_true(std::string_view text) {
    return text == "true" || text == "1" || text == "yes" || text == "on" || text == "True";
}

/// Prisma's parameters that hold a number; false: it is none of them.
bool apply_number(ConnectionTarget& target, std::string_view name, std::uint32_t value) {
    if (name == "connection_limit")
        target.pool_limit = value;
    else if (name == "pool_timeout")
        target.pool_timeout = seconds(value);
    else if (name == "connect_timeout")
        target.connect_timeout = seconds(value);
    else if (name == "socket_timeout")
        target.socket_timeout = seconds(value);
    else if (name == "statement_cache_size")
        target.prepared_statements = value != 0;
    else
        return false;
    return true;
}

bool holds_number(std::string_view name) {
    return name == "connection_limit" || name == "pool_timeout" || name == "connect_timeout" ||
           name == "socket_timeout" || name == "statement_cache_size";
}

}  // namespace

bool is_connection_param(std::string_view name) {
    return holds(kOfLibpq, name) || holds(kOfPrisma, name);
}

Result<void> apply_connection_param(ConnectionTarget& target, std::string_view name,
                                    std::string value) {
    if (holds_number(name)) {
        const auto number = whole(value);
        if (!number)
            return fail(ErrorKind::bad_request, "the database's connection string: `" +
                                                    std::string(name) + "` must be a whole number");
        apply_number(target, name, *number);
    } else if (name == "schema") {
        target.schema = std::move(value);
    } else if (name == "pgbouncer") {
        target.behind_pgbouncer = is_true(value);
    } else if (name == "sslidentity") {
        target.notices.emplace_back(
            "`sslidentity` (a PKCS#12 file) is left out: give `sslcert` and `sslkey`, PEM files");
    } else if (holds(kOfLibpq, name) || name == "sslaccept") {
        target.set(name, std::move(value));
    } else if (!holds(kOfPrisma, name)) {
        target.notices.push_back("`" + std::string(name.substr(0, 60)) +
                                 "` is left out: neither PostgreSQL nor Prisma knows it");
    }
    return {};
}

void finish_connection_params(ConnectionTarget& target) {
    const auto* accept = target.find("sslaccept");
    const bool strict = accept != nullptr && *accept == "strict";
    std::erase_if(target.params, [](const auto& param) { return param.first == "sslaccept"; });
    // Prisma's `sslcert` is the authority of the server; libpq's is the client's own and has a key.
    if (const auto* certificate = target.find("sslcert");
        certificate != nullptr && target.find("sslkey") == nullptr) {
        target.set("sslrootcert", *certificate);
        std::erase_if(target.params, [](const auto& param) { return param.first == "sslcert"; });
    }
    const auto* mode = target.find("sslmode");
    if (!strict || (mode != nullptr && *mode == "disable")) return;
    target.set("sslmode", "verify-full");
    if (target.find("sslrootcert") == nullptr) target.set("sslrootcert", std::string(kAuthorities));
}

}  // namespace tollweir
