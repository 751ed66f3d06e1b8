#include "gateway/admin/keys/key_removal.hpp"

#include <algorithm>

#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_spend.hpp"
#include "tollweir/storage/budgets.hpp"
#include "tollweir/storage/key_companions.hpp"
#include "tollweir/storage/keys.hpp"

namespace tollweir {

Result<void> remove_key_rows(Sql& sql, const AdminCall& call, const std::vector<KeyRow>& rows) {
    const auto now = WallClock::now();
    std::vector<std::string> found;
    std::vector<std::string> budgets;
    for (const auto& row : rows) {
        found.push_back(row.token);
        auto names = budget_names(sql, row, now);
        if (!names) return std::unexpected(names.error());
        budgets.insert(budgets.end(), names->begin(), names->end());
    }
    const KeyDeletion deletion{std::string(call.caller.user_id()), std::string(call.caller_key()),
                               call.changed_by, now};
    if (auto archived = archive_keys(sql, found, deletion); !archived) return archived;
    for (const auto& row : rows) {
        if (row.budget_id.starts_with(kOwnBudgetPrefix))
            if (auto gone = delete_budget(sql, row.budget_id); !gone) return gone;
        if (auto noted = audit_key(sql, call, "deleted", &row, nullptr, now); !noted) return noted;
    }
    // Scopes are locked last, and in their order.
    std::ranges::sort(budgets);
    for (const auto& scope : budgets)
        if (auto dropped = drop_budget(sql, scope); !dropped) return dropped;
    return {};
}

}  // namespace tollweir
