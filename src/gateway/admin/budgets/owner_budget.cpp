#include "gateway/admin/budgets/owner_budget.hpp"

#include "gateway/admin/row_json.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/core/ids.hpp"

namespace tollweir {
namespace {

bool is_uuid(std::string_view id) {
    return id.size() == 36 && id[8] == '-' && id[13] == '-' && id[18] == '-' && id[23] == '-';
}

/// LiteLLM calls rows that it made for one owner by a UUID; nobody else may use them.
Result<bool> is_own(Sql& sql, const BudgetOwner& owner, const std::string& id) {
    if (id.starts_with(owner.prefix)) return true;
    if (!is_uuid(id)) return false;
    const auto uses = find_budget_uses(sql, id);
    if (!uses) return std::unexpected(uses.error());
    return uses->size() == 1 && uses->front().count == 1;
}

/// A row of the owner's own that begins as `like` and has what was sent.
Result<std::string> make_own(Sql& sql, const AdminCall& call, const BudgetOwner& owner,
                             const BudgetFields& fields, const ChangeTime& time, BudgetRow like) {
    like.budget_id = owner.prefix;
    append_uuid4(like.budget_id);
    apply_budget(fields, owner.rule, time, like);
    like.created_at = like.updated_at = time.now;
    like.created_by = like.updated_by = call.caller.user_id();
    if (auto made = insert_budget_row(sql, like); !made) return std::unexpected(made.error());
    return std::move(like.budget_id);
}

Result<void> change_own(Sql& sql, const AdminCall& call, const BudgetOwner& owner,
                        const BudgetFields& fields, const ChangeTime& time, BudgetRow before) {
    auto after = before;
    apply_budget(fields, owner.rule, time, after);
    after.updated_at = time.now;
    after.updated_by = call.caller.user_id();
    return update_budget_row(sql, before, after);
}

/// It names another row, or none.
Result<void> point_at(Sql& sql, const AdminCall& call, const BudgetOwner& owner,
                      const BudgetFields& fields, const ChangeTime& time, std::string& budget_id) {
    const auto& wanted = fields.budget_id.value;
    if (!wanted) {
        budget_id.clear();
        if (!owner.must_have && !fields.gives_terms()) return {};
        auto made = make_own(sql, call, owner, fields, time, {});
        if (!made) return std::unexpected(made.error());
        budget_id = std::move(*made);
        return {};
    }
    const auto row = find_budget_row(sql, *wanted, RowLock::update);
    if (!row) return std::unexpected(row.error());
    // Somebody's own row changes and goes with that one.
    if (!*row || (wanted->starts_with(kReservedBudgetPrefix) && *wanted != budget_id))
        return row_error(ErrorKind::bad_request, "Budget not found, passed budget_id=" + *wanted,
                         "bad_request", "budget_id");
    budget_id = *wanted;
    return {};
}

}  // namespace

Result<std::string> save_owner_budget(Sql& sql, const AdminCall& call, const BudgetOwner& owner,
                                      const BudgetFields& fields, const ChangeTime& time,
                                      std::string& budget_id) {
    const auto before = budget_id;
    const bool is_missing = owner.must_have && budget_id.empty();
    if (fields.budget_id.sent || is_missing) {
        if (auto done = point_at(sql, call, owner, fields, time, budget_id); !done)
            return std::unexpected(done.error());
        return budget_id == before ? std::string() : before;
    }
    if (!fields.sets_terms()) return "";
    auto row = find_budget_row(sql, budget_id, RowLock::update);
    if (!row) return std::unexpected(row.error());
    if (*row) {
        const auto own = is_own(sql, owner, budget_id);
        if (!own) return std::unexpected(own.error());
        if (*own) {
            auto changed = change_own(sql, call, owner, fields, time, std::move(**row));
            if (!changed) return std::unexpected(changed.error());
            return "";
        }
    } else if (!fields.gives_terms()) {
        return "";  // nothing is taken from nothing
    }
    auto made = make_own(sql, call, owner, fields, time, *row ? **row : BudgetRow());
    if (!made) return std::unexpected(made.error());
    budget_id = std::move(*made);
    return "";
}

Result<void> drop_owner_budget(Sql& sql, const BudgetOwner& owner, const std::string& budget_id) {
    if (!budget_id.starts_with(owner.prefix)) return {};
    return delete_budget_row(sql, budget_id);
}

void write_budget_row(JsonWriter& json, const BudgetRow* row) {
    if (row == nullptr) {
        json.null();
        return;
    }
    json.begin_object();
    write_columns(json, *row, budget_columns());
    json.end_object();
}

Result<void> write_budget_of(Sql& sql, JsonWriter& json, const std::string& budget_id) {
    std::optional<BudgetRow> found;
    if (!budget_id.empty()) {
        auto row = find_budget_row(sql, budget_id);
        if (!row) return std::unexpected(row.error());
        found = std::move(*row);
    }
    json.key("litellm_budget_table");
    write_budget_row(json, found ? &*found : nullptr);
    return {};
}

}  // namespace tollweir
