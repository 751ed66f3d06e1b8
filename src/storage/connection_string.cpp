#include "storage/connection_string.hpp"

#include <algorithm>
#include <array>

#include "storage/connection_params.hpp"
#include "tollweir/core/percent.hpp"
#include "tollweir/core/url_query.hpp"

namespace tollweir {
namespace {

std::unexpected<GatewayError> unreadable(std::string what) {
    return fail(ErrorKind::bad_request, "the database's connection string: " + std::move(what));
}

std::string_view take_until(std::string_view& text, char end) {
    const auto at = text.find(end);
    const auto taken = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at);
    return taken;
}

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_port(std::string_view text) {
    return text.size() <= 5 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// `name`, `name:5432`, `[::1]:5432`, `%2Fvar%2Frun`, or nothing.
bool is_host(std::string_view text) {
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return false;
        const auto rest = text.substr(end + 1);
        return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
    }
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && !is_port(text.substr(colon + 1))) return false;
    return std::ranges::all_of(text.substr(0, colon), [](char c) {
        return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '%';
    });
}

bool is_known_query(std::string_view query) {
    while (!query.empty()) {
        auto pair = take_until(query, '&');
        if (!query.empty()) query.remove_prefix(1);
        if (!pair.contains('=') || !is_connection_param(take_until(pair, '='))) return false;
    }
    return true;
}

/// What stands behind the user and the password.
struct Location {
    std::string_view hosts;
    std::string_view database;
    std::string_view query;
    bool well_formed = false;
    bool query_known = false;
};

Location read_location(std::string_view text) {
    Location location;
    auto path = take_until(text, '?');
    location.query = text.empty() ? text : text.substr(1);
    location.hosts = take_until(path, '/');
    location.database = path.empty() ? path : path.substr(1);
    bool hosts_fit = true;
    for (auto rest = location.hosts; !rest.empty();) {
        hosts_fit = hosts_fit && is_host(take_until(rest, ','));
        if (!rest.empty()) rest.remove_prefix(1);
    }
    location.well_formed = hosts_fit &&
                           location.database.find_first_of("/#@: ") == std::string_view::npos &&
                           location.query.find_first_of("#? ") == std::string_view::npos;
    location.query_known = is_known_query(location.query);
    return location;
}

struct Split {
    std::string_view user_and_password;
    Location location;
};

/// What cannot be where it is, in a text that is no host, database and query.
char odd_character(std::string_view location) {
    for (const char c : {' ', '#'})
        if (location.contains(c)) return c;
    for (const char c : {'?', '/'})
        if (std::ranges::count(location, c) > 1) return c;
    return location.contains(':') ? ':' : '@';
}

/// Where the password ends is where what follows can be a host, a database and a query: a password
/// may hold any character, a host hardly one.
Result<Split> split_authority(std::string_view text) {
    std::vector<Split> ways;
    for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
        const auto location = read_location(text.substr(at + 1));
        if (!location.well_formed) continue;
        // An `@` in the query of a string that is right as it stands.
        if (location.query_known && location.query.contains('@'))
            return Split{text.substr(0, at), location};
        ways.push_back({text.substr(0, at), location});
    }
    if (ways.size() == 1) return ways.front();
    if (!text.contains('@')) {
        const auto location = read_location(text);
        if (location.well_formed) return Split{{}, location};
        return unreadable(
            "expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE; write % as %25, @ as %40, "
            "/ as %2F, ? as %3F, # as %23 and a blank as %20");
    }
    const char odd = ways.empty() ? odd_character(text.substr(text.rfind('@') + 1)) : '@';
    std::string encoded;
    append_percent_encoded(encoded, std::string_view(&odd, 1));
    return unreadable(std::string("a `") + odd +
                      "` stands where it can be read in two ways or in none: write it as " +
                      encoded);
}

Result<void> read_hosts(std::string_view hosts, ConnectionTarget& target) {
    std::string names, ports;
    bool first = true, any_port = false;
    while (!hosts.empty() || first) {
        auto host = take_until(hosts, ',');
        if (!hosts.empty()) hosts.remove_prefix(1);
        if (!first) names += ',', ports += ',';
        first = false;
        std::string_view name = host, port;
        if (host.starts_with('[')) {
            name = host.substr(1, host.find(']') - 1);
            host.remove_prefix(host.find(']') + 1);
            if (!host.empty()) port = host.substr(1);
        } else if (const auto colon = host.find(':'); colon != std::string_view::npos) {
            name = host.substr(0, colon);
            port = host.substr(colon + 1);
        }
        names += percent_decode(name);
        ports += port;
        any_port = any_port || !port.empty();
    }
    if (names.find_first_not_of(',') != std::string::npos) target.set("host", std::move(names));
    if (any_port) target.set("port", std::move(ports));
    return {};
}

