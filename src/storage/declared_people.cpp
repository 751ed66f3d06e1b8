#include "tollweir/storage/declared_people.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

struct DeclareTime {
    const TimeZone& zone;
    WallTime now;
};

/// The columns of one row that become others. Values are views, which live until it is written.
class RowChange {
public:
    void set(std::string_view column, SqlValue value) {
        columns_.append(columns_.empty() ? "" : ", ").append(column);
        columns_.append(" = $").append(std::to_string(values_.size() + 1));
        values_.push_back(value);
    }
    bool empty() const { return values_.empty(); }

    Result<void> write(Sql& sql, std::string_view table, std::string_view key, std::string_view id,
                       WallTime now) {
        set("updated_at", now);
        values_.emplace_back(id);
        const Statement update("update \"" + std::string(table) + "\" set " + columns_ + " where " +
                               std::string(key) + " = $" + std::to_string(values_.size()));
        const auto done = sql.run(update, values_);
        if (!done) return std::unexpected(done.error());
        return {};
    }

private:
    std::string columns_;
    std::vector<SqlValue> values_;
};

// What users and teams have in common, in this order.
#define TOLLWEIR_TERMS \
    "models, max_budget, budget_duration, budget_reset_at, rpm_limit, tpm_limit, metadata"
constexpr std::size_t kAfterTerms = 7;

/// `object` with the members of `declared` in it; empty: it has them already.
std::string merged_metadata(std::string_view object, std::string_view declared) {
    const auto wanted = json_members(declared).value_or(JsonParts());
    const auto present = json_members(object).value_or(JsonParts());
    if (std::ranges::all_of(wanted, [&](const auto& member) {
            return find_part(present, member.first) == member.second;
        }))
        return {};
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    for (const auto& [name, value] : present)
        if (find_part(wanted, name).empty()) json.key(name).raw(value);
    for (const auto& [name, value] : wanted) json.key(name).raw(value);
    json.end_object();
    return out;
}

/// Texts that a change's views point into.
struct Texts {
    std::string metadata;
    std::string members;
    std::vector<std::string> teams;
};

template <class Person>
void change_terms(const Person& person, const SqlRows& rows, const DeclareTime& time,
                  RowChange& change, Texts& texts) {
    if (!person.models.empty() && rows.list(0, 0) != person.models)
        change.set("models", SqlValue::List{person.models});
    if (person.max_budget) {
        const auto dollars = rows.real(0, 1);
        if (!dollars || from_double_dollars(*dollars) != person.max_budget)
            change.set("max_budget", to_double_dollars(*person.max_budget));
    }
    if (const auto& period = person.budget_duration) {
        const bool is_same = rows.text(0, 2) == period->text;
        if (!is_same) change.set("budget_duration", period->text);
        if (!is_same || rows.is_null(0, 3))
            change.set("budget_reset_at", next_reset(*period, time.now, time.zone));
    }
    if (person.rpm_limit && rows.integer(0, 4) != person.rpm_limit)
        change.set("rpm_limit", person.rpm_limit);
    if (person.tpm_limit && rows.integer(0, 5) != person.tpm_limit)
        change.set("tpm_limit", person.tpm_limit);
    texts.metadata = merged_metadata(rows.text(0, 6), person.metadata_json);
    if (!texts.metadata.empty()) change.set("metadata", SqlValue::Json{texts.metadata});
}

void change_text(std::string_view column, const std::string& declared, std::string_view present,
                 RowChange& change) {
    if (!declared.empty() && declared != present) change.set(column, declared);
}

/// Whether there was none.
Result<bool> ensure_row(Sql& sql, const Statement& insert, std::string_view id, WallTime now) {
    const auto done = sql.run(insert, {id, now});
    if (!done) return std::unexpected(done.error());
    return done->affected() > 0;
}

/// What the file says of one user, whether as a user of its own or as a team's member.
struct UserWish {
    const DeclaredUser* declared = nullptr;
    std::set<std::string> teams;
};
using UserWishes = std::map<std::string, UserWish>;  // in the order in which rows are locked

UserWishes user_wishes(const People& people) {
    UserWishes wishes;
    for (const auto& user : people.users) wishes[user.id].declared = &user;
    for (const auto& team : people.teams)
        for (const auto& member : team.members) wishes[member].teams.insert(team.id);
    return wishes;
}

