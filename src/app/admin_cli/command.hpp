#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tollweir::admin_cli {

/// What an option takes, checked before anything is sent.
enum class ValueKind : std::uint8_t { text, list, whole, money, json, day, present };

/// Where its value goes: into the field of its name, into any field (`--set FIELD=VALUE`), or
/// nowhere, since it is for this side.
enum class ValueUse : std::uint8_t { field, any_field, client };

struct Option {
    std::string_view name;  // with dashes
    std::string_view also;  // a shorter spelling, or that of LiteLLM's client; empty: none
    ValueKind kind;
    std::string_view argument;
    std::string_view help;
    std::string_view field = {};  // the API's name for it; empty: `name` with underscores
    ValueUse use = ValueUse::field;

    std::string field_name() const;
};

/// What is given without a name.
struct Word {
    enum class Count : std::uint8_t { one, optional, many };

    std::string_view name = {};  // empty: there is none
    std::string_view field = {};
    Count count = Count::one;
    bool is_key = false;  // a key, its hash or its alias
};

/// How an answer is shown.
enum class View : std::uint8_t {
    keys,
    made_key,
    key,
    key_info,
    keys_gone,
    users,
    made_user,
    user,
    user_info,
    users_gone,
    teams,
    team,
    team_info,
    teams_gone,
    spend_summary,
    spend_logs,
};

struct Command {
    std::string_view group;
    std::string_view name;
    std::string_view also;  // another name for it; empty: none
    std::string_view help;
    std::string_view method;  // GET: options become the query; POST: the body
    std::string_view path;
    View view;
    std::array<Word, 2> words = {};
    std::span<const Option> options = {};
    std::span<const Option> more_options = {};
    std::string_view fixed = {};         // always sent, as a query or as members of the body
    std::string_view quiet_member = {};  // of the answer: all that --quiet prints
    bool is_between_days = false;        // --from and --to, the last thirty days if absent
};

std::span<const Command> commands();
/// For every command: how the gateway is reached and how the answer is printed.
std::span<const Option> common_options();

bool is_group(std::string_view word);
std::string_view help_of_group(std::string_view group);
/// Null: the group has no such command.
const Command* find_command(std::string_view group, std::string_view name);
std::vector<std::string_view> names_in(std::string_view group);
/// Of the command or of all; dashes and underscores are the same. Null: there is none.
const Option* find_option(const Command& command, std::string_view name);
std::vector<std::string_view> option_names(const Command& command);

}  // namespace tollweir::admin_cli