Result<void> read_query(std::string_view query, ConnectionTarget& target) {
    while (!query.empty()) {
        auto pair = take_until(query, '&');
        if (!query.empty()) query.remove_prefix(1);
        if (pair.empty()) continue;
        const auto name = percent_decode(take_until(pair, '='));
        auto value = percent_decode(pair.empty() ? pair : pair.substr(1));
        if (auto done = apply_connection_param(target, name, std::move(value)); !done) return done;
    }
    return {};
}

Result<ConnectionTarget> parse_url(std::string_view rest) {
    auto split = split_authority(rest);
    if (!split) return std::unexpected(split.error());
    ConnectionTarget target;
    auto password = split->user_and_password;
    const auto user = take_until(password, ':');
    if (!user.empty()) target.set("user", percent_decode(user));
    if (password.size() > 1) target.set("password", percent_decode(password.substr(1)));
    if (auto read = read_hosts(split->location.hosts, target); !read)
        return std::unexpected(read.error());
    if (!split->location.database.empty())
        target.set("dbname", percent_decode(split->location.database));
    if (auto read = read_query(split->location.query, target); !read)
        return std::unexpected(read.error());
    return target;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// libpq's `host=db password='it''s'`; a backslash takes the next character as it is.
Result<ConnectionTarget> parse_keywords(std::string_view text) {
    ConnectionTarget target;
    std::size_t at = 0;
    const auto skip_blanks = [&] {
        while (at < text.size() && is_blank(text[at])) ++at;
    };
    for (skip_blanks(); at < text.size(); skip_blanks()) {
        std::string name, value;
        while (at < text.size() && text[at] != '=' && !is_blank(text[at])) name += text[at++];
        skip_blanks();
        if (at == text.size() || text[at++] != '=')
            return unreadable("expected a URL (postgresql://...) or keyword=value pairs");
        skip_blanks();
        const bool quoted = at < text.size() && text[at] == '\'';
        if (quoted) ++at;
        for (; at < text.size() && (quoted ? text[at] != '\'' : !is_blank(text[at])); ++at) {
            if (text[at] == '\\' && at + 1 < text.size()) ++at;
            value += text[at];
        }
        if (quoted && at++ >= text.size()) return unreadable("a quote that does not end");
        if (auto done = apply_connection_param(target, name, std::move(value)); !done)
            return std::unexpected(done.error());
    }
    return target;
}

Result<ConnectionTarget> parse_sqlite(std::string_view rest) {
    const auto path = take_until(rest, '?');
    // `sqlite:///file` is relative, `sqlite:////file` whole: as SQLAlchemy has it.
    if (!path.starts_with("///") || path.size() == 3)
        return unreadable("expected sqlite:///FILE, or sqlite:////WHOLE/PATH");
    ConnectionTarget target;
    target.sqlite_file = percent_decode(path.substr(3));
    return target;
}

/// Quotes that a shell or a .env file left around it.
std::string_view unquoted(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    const bool quoted = text.size() > 1 && text.front() == text.back() &&
                        (text.front() == '"' || text.front() == '\'');
    return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

const std::string* ConnectionTarget::find(std::string_view keyword) const {
    const auto found =
        std::ranges::find(params, keyword, &std::pair<std::string, std::string>::first);
    return found == params.end() ? nullptr : &found->second;
}

void ConnectionTarget::set(std::string_view keyword, std::string value) {
    const auto found =
        std::ranges::find(params, keyword, &std::pair<std::string, std::string>::first);
    if (found == params.end())
        params.emplace_back(keyword, std::move(value));
    else
        found->second = std::move(value);
}

std::string ConnectionTarget::place() const {
    const auto or_else = [&](std::string_view keyword, std::string_view usual) {
        const auto* value = find(keyword);
        return value == nullptr ? std::string(usual) : *value;
    };
    const auto host = or_else("host", or_else("hostaddr", "localhost"));
    const auto database = or_else("dbname", or_else("user", ""));
    if (host.starts_with('/')) return host + '/' + database;
    return (host.contains(':') ? '[' + host + ']' : host) + ':' + or_else("port", "5432") + '/' +
           database;
}

Result<ConnectionTarget> parse_connection_string(std::string_view text) {
    text = unquoted(text);
    const auto colon = text.find(':');
    const auto scheme = text.substr(0, colon);
    Result<ConnectionTarget> target = ConnectionTarget{};
    if (colon == std::string_view::npos || scheme.contains('=')) {
        target = parse_keywords(text);
    } else if (scheme == "sqlite" || scheme == "file") {
        return parse_sqlite(text.substr(colon + 1));
    } else {
        const auto driver = scheme.substr(0, scheme.find('+'));
        if ((driver != "postgresql" && driver != "postgres") ||
            !text.substr(colon).starts_with("://"))
            return unreadable("expected postgresql://..., sqlite:///FILE or keyword=value pairs");
        target = parse_url(text.substr(colon + 3));
    }
    return target;
}

}  // namespace tollweir