/// Whether the row is another now.
Result<bool> declare_user(Sql& sql, const std::string& id, const UserWish& wish,
                          const DeclareTime& time) {
    static const Statement insert(
        R"(insert into "LiteLLM_UserTable" (user_id, user_role, created_at, updated_at)
           values ($1, 'internal_user', $2, $2) on conflict (user_id) do nothing)");
#define TOLLWEIR_USER                             \
    "select " TOLLWEIR_TERMS                      \
    ", user_email, user_alias, user_role, teams " \
    "from \"LiteLLM_UserTable\" where user_id = $1"
    static const Statement query(TOLLWEIR_USER, TOLLWEIR_USER " for update");
#undef TOLLWEIR_USER
    const auto made = ensure_row(sql, insert, id, time.now);
    if (!made) return made;
    const auto rows = sql.run(query, {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return false;  // deleted between the two statements
    RowChange change;
    Texts texts;
    if (const auto* user = wish.declared) {
        change_terms(*user, *rows, time, change, texts);
        change_text("user_email", user->email, rows->text(0, kAfterTerms), change);
        change_text("user_alias", user->alias, rows->text(0, kAfterTerms + 1), change);
        change_text("user_role", user->role, rows->text(0, kAfterTerms + 2), change);
    }
    texts.teams = rows->list(0, kAfterTerms + 3);
    const auto had = texts.teams.size();
    for (const auto& team : wish.teams)
        if (std::ranges::find(texts.teams, team) == texts.teams.end()) texts.teams.push_back(team);
    if (texts.teams.size() != had) change.set("teams", SqlValue::List{texts.teams});
    if (change.empty()) return made;
    const auto done = change.write(sql, "LiteLLM_UserTable", "user_id", id, time.now);
    if (!done) return std::unexpected(done.error());
    return true;
}

std::string member_id(std::string_view member) {
    const auto parts = json_members(member).value_or(JsonParts());
    return decode_json_string(find_part(parts, "user_id")).value_or("");
}

/// The list with all of `members` in it; empty: they are.
std::string merged_members(std::string_view list, const std::vector<std::string>& members) {
    std::set<std::string> present;
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    // A row that nobody has filled holds `{}`.
    for (const auto item : json_elements(list).value_or(std::vector<std::string_view>())) {
        present.insert(member_id(item));
        json.raw(item);
    }
    const auto had = present.size();
    for (const auto& member : members) {
        if (!present.insert(member).second) continue;
        json.begin_object().key("role").string("user").key("user_id").string(member);
        json.key("user_email").null().end_object();
    }
    json.end_array();
    return present.size() == had ? std::string() : out;
}

Result<bool> declare_team(Sql& sql, const DeclaredTeam& team, const DeclareTime& time) {
    static const Statement insert(
        R"(insert into "LiteLLM_TeamTable" (team_id, members_with_roles, created_at, updated_at)
           values ($1, '[]', $2, $2) on conflict (team_id) do nothing)");
#define TOLLWEIR_TEAM                   \
    "select " TOLLWEIR_TERMS            \
    ", team_alias, members_with_roles " \
    "from \"LiteLLM_TeamTable\" where team_id = $1"
    static const Statement query(TOLLWEIR_TEAM, TOLLWEIR_TEAM " for update");
#undef TOLLWEIR_TEAM
    const auto made = ensure_row(sql, insert, team.id, time.now);
    if (!made) return made;
    const auto rows = sql.run(query, {team.id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return false;  // deleted between the two statements
    RowChange change;
    Texts texts;
    change_terms(team, *rows, time, change, texts);
    change_text("team_alias", team.alias, rows->text(0, kAfterTerms), change);
    texts.members = merged_members(rows->text(0, kAfterTerms + 1), team.members);
    if (!texts.members.empty()) change.set("members_with_roles", SqlValue::Json{texts.members});
    if (change.empty()) return made;
    const auto done = change.write(sql, "LiteLLM_TeamTable", "team_id", team.id, time.now);
    if (!done) return std::unexpected(done.error());
    return true;
}

#undef TOLLWEIR_TERMS

std::vector<const DeclaredTeam*> teams_by_id(const People& people) {
    std::vector<const DeclaredTeam*> teams;
    for (const auto& team : people.teams) teams.push_back(&team);
    std::ranges::sort(teams, {}, [](const auto* team) -> const std::string& { return team->id; });
    return teams;
}

}  // namespace

Result<DeclaredRows> declare_people(Sql& sql, const People& people, const TimeZone& zone,
                                    WallTime now) {
    const DeclareTime time{zone, now};
    DeclaredRows changed;
    for (const auto& [id, wish] : user_wishes(people)) {
        const auto done = declare_user(sql, id, wish, time);
        if (!done) return std::unexpected(done.error());
        changed.users += *done ? 1 : 0;
    }
    for (const auto* team : teams_by_id(people)) {
        const auto done = declare_team(sql, *team, time);
        if (!done) return std::unexpected(done.error());
        changed.teams += *done ? 1 : 0;
    }
    return changed;
}

}  // namespace tollweir
