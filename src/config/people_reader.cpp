#include <algorithm>
#include <set>

#include "config/setting_readers.hpp"

namespace tollweir {
namespace {

/// `spend_limit` and `duration` of the wild (decision 22), else LiteLLM's names.
template <class Person>
void read_budget(const Section& item, Person& person) {
    const auto foreign_limit = item.dollars("spend_limit");
    person.max_budget = item.dollars("max_budget");
    if (!person.max_budget) person.max_budget = foreign_limit;
    const auto foreign_period = item.period("duration");
    person.budget_duration = item.period("budget_duration");
    if (!person.budget_duration) person.budget_duration = foreign_period;
    person.rpm_limit = item.limit("rpm_limit");
    person.tpm_limit = item.limit("tpm_limit");
}

constexpr std::string_view kRoles[] = {"proxy_admin", "proxy_admin_viewer", "internal_user",
                                       "internal_user_viewer"};

/// Empty: the file does not say. A list that is empty admits every model, as `*` does.
std::vector<std::string> read_models(const Section& item) {
    const Node* found = item.find("models");
    const bool is_list = found != nullptr && found->kind == Node::Kind::list;
    if (is_list && found->items.empty()) return {"*"};
    return item.texts("models");
}

/// The id of a person, which nobody before has.
std::string read_id(const Section& item, std::string_view key, std::set<std::string>& taken) {
    auto id = item.text(key).value_or("");
    if (id.empty()) {
        if (item.find(key) == nullptr) item.error(key, "is missing");
    } else if (!taken.insert(id).second) {
        item.error(key, "stands here twice: `" + id.substr(0, 80) + "`");
    }
    return id;
}

std::string metadata_of(const Section& item) {
    const Node* metadata = item.map("metadata");
    return metadata == nullptr ? "{}" : to_json(*metadata);
}

DeclaredUser read_user(const Section& item, std::set<std::string>& taken) {
    DeclaredUser user;
    user.id = read_id(item, "user_id", taken);
    user.email = item.text("user_email").value_or("");
    user.alias = item.text("user_alias").value_or("");
    if (const auto role = item.one_of("user_role", kRoles)) user.role = kRoles[*role];
    user.models = read_models(item);
    read_budget(item, user);
    user.aliases = item.pairs("aliases");
    if (const Node* config = item.map("config"); config != nullptr && !config->members.empty())
        item.warn("config", "has no effect, as LiteLLM's is deprecated");
    user.metadata_json = metadata_of(item);
    return user;
}

DeclaredTeam read_team(const Section& item, std::set<std::string>& taken) {
    DeclaredTeam team;
    team.id = read_id(item, "team_id", taken);
    team.alias = item.text("team_alias").value_or("");
    team.members = item.texts("members");
    team.models = read_models(item);
    read_budget(item, team);
    team.metadata_json = metadata_of(item);
    return team;
}

void check_members(const Section& item, const DeclaredTeam& team,
                   const std::set<std::string>& users) {
    for (const auto& member : team.members)
        if (!users.contains(member))
            item.warn("members", "the file declares no user `" + member.substr(0, 80) + "`");
}

void warn_of_spellings(const Section& item, bool& has_warned) {
    if (has_warned || (item.find("spend_limit") == nullptr && item.find("duration") == nullptr))
        return;
    item.warn(item.find("spend_limit") != nullptr ? "spend_limit" : "duration",
              "`spend_limit` and `duration` are read as `max_budget` and `budget_duration`, "
              "LiteLLM's spelling");
    has_warned = true;
}

}  // namespace

People read_people(const LoadContext& context) {
    const Section top(&context.root, "", "", context.findings);
    People people;
    std::set<std::string> users, teams;
    bool has_warned = false;
    for (const Section& item : top.items("users")) {
        warn_of_spellings(item, has_warned);
        people.users.push_back(read_user(item, users));
    }
    for (const Section& item : top.items("teams")) {
        warn_of_spellings(item, has_warned);
        people.teams.push_back(read_team(item, teams));
        check_members(item, people.teams.back(), users);
    }
    return people;
}

}  // namespace tollweir
