#include "app/admin_cli/arguments.hpp"

#include <algorithm>
#include <charconv>

#include "app/admin_cli/command_help.hpp"
#include "tollweir/config/nearest.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/money.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir::admin_cli {
namespace {

using Status = std::expected<void, std::string>;
using Failure = std::unexpected<std::string>;
using Count = Word::Count;

constexpr std::string_view kDefaultUrl = "http://localhost:4000";
constexpr std::string_view kSummaries[] = {"key", "user", "team", "tag", "model"};

bool is_whole(std::string_view text) {
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && at == end && number >= 0;
}

bool is_money(std::string_view text) {
    const auto amount = parse_dollars(text);
    return amount && *amount >= 0;
}

/// Nothing: the value is one that the option takes.
std::string_view what_is_expected(const Option& option, const std::string& value) {
    if (option.name == "by" && std::ranges::find(kSummaries, value) == std::end(kSummaries))
        return "key, user, team, tag or model is expected";
    if (option.use == ValueUse::any_field && value.find('=') == value.npos)
        return "FIELD=VALUE is expected";
    // Clears a field.
    if (value == "null") return "";
    switch (option.kind) {
        case ValueKind::whole:
            return is_whole(value) ? "" : "a whole number is expected";
        case ValueKind::money:
            return is_money(value) ? "" : "dollars such as 12.50 are expected";
        case ValueKind::json:
            return is_valid_json(value) ? "" : "JSON is expected";
        case ValueKind::day:
            return value.size() == 10 && parse_rfc3339(value)
                       ? ""
                       : "a date such as 2026-11-20 is expected";
        case ValueKind::text:
        case ValueKind::list:
        case ValueKind::present:
            return "";
    }
    return "";
}

class Reader {
public:
    explicit Reader(const Command& command) { request_.command = &command; }

    Status read(std::span<const std::string> arguments) {
        for (std::size_t at = 0; at < arguments.size(); ++at) {
            const auto& argument = arguments[at];
            if (argument == "-h") {
                if (auto set = keep("help", ""); !set) return set;
            } else if (argument.starts_with("--")) {
                if (auto taken = take(arguments, at); !taken) return taken;
            } else if (argument.starts_with("-") && argument.size() > 1) {
                return Failure("unknown option " + argument);
            } else {
                request_.words.push_back(argument);
            }
        }
        return {};
    }

    Status check_words() const {
        const auto& words = request_.command->words;
        std::size_t least = 0;
        std::size_t most = 0;
        std::string_view missing;
        for (const auto& word : words) {
            if (word.name.empty()) continue;
            if (word.count != Count::optional && request_.words.size() < ++least && missing.empty())
                missing = word.name;
            most = word.count == Count::many ? request_.words.size() + 1 : most + 1;
        }
        if (!missing.empty()) return Failure(std::string(missing) + " is missing");
        if (request_.words.size() > most)
            return Failure("unexpected argument \"" + request_.words[most] + "\"");
        for (const auto& word : request_.words)
            if (word.empty()) return Failure("an argument is empty");
        return {};
    }

    Request& request() { return request_; }

private:
    Status take(std::span<const std::string> arguments, std::size_t& at) {
        const auto& argument = arguments[at];
        const auto equals = argument.find('=');
        const auto name = argument.substr(2, equals == argument.npos ? equals : equals - 2);
        const auto* option = find_option(*request_.command, name);
        if (option == nullptr) {
            const auto meant = nearest(name, option_names(*request_.command));
            return Failure("unknown option --" + name +
                           (meant.empty() ? "" : "; did you mean --" + std::string(meant) + "?"));
        }
        if (option->kind == ValueKind::present) {
            if (equals != argument.npos) return Failure("--" + name + " takes no value");
            return keep(option->name, "");
        }
        if (equals != argument.npos) return keep(option->name, argument.substr(equals + 1));
        if (at + 1 == arguments.size() || arguments[at + 1].starts_with("--"))
            return Failure("--" + name + " needs a value: " + std::string(option->argument));
        return keep(option->name, arguments[++at]);
    }

    Status keep(std::string_view name, std::string value) {
        const auto* option = find_option(*request_.command, name);
        if (const auto expected = what_is_expected(*option, value); !expected.empty())
            return Failure("--" + std::string(name) + ": " + std::string(expected));
        // The last of a repeated one counts.
        if (option->use != ValueUse::any_field)
            std::erase_if(request_.values,
                          [&](const auto& given) { return given.first == option; });
        request_.values.emplace_back(option, std::move(value));
        return {};
    }

    Request request_;
};

/// As given, or of the first variable that is set; variables often end in a line feed.
std::string setting(const Request& request, std::string_view option, const Environment& environment,
                    std::initializer_list<const char*> variables) {
    if (const auto* given = request.find(option)) return *given;
    for (const auto* variable : variables) {
        auto value = environment(variable).value_or("");
        value.erase(value.find_last_not_of(" \t\r\n") + 1);
        if (!value.empty()) return value;
    }
    return {};
}

Status read_gateway(const Environment& environment, Request& request) {
    const auto url = setting(request, "url", environment, {"LITELLM_PROXY_URL"});
    auto base = parse_gateway_url(url.empty() ? kDefaultUrl : std::string_view(url));
    if (!base) return Failure(base.error());
    request.gateway.base = std::move(*base);
    auto key =
        setting(request, "key", environment, {"LITELLM_PROXY_API_KEY", "LITELLM_MASTER_KEY"});
    if (std::ranges::any_of(key, [](char c) { return c <= ' ' || c == '\x7f'; }))
        return Failure("the key that asks holds a blank or a control character");
    request.gateway.key = Secret(std::move(key));
    return {};
}

Usage no_such_command(std::string_view group, const std::string& name) {
    std::string message = "tollweir " + std::string(group) + " has no command \"" + name + "\"";
    const auto meant = nearest(name, names_in(group));
    if (!meant.empty()) message += "; did you mean " + std::string(meant) + "?";
    return {std::move(message), group_help(group)};
}

}  // namespace

const std::string* Request::find(std::string_view option) const {
    const auto found = std::ranges::find_if(
        values, [&](const auto& given) { return given.first->name == option; });
    return found == values.end() ? nullptr : &found->second;
}

std::expected<Request, Usage> parse_arguments(const std::vector<std::string>& arguments,
                                              const Environment& environment) {
    const auto& group = arguments.front();
    auto rest = std::span(arguments).subspan(1);
    const bool names_none = rest.empty() || rest.front().starts_with("-");
    if (!rest.empty() && (rest.front() == "--help" || rest.front() == "-h"))
        return std::unexpected(Usage{"", group_help(group)});
    const auto* command = find_command(group, names_none ? "summary" : rest.front());
    if (command == nullptr)
        return std::unexpected(names_none ? Usage{"a command is missing", group_help(group)}
                                          : no_such_command(group, rest.front()));
    if (!names_none) rest = rest.subspan(1);
    Reader reader(*command);
    const auto usage = [&](std::string message) {
        return std::unexpected(Usage{std::move(message), command_help(*command)});
    };
    if (auto read = reader.read(rest); !read) return usage(read.error());
    if (reader.request().has("help")) return usage("");
    if (auto good = reader.check_words(); !good) return usage(good.error());
    if (auto read = read_gateway(environment, reader.request()); !read) return usage(read.error());
    return std::move(reader.request());
}

}  // namespace tollweir::admin_cli
