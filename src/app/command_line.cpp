#include "tollweir/app/command_line.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <thread>

#include "app/flags.hpp"
#include "tollweir/config/nearest.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

using Failure = std::unexpected<std::string>;
using Status = std::expected<void, std::string>;

constexpr double kLongestSeconds = 7 * 24 * 3600;
constexpr std::int64_t kMostWorkers = 1024;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::optional<bool> parse_word(std::string_view text) {
    const std::string word = lower(text);
    if (word == "true" || word == "1" || word == "yes" || word == "on") return true;
    if (word == "false" || word == "0" || word == "no" || word == "off") return false;
    return std::nullopt;
}

template <class Number>
std::optional<Number> parse_whole_text(std::string_view text) {
    Number value{};
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc{} || at != end) return std::nullopt;
    return value;
}

/// A value and how the operator gave it: `--port`, or `the variable PORT`.
struct Given {
    std::string value;
    std::string source;
    std::string_view variable = {};  // its name; empty: a flag
};

/// The flags of one command line, then their variables. `check FILE` and other words apart.
class Arguments {
public:
    explicit Arguments(const Environment& environment) : environment_(environment) {}

    Status read(const std::vector<std::string>& arguments) {
        for (std::size_t i = 0; i < arguments.size(); ++i)
            if (auto taken = take(arguments, i); !taken) return taken;
        return {};
    }

    const std::vector<std::string>& words() const { return words_; }
    bool has_flag(std::string_view name) const { return given_.contains(name); }

    std::optional<Given> find(std::string_view name) const {
        const Flag* flag = find_flag(name);
        const auto found = given_.find(name);
        if (found != given_.end()) return Given{found->second, "--" + std::string(name)};
        if (flag->variable.empty()) return std::nullopt;
        auto value = environment_(std::string(flag->variable));
        if (!value || value->empty()) return std::nullopt;
        return Given{std::move(*value), "the variable " + std::string(flag->variable),
                     flag->variable};
    }

private:
    Status take(const std::vector<std::string>& arguments, std::size_t& at) {
        const std::string& argument = arguments[at];
        if (argument.starts_with("--")) return take_long(arguments, at);
        if (argument.size() < 2 || argument[0] != '-') {
            words_.push_back(argument);
            return {};
        }
        const Flag* flag = find_flag(argument[1]);
        const bool has_rest = argument.size() > 2;
        if (flag == nullptr || (has_rest && flag->kind == FlagKind::present))
            return Failure("unknown flag " + argument + " (--help lists all)");
        if (has_rest) return set(*flag, argument.substr(argument[2] == '=' ? 3 : 2));
        return take_value(*flag, arguments, at);
    }

    Status take_long(const std::vector<std::string>& arguments, std::size_t& at) {
        const std::string& argument = arguments[at];
        const std::size_t equals = argument.find('=');
        const std::string name = argument.substr(2, equals == argument.npos ? equals : equals - 2);
        const Flag* flag = find_flag(name);
        if (flag == nullptr) {
            const auto meant = nearest(name, flag_names());
            std::string message = "unknown flag --" + name;
            if (!meant.empty()) message += "; did you mean --" + std::string(meant) + "?";
            return Failure(message + " (--help lists all)");
        }
        if (equals != argument.npos) return set(*flag, argument.substr(equals + 1));
        return take_value(*flag, arguments, at);
    }

    Status take_value(const Flag& flag, const std::vector<std::string>& arguments,
                      std::size_t& at) {
        if (flag.kind == FlagKind::present) return set(flag, "true");
        if (at + 1 == arguments.size() || arguments[at + 1].starts_with("--"))
            return Failure("--" + std::string(flag.name) +
                           " needs a value: " + std::string(flag.argument));
        return set(flag, arguments[++at]);
    }

    Status set(const Flag& flag, std::string value) {
        if (value.empty()) return Failure("--" + std::string(flag.name) + " is empty");
        given_[flag.name] = std::move(value);
        return {};
    }

    const Environment& environment_;
    std::map<std::string_view, std::string> given_;
    std::vector<std::string> words_;
};

/// Reads typed values into fields; keeps the first error.
class Reader {
public:
    explicit Reader(const Arguments& arguments) : arguments_(arguments) {}

    const std::string& error() const { return error_; }

    void fail(std::string message) {
        if (error_.empty()) error_ = std::move(message);
    }

    bool is_on(std::string_view name) {
        const auto given = arguments_.find(name);
        if (!given) return false;
        const auto word = parse_word(given->value);
        if (!word) fail(given->source + ": expected true or false, found \"" + given->value + "\"");
        return word.value_or(false);
    }

    std::optional<std::string> text(std::string_view name) {
        auto given = arguments_.find(name);
        return given ? std::optional(std::move(given->value)) : std::nullopt;
    }

