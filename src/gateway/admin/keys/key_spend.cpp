#include "gateway/admin/keys/key_spend.hpp"

#include <span>
#include <string>
#include <vector>

#include "tollweir/core/hash.hpp"
#include "tollweir/core/scope.hpp"
#include "tollweir/limits/scope_limits.hpp"
#include "tollweir/storage/budgets.hpp"
#include "tollweir/storage/key_lookup.hpp"

namespace tollweir {
namespace {

Scope scope_of(const std::string& token) {
    return {.kind = ScopeKind::key, .id = token};
}

/// The budgets of the key itself: its cap, its windows, those of single models. As the limiter
/// names them.
std::vector<Scope> budgets_of(const KeyRecord& key) {
    std::vector<Scope> scopes{scope_of(key.hash)};
    const auto limits = limits_of(key, {}, std::nullopt);
    const auto add = [&](const ScopeLimits& of) {
        for (const auto& budget : of.budgets)
            if (budget.scope != scopes.front()) scopes.push_back(budget.scope);
    };
    add(limits.every);
    for (const auto& [model, of] : limits.models) add(of);
    return scopes;
}

Result<std::vector<Scope>> find_budgets_of(Sql& sql, const std::string& token, WallTime now) {
    const auto digest = parse_digest(token);
    if (!digest) return std::vector{scope_of(token)};
    const auto found = find_keys(sql, std::span(&*digest, 1), now);
    if (!found) return std::unexpected(found.error());
    if (!found->front().record) return std::vector{scope_of(token)};
    return budgets_of(*found->front().record);
}

}  // namespace

Result<void> book_key_spend(Sql& sql, const KeyRow& row) {
    return set_budget_spent(sql, scope_key(scope_of(row.token)), row.spend);
}

Result<void> move_key_spend(Sql& sql, const std::string& old_token, const KeyRow& row,
                            WallTime now) {
    // The row has its new token already, so the names of its budgets have it too.
    auto scopes = find_budgets_of(sql, row.token, now);
    if (!scopes) return std::unexpected(scopes.error());
    for (auto& scope : *scopes) {
        const auto to = scope_key(scope);
        scope.id = old_token;
        if (auto moved = move_budget(sql, scope_key(scope), to); !moved) return moved;
    }
    return {};
}

Result<std::vector<std::string>> budget_names(Sql& sql, const KeyRow& row, WallTime now) {
    const auto scopes = find_budgets_of(sql, row.token, now);
    if (!scopes) return std::unexpected(scopes.error());
    std::vector<std::string> names;
    for (const auto& scope : *scopes) names.push_back(scope_key(scope));
    return names;
}

}  // namespace tollweir
