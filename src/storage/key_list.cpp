#include "tollweir/storage/key_list.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "storage/made_statement.hpp"

namespace tollweir {
namespace {

// Keys of the dashboard's own sessions are nobody's to manage.
constexpr const char* kHiddenTeam = "litellm-dashboard";

constexpr std::array<std::pair<std::string_view, KeySort>, 10> kSorts{{
    {"created_at", KeySort::created_at},
    {"updated_at", KeySort::updated_at},
    {"spend", KeySort::spend},
    {"max_budget", KeySort::max_budget},
    {"expires", KeySort::expires},
    {"key_alias", KeySort::key_alias},
    {"key_name", KeySort::key_name},
    {"user_id", KeySort::user_id},
    {"team_id", KeySort::team_id},
    {"token", KeySort::token},
}};

/// `_` and `%` stand for themselves.
std::string like_pattern(std::string_view part) {
    std::string pattern = "%";
    for (const char c : part) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + "%";
}

/// Conditions and what they ask for; values are views into the filter and into this.
class Conditions {
public:
    Conditions(const Sql& sql, const KeyFilter& filter) : sql_(sql) {
        add("(team_id is null or team_id <> ", kHiddenTeam, ")");
        add_text("user_id", filter.user_id);
        add_text("team_id", filter.team_id);
        add_text("organization_id", filter.organization_id);
        add_text("project_id", filter.project_id);
        add_text("token", filter.token);
        add_text("key_alias", filter.key_alias);
        if (!filter.access_group_id.empty()) {
            if (sql_.is_postgres())
                add("", filter.access_group_id, " = any(access_group_ids)");
            else
                add("exists (select 1 from json_each(access_group_ids) where value = ",
                    filter.access_group_id, ")");
        }
        if (!filter.alias_part.empty()) {
            pattern_ = like_pattern(filter.alias_part);
            add(sql_.is_postgres() ? "key_alias ilike " : "key_alias like ", pattern_,
                R"( escape '\')");
        }
        if (filter.visible) add_visible(*filter.visible);
    }
    Conditions(const Conditions&) = delete;
    Conditions& operator=(const Conditions&) = delete;

    std::string where() const { return " where " + text_; }
    const std::vector<SqlValue>& values() const { return values_; }

private:
    std::string mark(SqlValue value) {
        values_.push_back(std::move(value));
        return "$" + std::to_string(values_.size());
    }
    void both(const std::string& condition) { text_ += (text_.empty() ? "" : " and ") + condition; }
    void add(std::string_view before, SqlValue value, std::string_view behind) {
        both(std::string(before) + mark(std::move(value)) + std::string(behind));
    }
    void add_text(std::string_view column, const std::string& value) {
        if (!value.empty()) add(std::string(column) + " = ", value, "");
    }
    void add_visible(const VisibleKeys& visible) {
        std::string any = "1 = 0";
        if (!visible.user_id.empty()) {
            const auto user = mark(visible.user_id);
            any += " or user_id = " + user;
            if (visible.made_by_user) any += " or created_by = " + user;
        }
        if (!visible.team_ids.empty()) {
            const auto teams = mark(SqlValue::List{visible.team_ids});
            any += sql_.is_postgres()
                       ? " or team_id = any(" + teams + ")"
                       : " or team_id in (select value from json_each(" + teams + "))";
        }
        both("(" + any + ")");
    }

    const Sql& sql_;
    std::string text_;
    std::string pattern_;
    std::vector<SqlValue> values_;
};

std::string table_of(const KeyFilter& filter) {
    return filter.deleted ? R"( from "LiteLLM_DeletedVerificationToken")"
                          : R"( from "LiteLLM_VerificationToken")";
}

std::string_view column_of(KeySort sort) {
    const auto* const found =
        std::ranges::find(kSorts, sort, &decltype(kSorts)::value_type::second);
    return found->first;
}

/// The part of `page`, behind what `values` has already.
std::string limits(const KeyPage& page, std::vector<SqlValue>& values) {
    values.emplace_back(static_cast<std::int64_t>(page.size));
    auto text = " limit $" + std::to_string(values.size());
    values.emplace_back(static_cast<std::int64_t>((page.number - 1) * page.size));
    return text + " offset $" + std::to_string(values.size());
}

Result<std::size_t> count(Sql& sql, const std::string& text, const std::vector<SqlValue>& values) {
    const auto rows = sql.run(Statement(text), values);
    if (!rows) return std::unexpected(rows.error());
    return rows->empty() ? 0 : static_cast<std::size_t>(rows->integer(0, 0).value_or(0));
}

}  // namespace

std::optional<KeySort> parse_key_sort(std::string_view name) {
    const auto* const found = std::ranges::find(kSorts, name, &decltype(kSorts)::value_type::first);
    if (found == kSorts.end()) return std::nullopt;
    return found->second;
}

Result<ListedKeys> list_keys(Sql& sql, const KeyFilter& filter, KeySort sort, bool descending,
                             const KeyPage& page) {
    const Conditions conditions(sql, filter);
    const auto from = table_of(filter) + conditions.where();
    const auto total = count(sql, "select count(*)" + from, conditions.values());
    if (!total) return std::unexpected(total.error());
    auto values = conditions.values();
    const std::string direction = descending ? " desc" : " asc";
    const auto by = std::string(column_of(sort));
    // What has no value comes last either way, in both stores.
    const auto order = " order by " + by + direction + " nulls last, token" + direction;
    const auto rest = limits(page, values);
    const auto rows =
        sql.run(Statement("select " + key_column_list() + from + order + rest), values);
    if (!rows) return std::unexpected(rows.error());
    ListedKeys listed{{}, *total};
    for (std::size_t i = 0; i < rows->size(); ++i) listed.keys.push_back(read_key_row(*rows, i));
    return listed;
}

Result<std::vector<KeyRow>> newest_keys_of_teams(Sql& sql, std::span<const std::string> ids,
                                                 std::size_t most) {
    const auto build = [](const std::string& is_asked) {
        return "select " + key_column_list("k.") +
               R"( from (select *, row_number() over (partition by team_id
                   order by created_at desc nulls last, token desc) as place
                   from "LiteLLM_VerificationToken" where team_id <> $2 and team_id )" +
               is_asked + ") as k where k.place <= $3 order by k.team_id, k.place";
    };
    static const MadeStatement statement(build("in (select value from json_each($1))"),
                                         build("= any($1)"));
    const auto rows =
        sql.run(statement, {SqlValue::List{ids}, kHiddenTeam, static_cast<std::int64_t>(most)});
    if (!rows) return std::unexpected(rows.error());
    std::vector<KeyRow> keys;
    for (std::size_t i = 0; i < rows->size(); ++i) keys.push_back(read_key_row(*rows, i));
    return keys;
}

Result<ListedAliases> list_key_aliases(Sql& sql, const KeyFilter& filter, const KeyPage& page) {
    const Conditions conditions(sql, filter);
    const auto from = table_of(filter) + conditions.where() + " and key_alias <> ''";
    const auto total = count(sql, "select count(distinct key_alias)" + from, conditions.values());
    if (!total) return std::unexpected(total.error());
    auto values = conditions.values();
    const auto rest = limits(page, values);
    const auto rows = sql.run(
        Statement("select distinct key_alias" + from + " order by key_alias" + rest), values);
    if (!rows) return std::unexpected(rows.error());
    ListedAliases listed{{}, *total};
    for (std::size_t i = 0; i < rows->size(); ++i) listed.aliases.emplace_back(rows->text(i, 0));
    return listed;
}

}  // namespace tollweir
