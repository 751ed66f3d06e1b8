#include <cstdlib>
#include <fstream>
#include <sstream>

#include "config/references.hpp"
#include "config/scalar.hpp"
#include "tollweir/config/load.hpp"

namespace tollweir {
namespace {

bool is_name(std::string_view text) {
    if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
    for (const char c : text) {
        const bool fits = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                          (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
        if (!fits) return false;
    }
    return true;
}

char unescaped(char c) {
    switch (c) {
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return c;
    }
}

/// The text in quotes that `text` begins with; a double quoted one has escapes. The end of the file
/// ends it too. Moves `at` behind it.
std::string quoted(std::string_view text, std::size_t& at) {
    const char quote = text[at++];
    std::string value;
    while (at < text.size() && text[at] != quote) {
        if (text[at] == '\\' && at + 1 < text.size() && (quote == '"' || text[at + 1] == quote)) {
            ++at;
            value += quote == '"' ? unescaped(text[at]) : text[at];
        } else {
            value += text[at];
        }
        ++at;
    }
    if (at < text.size()) ++at;
    return value;
}

/// Up to the line's end or to a `#` after a blank.
std::string bare(std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i)
        if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t'))
            return std::string(trimmed(line.substr(0, i)));
    return std::string(trimmed(line));
}

std::string_view line_from(std::string_view text, std::size_t at) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    return text.substr(at, end - at);
}

std::map<std::string, std::string> parse(std::string_view text) {
    std::map<std::string, std::string> variables;
    std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    while (at < text.size()) {
        const std::string_view line = line_from(text, at);
        const std::size_t equals = line.find('=');
        std::string_view name = trimmed(line.substr(0, std::min(equals, line.size())));
        if (name.starts_with("export ")) name = trimmed(name.substr(7));
        if (equals == std::string_view::npos || !is_name(name)) {
            at += line.size() + 1;
            continue;
        }
        std::size_t value_at = at + equals + 1;
        while (value_at < at + line.size() && (text[value_at] == ' ' || text[value_at] == '\t'))
            ++value_at;
        if (value_at < text.size() && (text[value_at] == '"' || text[value_at] == '\'')) {
            variables[std::string(name)] = quoted(text, value_at);
            at = value_at + line_from(text, value_at).size() + 1;
        } else {
            variables[std::string(name)] = bare(line.substr(equals + 1));
            at += line.size() + 1;
        }
    }
    return variables;
}

}  // namespace

std::map<std::string, std::string> read_env_file(const std::filesystem::path& file) {
    std::error_code code;
    if (!std::filesystem::is_regular_file(file, code)) return {};
    if (std::filesystem::file_size(file, code) > 1024 * 1024 || code) return {};
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return parse(text.str());
}

Environment process_environment(const std::filesystem::path& env_file) {
    const auto get = [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
    const auto mode = get("LITELLM_MODE");
    if (mode && *mode == "PRODUCTION") return get;
    const auto variables = read_env_file(env_file);
    return [get, variables](const std::string& name) {
        auto value = get(name);
        if (value) return value;
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
    };
}

}  // namespace tollweir