    std::optional<std::int64_t> whole(std::string_view name, std::int64_t least,
                                      std::int64_t most) {
        const auto given = arguments_.find(name);
        if (!given) return std::nullopt;
        const auto value = parse_whole_text<std::int64_t>(given->value);
        if (value && *value >= least && *value <= most) return value;
        fail(given->source + ": expected a whole number from " + std::to_string(least) + " to " +
             std::to_string(most) + ", found \"" + given->value + "\"");
        return std::nullopt;
    }

    std::optional<double> decimal(std::string_view name, double least, double most) {
        const auto given = arguments_.find(name);
        if (!given) return std::nullopt;
        const auto value = parse_whole_text<double>(given->value);
        if (value && std::isfinite(*value) && *value >= least && *value <= most) return value;
        std::string range;
        JsonWriter(range).number(least);
        range += " to ";
        std::string top;
        JsonWriter(top).number(most);
        fail(given->source + ": expected a number from " + range + top + ", found \"" +
             given->value + "\"");
        return std::nullopt;
    }

private:
    const Arguments& arguments_;
    std::string error_;
};

void read_headers(Reader& reader, ConfigOverrides& overrides) {
    auto json = reader.text("headers");
    if (!json) return;
    const std::size_t size = json->size();
    json->append(kJsonPadding, '\0');
    ObjectView view;
    if (!view.scan(std::string_view(*json).substr(0, size))) {
        reader.fail("--headers: expected a JSON object such as {\"X-Team\": \"blue\"}");
        return;
    }
    for (const auto& member : view.members()) {
        auto value = decode_json_string(member.value);
        if (member.type != JsonType::string || !value) {
            reader.fail("--headers: the value of \"" + std::string(member.key) +
                        "\" must be a string");
            return;
        }
        overrides.headers.emplace_back(member.key, std::move(*value));
    }
}

/// What came from variables, for those who ask where a setting came from.
void note_variables(const Arguments& arguments, ConfigOverrides& overrides) {
    for (const auto& flag : flags()) {
        const auto given = arguments.find(flag.name);
        if (given && !given->variable.empty())
            overrides.variables.emplace_back(flag.name, given->variable);
    }
}

