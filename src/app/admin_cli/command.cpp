#include "app/admin_cli/command.hpp"

#include <algorithm>

namespace tollweir::admin_cli {
namespace {

using enum ValueKind;
using Count = Word::Count;

// clang-format off
constexpr Option kCommon[] = {
    {"url", "base-url", text, "URL", "the gateway (LITELLM_PROXY_URL) [http://localhost:4000]", "", ValueUse::client},
    {"key", "api-key", text, "KEY", "whose key asks (LITELLM_PROXY_API_KEY, LITELLM_MASTER_KEY)", "", ValueUse::client},
    {"json", "", present, "", "print the gateway's answer as it came", "", ValueUse::client},
    {"help", "", present, "", "print this", "", ValueUse::client},
};

constexpr Option kAnyField{"set", "", text, "FIELD=VALUE", "any field of the API; VALUE as JSON, else a text", "", ValueUse::any_field};
constexpr Option kPage{"page", "", whole, "N", "which page [1]"};

constexpr Option kKeyFields[] = {
    {"key-alias", "alias", text, "NAME", "its name; no two keys have one"},
    {"user-id", "user", text, "ID", "whose key it is"},
    {"team-id", "team", text, "ID", "whose budget and models also bind it"},
    {"models", "", list, "A,B", "what it may call; none: any model"},
    {"max-budget", "budget", money, "USD", "what it may spend"},
    {"budget-duration", "", text, "30d", "how often the budget begins anew"},
    {"soft-budget", "", money, "USD", "warn from here on"},
    {"budget-id", "", text, "ID", "a budget row that it shares"},
    {"duration", "", text, "24h", "when the key ends"},
    {"rpm-limit", "rpm", whole, "N", "requests a minute"},
    {"tpm-limit", "tpm", whole, "N", "tokens a minute"},
    {"max-parallel-requests", "", whole, "N", "calls at once"},
    {"tags", "", list, "A,B", "tags that its calls carry"},
    {"metadata", "", json, "JSON", "an object to keep with it"},
    kAnyField,
};
constexpr Option kIssuing[] = {
    {"quiet", "", present, "", "print the key only", "", ValueUse::client},
};
constexpr Option kRenewing[] = {
    {"grace-period", "", text, "1h", "how long the old secret goes on"},
    {"quiet", "", present, "", "print the key only", "", ValueUse::client},
};
constexpr Option kKeyFilter[] = {
    {"user-id", "user", text, "ID", "of this user"},
    {"team-id", "team", text, "ID", "of this team"},
    {"organization-id", "organization", text, "ID", "of this organization"},
    {"key-alias", "alias", text, "NAME", "of this name"},
    kPage,
    {"size", "", whole, "N", "keys a page, up to 100 [100]"},
    {"hashes", "", present, "", "show the hashes too, which name keys without an alias", "", ValueUse::client},
};

constexpr Option kUserFields[] = {
    {"user-email", "email", text, "ADDRESS", "the address"},
    {"user-alias", "alias", text, "NAME", "the name"},
    {"user-role", "role", text, "ROLE", "proxy_admin, proxy_admin_viewer, internal_user, internal_user_viewer"},
    {"models", "", list, "A,B", "what the user may call; none: any model"},
    {"max-budget", "budget", money, "USD", "what the user may spend"},
    {"budget-duration", "", text, "30d", "how often the budget begins anew"},
    {"rpm-limit", "rpm", whole, "N", "requests a minute"},
    {"tpm-limit", "tpm", whole, "N", "tokens a minute"},
    {"max-parallel-requests", "", whole, "N", "calls at once"},
    {"metadata", "", json, "JSON", "an object to keep with the user"},
    kAnyField,
};
constexpr Option kNewUser[] = {
    {"teams", "team", list, "A,B", "teams that the user joins"},
    {"auto-create-key", "with-key", present, "", "make a key as well, which is printed once"},
    {"quiet", "", present, "", "print the user's id only", "", ValueUse::client},
};
constexpr Option kUserFilter[] = {
    {"role", "", text, "ROLE", "of this role"},
    {"user-email", "email", text, "TEXT", "whose address holds this"},
    {"team", "", text, "ID", "of this team"},
    kPage,
    {"page-size", "size", whole, "N", "users a page, up to 100 [100]"},
};

constexpr Option kTeamFields[] = {
    {"team-alias", "alias", text, "NAME", "the name"},
    {"organization-id", "organization", text, "ID", "the organization that it belongs to"},
    {"models", "", list, "A,B", "what its keys may call; none: any model"},
    {"max-budget", "budget", money, "USD", "what the team may spend"},
    {"budget-duration", "", text, "30d", "how often the budget begins anew"},
    {"team-member-budget", "member-budget", money, "USD", "what each member may spend of it"},
    {"rpm-limit", "rpm", whole, "N", "requests a minute"},
    {"tpm-limit", "tpm", whole, "N", "tokens a minute"},
    {"metadata", "", json, "JSON", "an object to keep with the team"},
    kAnyField,
};
constexpr Option kNewTeam[] = {
    {"quiet", "", present, "", "print the team's id only", "", ValueUse::client},
};
constexpr Option kTeamFilter[] = {
    {"user-id", "user", text, "ID", "that this user is in"},
    {"organization-id", "organization", text, "ID", "of this organization"},
    {"team-alias", "alias", text, "TEXT", "whose name holds this"},
    kPage,
    {"page-size", "size", whole, "N", "teams a page, up to 100 [100]"},
};
constexpr Option kNewMember[] = {
    {"role", "", text, "ROLE", "admin or user [user]", "member.role"},
    {"max-budget-in-team", "budget", money, "USD", "what the member may spend of the team's"},
};

constexpr Option kDays[] = {
    {"from", "start-date", day, "DATE", "the first day, in UTC [29 days ago]", "start_date"},
    {"to", "end-date", day, "DATE", "the last day, which belongs to it [today]", "end_date"},
};
constexpr Option kSummaryOptions[] = {
    {"by", "", text, "WHAT", "key, user, team, tag or model [key]", "", ValueUse::client},
};
constexpr Option kLogFilter[] = {
    {"api-key-hash", "of-key", text, "KEY", "calls of this key, by its hash", "api_key"},
    {"key-alias", "alias", text, "NAME", "calls of the key of this name"},
    {"user-id", "user", text, "ID", "calls of this user"},
    {"team-id", "team", text, "ID", "calls of this team"},
    {"end-user", "customer", text, "ID", "calls for this customer"},
    {"model", "", text, "NAME", "calls of this model"},
    {"status-filter", "status", text, "STATUS", "success or failure"},
    {"min-spend", "", money, "USD", "that cost as much or more"},
    {"request-id", "", text, "ID", "this call"},
    kPage,
    {"page-size", "size", whole, "N", "calls a page, up to 100 [50]"},
};

constexpr Word kKey{"KEY", "key", Count::one, true};
constexpr Word kUser{"USER", "user_id"};
constexpr Word kTeam{"TEAM", "team_id"};

constexpr Command kCommands[] = {
    {"keys", "list", "", "the keys there are, the newest first", "GET", "/key/list", View::keys,
     {}, kKeyFilter, {}, "return_full_object=true&size=100"},
    {"keys", "create", "generate", "a new key, which is printed this once", "POST", "/key/generate", View::made_key,
     {}, kKeyFields, kIssuing, "", "key"},
    {"keys", "info", "", "a key and every limit that binds it", "GET", "/key/info", View::key_info, {kKey}},
    {"keys", "update", "", "change what is named; null clears", "POST", "/key/update", View::key,
     {kKey}, kKeyFields},
    {"keys", "block", "", "stop a key for a while", "POST", "/key/block", View::key, {kKey}},
    {"keys", "unblock", "", "let it go on", "POST", "/key/unblock", View::key, {kKey}},
    {"keys", "regenerate", "", "a new secret, which is printed this once; settings and spend stay", "POST", "/key/regenerate",
     View::made_key, {kKey}, kKeyFields, kRenewing, "", "key"},
    {"keys", "delete", "revoke", "take keys away for good, all or none", "POST", "/key/delete", View::keys_gone,
     {{{"KEY", "keys", Count::many, true}}}},

    {"users", "list", "", "the users there are, the newest first", "GET", "/user/list", View::users,
     {}, kUserFilter, {}, "page_size=100"},
    {"users", "create", "new", "a user, without a key if --with-key is not said", "POST", "/user/new", View::made_user,
     {{{"USER", "user_id", Count::optional}}}, kUserFields, kNewUser, R"("auto_create_key":false)", "user_id"},
    {"users", "info", "get", "a user with keys and teams", "GET", "/user/info", View::user_info, {kUser}},
    {"users", "update", "", "change what is named; null clears", "POST", "/user/update", View::user,
     {kUser}, kUserFields},
    {"users", "delete", "", "delete users with their keys", "POST", "/user/delete", View::users_gone,
     {{{"USER", "user_ids", Count::many}}}},

    {"teams", "list", "", "the teams there are, the newest first", "GET", "/v2/team/list", View::teams,
     {}, kTeamFilter, {}, "page_size=100"},
    {"teams", "create", "new", "a team", "POST", "/team/new", View::team,
     {{{"TEAM", "team_id", Count::optional}}}, kTeamFields, kNewTeam, "", "team_id"},
    {"teams", "info", "", "a team with members and keys, and what each has spent", "GET", "/team/info", View::team_info,
     {kTeam}},
    {"teams", "update", "", "change what is named; null clears", "POST", "/team/update", View::team,
     {kTeam}, kTeamFields},
    {"teams", "block", "", "stop all keys of a team for a while", "POST", "/team/block", View::team, {kTeam}},
    {"teams", "unblock", "", "let them go on", "POST", "/team/unblock", View::team, {kTeam}},
    {"teams", "add-member", "", "add a user, who is made if there is none", "POST", "/team/member_add", View::team,
     {{kTeam, {"USER", "member.user_id"}}}, kNewMember, {}, R"("member.role":"user")"},
    {"teams", "remove-member", "", "take a user out of a team", "POST", "/team/member_delete", View::team,
     {{kTeam, kUser}}},
    {"teams", "delete", "", "delete teams with their keys; users stay", "POST", "/team/delete", View::teams_gone,
     {{{"TEAM", "team_ids", Count::many}}}},

    {"spend", "summary", "", "who or what spent how much", "GET", "", View::spend_summary,
     {}, kSummaryOptions, kDays, "", "", true},
    {"spend", "logs", "", "the calls behind it, the newest first", "GET", "/spend/logs/v2", View::spend_logs,
     {}, kLogFilter, kDays, "", "", true},
};
// clang-format on

struct Group {
    std::string_view name;
    std::string_view help;
};
constexpr Group kGroups[] = {
    {"keys", "Virtual keys of a running gateway."},
    {"users", "Users of a running gateway."},
    {"teams", "Teams of a running gateway, their budgets and members."},
    {"spend", "Where the money went; `summary` if nothing else is said."},
};

bool is_same_name(std::string_view given, std::string_view name) {
    return !name.empty() && std::ranges::equal(given, name, [](char a, char b) {
        return (a == '_' ? '-' : a) == b;
    });
}

}  // namespace

std::string Option::field_name() const {
    std::string out(field.empty() ? name : field);
    if (field.empty()) std::ranges::replace(out, '-', '_');
    return out;
}

std::span<const Command> commands() {
    return kCommands;
}

std::span<const Option> common_options() {
    return kCommon;
}

bool is_group(std::string_view word) {
    return std::ranges::find(kGroups, word, &Group::name) != std::end(kGroups);
}

std::string_view help_of_group(std::string_view group) {
    return std::ranges::find(kGroups, group, &Group::name)->help;
}

const Command* find_command(std::string_view group, std::string_view name) {
    const auto found = std::ranges::find_if(kCommands, [&](const Command& command) {
        return command.group == group &&
               (is_same_name(name, command.name) || is_same_name(name, command.also));
    });
    return found == std::end(kCommands) ? nullptr : found;
}

std::vector<std::string_view> names_in(std::string_view group) {
    std::vector<std::string_view> names;
    for (const auto& command : kCommands)
        if (command.group == group) names.push_back(command.name);
    return names;
}

const Option* find_option(const Command& command, std::string_view name) {
    for (const auto options : {command.options, command.more_options, common_options()})
        for (const auto& option : options)
            if (is_same_name(name, option.name) || is_same_name(name, option.also)) return &option;
    return nullptr;
}

std::vector<std::string_view> option_names(const Command& command) {
    std::vector<std::string_view> names;
    for (const auto options : {command.options, command.more_options, common_options()})
        for (const auto& option : options) names.push_back(option.name);
    return names;
}

}  // namespace tollweir::admin_cli
