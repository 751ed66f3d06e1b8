#include "tollweir/storage/key_companions.hpp"

#include <array>
#include <vector>

#include "tollweir/core/ids.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

// The lists of LiteLLM_ObjectPermissionTable, as the statements below have them.
constexpr std::array<std::string_view, 9> kLists{
    "mcp_servers", "mcp_access_groups", "vector_stores", "agents",      "agent_access_groups",
    "models",      "blocked_tools",     "mcp_toolsets",  "search_tools"};

std::optional<double> in_dollars(std::optional<Picodollars> amount) {
    return amount ? std::optional(to_double_dollars(*amount)) : std::nullopt;
}

Result<void> done(const Result<SqlRows>& rows) {
    if (!rows) return std::unexpected(rows.error());
    return {};
}

}  // namespace

Result<std::string> insert_own_budget(Sql& sql, Picodollars soft_budget, std::string_view author,
                                      WallTime now) {
    std::string id(kOwnBudgetPrefix);
    append_uuid4(id);
    const auto added = sql.run(
        R"(insert into "LiteLLM_BudgetTable"
           (budget_id, soft_budget, created_at, created_by, updated_at, updated_by)
           values ($1, $2, $3, $4, $3, $4))",
        {id, to_double_dollars(soft_budget), now, author});
    if (!added) return std::unexpected(added.error());
    return id;
}

Result<void> set_soft_budget(Sql& sql, std::string_view budget_id,
                             std::optional<Picodollars> soft_budget, std::string_view author,
                             WallTime now) {
    return done(sql.run(
        R"(update "LiteLLM_BudgetTable" set soft_budget = $2, updated_at = $3, updated_by = $4
           where budget_id = $1)",
        {budget_id, in_dollars(soft_budget), now, author}));
}

Result<void> delete_budget(Sql& sql, std::string_view budget_id) {
    return done(sql.run(R"(delete from "LiteLLM_BudgetTable" where budget_id = $1)", {budget_id}));
}

Result<std::string> save_object_permission(Sql& sql, std::string_view id, std::string_view json) {
    const auto parts = json_members(json).value_or(JsonParts());
    std::array<std::vector<std::string>, kLists.size()> lists;
    std::string made(id);
    if (made.empty()) append_uuid4(made);
    std::vector<SqlValue> values{made};
    for (std::size_t i = 0; i < kLists.size(); ++i) {
        lists[i] = json_texts(find_part(parts, kLists[i]));
        values.push_back(SqlValue::List{lists[i]});
    }
    const auto tools = find_part(parts, "mcp_tool_permissions");
    values.push_back(tools.empty() || tools == "null" ? SqlValue()
                                                      : SqlValue(SqlValue::Json{tools}));
    const auto saved = sql.run(
        R"(insert into "LiteLLM_ObjectPermissionTable" (object_permission_id, mcp_servers,
           mcp_access_groups, vector_stores, agents, agent_access_groups, models, blocked_tools,
           mcp_toolsets, search_tools, mcp_tool_permissions)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
           on conflict (object_permission_id) do update set mcp_servers = $2,
           mcp_access_groups = $3, vector_stores = $4, agents = $5, agent_access_groups = $6,
           models = $7, blocked_tools = $8, mcp_toolsets = $9, search_tools = $10,
           mcp_tool_permissions = $11)",
        values);
    if (!saved) return std::unexpected(saved.error());
    return made;
}

Result<std::string> show_object_permission(Sql& sql, std::string_view id) {
    if (id.empty()) return "null";
    const auto rows = sql.run(
        R"(select mcp_servers, mcp_access_groups, vector_stores, agents, agent_access_groups, models,
           blocked_tools, mcp_toolsets, search_tools, mcp_tool_permissions
           from "LiteLLM_ObjectPermissionTable" where object_permission_id = $1)",
        {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return "null";
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("object_permission_id").string(id);
    for (std::size_t i = 0; i < kLists.size(); ++i) {
        json.key(kLists[i]).begin_array();
        for (const auto& item : rows->list(0, i)) json.string(item);
        json.end_array();
    }
    json.key("mcp_tool_permissions");
    rows->is_null(0, kLists.size()) ? json.null() : json.raw(rows->text(0, kLists.size()));
    json.end_object();
    return out;
}

Result<std::string> find_project_team(Sql& sql, std::string_view project_id) {
    if (project_id.empty()) return "";
    const auto rows = sql.run(R"(select team_id from "LiteLLM_ProjectTable" where project_id = $1)",
                              {project_id});
    if (!rows) return std::unexpected(rows.error());
    return rows->empty() ? std::string() : std::string(rows->text(0, 0));
}

Result<std::string> show_user(Sql& sql, std::string_view user_id) {
    const auto rows = sql.run(
        R"(select user_id, user_email, user_alias, user_role from "LiteLLM_UserTable"
           where user_id = $1)",
        {user_id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return "null";
    constexpr std::array<std::string_view, 4> kNames{"user_id", "user_email", "user_alias",
                                                     "user_role"};
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        json.key(kNames[i]);
        rows->is_null(0, i) ? json.null() : json.string(rows->text(0, i));
    }
    json.end_object();
    return out;
}

}  // namespace tollweir