void read_overrides(Reader& reader, ConfigOverrides& overrides) {
    overrides.model = reader.text("model");
    overrides.alias = reader.text("alias");
    overrides.api_base = reader.text("api_base");
    overrides.api_version = reader.text("api_version");
    overrides.temperature = reader.decimal("temperature", 0, 100);
    overrides.max_tokens = reader.whole("max_tokens", 1, 1'000'000'000);
    overrides.request_timeout = reader.decimal("request_timeout", 0.001, kLongestSeconds);
    overrides.drop_params = reader.is_on("drop_params");
    overrides.detailed_debug = reader.is_on("detailed_debug");
    overrides.require_auth = reader.is_on("require_auth");
    overrides.watch_config = reader.is_on("reload");
    overrides.keepalive_timeout = reader.decimal("keepalive_timeout", 0.01, kLongestSeconds);
    overrides.limit_concurrency = reader.whole("limit_concurrency", 1, 10'000'000);
    read_headers(reader, overrides);
}

/// DEBUG also belongs to other programs and then holds no truth value: such a text is no request.
void read_debug(const Arguments& arguments, CommandLine& out) {
    const auto given = arguments.find("debug");
    if (!given) return;
    const auto word = parse_word(given->value);
    out.overrides.debug = word.value_or(false);
    if (!word) out.notices.push_back(given->source + " is neither true nor false: left out");
}

std::size_t default_workers() {
    std::ifstream file("/sys/fs/cgroup/cpu.max");
    std::string quota;
    std::getline(file, quota);
    return usable_processors(std::max(1U, std::thread::hardware_concurrency()), quota);
}

void read_listening(Reader& reader, const Environment& environment, CommandLine& out) {
    out.host = reader.text("host").value_or(out.host);
    out.port = static_cast<std::uint16_t>(reader.whole("port", 0, 65'535).value_or(out.port));
    const auto workers = reader.whole("num_workers", 1, kMostWorkers);
    const auto variable = environment("DEFAULT_NUM_WORKERS_LITELLM_PROXY");
    const auto usual = variable ? parse_whole_text<std::size_t>(*variable) : std::nullopt;
    if (workers) {
        out.num_workers = static_cast<std::size_t>(*workers);
    } else {
        out.num_workers =
            usual && *usual >= 1 && *usual <= kMostWorkers ? *usual : default_workers();
    }
    out.ssl_keyfile = reader.text("ssl_keyfile_path").value_or("");
    out.ssl_certfile = reader.text("ssl_certfile_path").value_or("");
    out.ciphers = reader.text("ciphers").value_or("");
    if (out.ssl_keyfile.empty() != out.ssl_certfile.empty())
        reader.fail("--ssl_keyfile_path and --ssl_certfile_path belong together: one is missing");
}

void read_root_path(const Environment& environment, Reader& reader, CommandLine& out) {
    std::string path = environment("SERVER_ROOT_PATH").value_or("");
    while (path.ends_with('/')) path.pop_back();
    if (path.empty()) return;
    if (!path.starts_with('/')) path.insert(path.begin(), '/');
    const bool is_plain = std::ranges::all_of(path, [](char c) {
        return c > ' ' && c < '\x7f' && c != '?' && c != '#' && c != '%' && c != '\\' && c != '"';
    });
    if (!is_plain || path.contains("//") || path.contains("/."))
        reader.fail("the variable SERVER_ROOT_PATH: expected a plain path such as /llm");
    out.root_path = std::move(path);
}

bool is_yaml_file(const std::string& name) {
    std::error_code code;
    return (name.ends_with(".yaml") || name.ends_with(".yml")) &&
           std::filesystem::exists(name, code);
}

/// CONFIG_FILE_PATH beats --config if it names a file; `check FILE`, `migrate FILE` beat both.
void read_config_file(const Arguments& arguments, const Environment& environment, Reader& reader,
                      CommandLine& out) {
    const auto& words = arguments.words();
    if (words.size() > 1) {
        out.config_file = words[1];
        return;
    }
    if (const auto file = reader.text("config")) out.config_file = *file;
    const auto variable = environment("CONFIG_FILE_PATH");
    if (!variable || variable->empty()) return;
    if (!is_yaml_file(*variable)) {
        out.notices.push_back("CONFIG_FILE_PATH names no .yaml or .yml file that exists: left out");
        return;
    }
    if (out.config_file && *out.config_file != *variable)
        out.notices.push_back("--config is left out: CONFIG_FILE_PATH names " + *variable);
    out.config_file = *variable;
}

Status read_action(const Arguments& arguments, Reader& reader, CommandLine& out) {
    using Action = CommandLine::Action;
    const auto& words = arguments.words();
    if (!words.empty() && words[0] != "check" && words[0] != "migrate")
        return Failure("unexpected argument \"" + words[0] + "\" (--help lists the flags)");
    if (words.size() > 2) return Failure(words[0] + " takes one file");
    if (reader.is_on("test")) out.action = Action::test;
    if (reader.is_on("health")) out.action = Action::health;
    const bool is_migrate = !words.empty() && words[0] == "migrate";
    if (is_migrate || reader.is_on("skip_server_startup")) out.action = Action::migrate;
    const bool is_check = !words.empty() && words[0] == "check";
    if (is_check || reader.is_on("validate_config")) out.action = Action::check;
    if (reader.is_on("version")) out.action = Action::version;
    if (reader.is_on("help")) out.action = Action::help;
    return {};
}

void add_flag_notices(const Arguments& arguments, CommandLine& out) {
    for (const auto& flag : flags()) {
        if (flag.use == FlagUse::active) continue;
        const auto given = arguments.find(flag.name);
        if (!given || parse_word(given->value) == false) continue;
        out.notices.push_back(given->source + (flag.use == FlagUse::later
                                                   ? " is not active yet (docs/status.md)"
                                                   : " has no effect here"));
    }
}

}  // namespace

std::expected<CommandLine, std::string> parse_command_line(
    const std::vector<std::string>& arguments, const Environment& environment) {
    Arguments given(environment);
    if (auto read = given.read(arguments); !read) return Failure(read.error());
    CommandLine out;
    Reader reader(given);
    if (auto read = read_action(given, reader, out); !read) return Failure(read.error());
    if (out.action == CommandLine::Action::help || out.action == CommandLine::Action::version)
        return out;
    read_config_file(given, environment, reader, out);
    read_listening(reader, environment, out);
    read_root_path(environment, reader, out);
    read_overrides(reader, out.overrides);
    note_variables(given, out.overrides);
    read_debug(given, out);
    add_flag_notices(given, out);
    if (!reader.error().empty()) return Failure(reader.error());
    return out;
}

std::size_t usable_processors(std::size_t processors, std::string_view cpu_max) {
    const std::size_t blank = cpu_max.find(' ');
    if (blank == std::string_view::npos) return processors;
    const auto quota = parse_whole_text<std::uint64_t>(cpu_max.substr(0, blank));
    const auto period = parse_whole_text<std::uint64_t>(cpu_max.substr(blank + 1));
    if (!quota || !period || *period == 0) return processors;
    const std::uint64_t allowed = *quota / *period + (*quota % *period != 0 ? 1 : 0);
    return std::clamp<std::size_t>(static_cast<std::size_t>(allowed), 1, processors);
}

}  // namespace tollweir
