#include <algorithm>

#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_fields.hpp"
#include "gateway/admin/keys/key_json.hpp"
#include "gateway/admin/keys/key_rules.hpp"
#include "tollweir/core/url_query.hpp"
#include "tollweir/gateway/admin/keys.hpp"
#include "tollweir/storage/key_companions.hpp"
#include "tollweir/storage/key_lookup.hpp"
#include "tollweir/storage/keys.hpp"

namespace tollweir {
namespace {

GatewayError not_in_database() {
    auto error = key_not_found("Key not found in database");
    error.type_json = "\"not_found_error\"";
    error.param_json = "\"key\"";
    return error;
}

/// What stands beside a row in answers.
struct Beside {
    std::optional<BudgetTerms> budget;
    std::string permission;
};
Result<Beside> find_beside(Sql& sql, const KeyRow& row) {
    auto budget = find_budget(sql, row.budget_id);
    if (!budget) return std::unexpected(budget.error());
    auto permission = show_object_permission(sql, row.object_permission_id);
    if (!permission) return std::unexpected(permission.error());
    return Beside{std::move(*budget), std::move(*permission)};
}

/// As the key was asked for: a raw one is not repeated in answers, but for one's own request it is
/// what the client has.
Result<std::string> show(Sql& sql, const AdminCall& call, const std::string& asked) {
    const auto token = token_of(asked);
    const auto row = find_key_row(sql, token);
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::unexpected(not_in_database());
    const auto team = find_team(sql, (*row)->team_id);
    if (!team) return std::unexpected(team.error());
    const KeyActor actor(call.caller);
    const auto good = permit_action(actor, KeyAction::look, **row, *team ? &**team : nullptr);
    if (!good) return std::unexpected(good.error());
    const auto beside = find_beside(sql, **row);
    if (!beside) return std::unexpected(beside.error());
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("key").string(asked).key("info").begin_object();
    const auto* budget = beside->budget ? &*beside->budget : nullptr;
    write_key_members(json, **row, {budget, beside->permission});
    if (const auto digest = parse_digest(token)) {
        const auto records = find_keys(sql, std::span(&*digest, 1), WallClock::now());
        if (!records) return std::unexpected(records.error());
        if (records->front().record) {
            json.key("binding_limits");
            write_binding_limits(json, *records->front().record);
        }
    }
    json.end_object().end_object();
    return out;
}

Result<std::string> show_many(Sql& sql, const AdminCall& call,
                              const std::vector<std::string>& asked) {
    std::vector<std::string> tokens;
    for (const auto& key : asked) tokens.push_back(token_of(key));
    const auto rows = find_key_rows(sql, tokens);
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return std::unexpected(not_in_database());
    Ids team_ids;
    Ids budget_ids;
    for (const auto& row : *rows) {
        team_ids.insert(row.team_id);
        budget_ids.insert(row.budget_id);
    }
    const auto teams = find_teams(sql, team_ids);
    if (!teams) return std::unexpected(teams.error());
    const auto budgets = find_budgets(sql, budget_ids);
    if (!budgets) return std::unexpected(budgets.error());
    const KeyActor actor(call.caller);
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("key").begin_array();
    for (const auto& key : asked) json.string(key);
    json.end_array().key("info").begin_array();
    for (const auto& row : *rows) {
        const auto team = teams->find(row.team_id);
        const auto good = permit_action(actor, KeyAction::look, row,
                                        team == teams->end() ? nullptr : &team->second);
        if (!good) return std::unexpected(good.error());
        const auto budget = budgets->find(row.budget_id);
        auto permission = show_object_permission(sql, row.object_permission_id);
        if (!permission) return std::unexpected(permission.error());
        json.raw(key_row_json(
            row, {budget == budgets->end() ? nullptr : &budget->second, std::move(*permission)}));
    }
    json.end_array().end_object();
    return out;
}

}  // namespace

net::Task<Result<void>> show_key(RequestContext& context) {
    auto asked = query_value(context.client->head().query, "key");
    if (asked.empty() && context.identity.key) asked = context.identity.key->hash;
    if (asked.empty()) co_return std::unexpected(as_admin_error(not_in_database(), kKeyErrorType));
    auto work = [call = AdminCall(context), asked = std::move(asked)](Sql& sql) {
        return show(sql, call, asked);
    };
    auto shown = co_await run_in_store(context, std::move(work));
    co_return co_await answer(context, std::move(shown), kKeyErrorType);
}

net::Task<Result<void>> show_keys(RequestContext& context) {
    auto body = co_await read_fields(context);
    if (!body) co_return std::unexpected(body.error());
    body->require("keys");
    auto keys = body->texts("keys");
    if (auto good = body->checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kKeyErrorType));
    auto work = [call = AdminCall(context), keys = std::move(*keys.value)](Sql& sql) {
        return show_many(sql, call, keys);
    };
    auto shown = co_await run_in_store(context, std::move(work));
    co_return co_await answer(context, std::move(shown), kKeyErrorType);
}

}  // namespace tollweir
