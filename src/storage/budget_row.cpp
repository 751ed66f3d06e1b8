#include "tollweir/storage/budget_row.hpp"

#include <array>

#include "storage/row_table.hpp"

namespace tollweir {
namespace {

using Kind = ColumnKind;

const RowColumn<BudgetRow> kColumns[] = {
    {"budget_id", Kind::text, &BudgetRow::budget_id},
    {"max_budget", Kind::money, &BudgetRow::max_budget},
    {"soft_budget", Kind::money, &BudgetRow::soft_budget},
    {"max_parallel_requests", Kind::number, &BudgetRow::max_parallel_requests},
    {"tpm_limit", Kind::number, &BudgetRow::tpm_limit},
    {"rpm_limit", Kind::number, &BudgetRow::rpm_limit},
    {"model_max_budget", Kind::json, &BudgetRow::model_max_budget},
    {"budget_duration", Kind::text, &BudgetRow::budget_duration},
    {"budget_reset_at", Kind::time, &BudgetRow::budget_reset_at},
    {"allowed_models", Kind::list, &BudgetRow::allowed_models},
    {"created_at", Kind::time, &BudgetRow::created_at},
    {"created_by", Kind::text, &BudgetRow::created_by},
    {"updated_at", Kind::time, &BudgetRow::updated_at},
    {"updated_by", Kind::text, &BudgetRow::updated_by},
};

const RowTable<BudgetRow>& table() {
    static const RowTable<BudgetRow> instance("LiteLLM_BudgetTable", budget_columns());
    return instance;
}

// In the order of the statement below.
constexpr std::array<std::string_view, 8> kUsers{"keys",     "customers",    "tags",
                                                 "projects", "team members", "organization members",
                                                 "teams",    "organizations"};

/// `team_budget`: how the store reads the row that a team's metadata names.
std::string uses_text(std::string_view team_budget) {
    const auto count = [](std::string_view table, std::string_view column) {
        return R"((select count(*) from "LiteLLM_)" + std::string(table) + R"(" where )" +
               std::string(column) + " = $1)";
    };
    return "select " + count("VerificationToken", "budget_id") + ", " +
           count("EndUserTable", "budget_id") + ", " + count("TagTable", "budget_id") + ", " +
           count("ProjectTable", "budget_id") + ", " + count("TeamMembership", "budget_id") + ", " +
           count("OrganizationMembership", "budget_id") + ", " + count("TeamTable", team_budget) +
           ", " + count("OrganizationTable", "budget_id");
}

}  // namespace

std::span<const RowColumn<BudgetRow>> budget_columns() {
    return kColumns;
}

Result<std::optional<BudgetRow>> find_budget_row(Sql& sql, std::string_view id, RowLock lock) {
    return table().find(sql, id, lock);
}

Result<std::vector<BudgetRow>> find_budget_rows(Sql& sql, std::span<const std::string> ids) {
    return table().find_all(sql, ids, RowLock::none);
}

Result<std::vector<BudgetRow>> list_budget_rows(Sql& sql, std::size_t most) {
    const SqlValue limit(static_cast<std::int64_t>(most));
    return table().select(sql, " order by created_at desc, budget_id limit $1",
                          std::span(&limit, 1));
}

Result<void> insert_budget_row(Sql& sql, const BudgetRow& row) {
    return table().insert(sql, row);
}

Result<void> update_budget_row(Sql& sql, const BudgetRow& before, const BudgetRow& after) {
    return table().update(sql, before, after);
}

Result<void> delete_budget_row(Sql& sql, std::string_view id) {
    const std::string own(id);
    return table().remove(sql, std::span(&own, 1));
}

Result<std::vector<BudgetUse>> find_budget_uses(Sql& sql, std::string_view id) {
    static const auto sqlite = uses_text("json_extract(metadata, '$.team_member_budget_id')");
    static const auto postgres = uses_text("metadata ->> 'team_member_budget_id'");
    const auto rows = sql.run(Statement(sqlite.c_str(), postgres.c_str()), {id});
    if (!rows) return std::unexpected(rows.error());
    std::vector<BudgetUse> uses;
    for (std::size_t i = 0; i < kUsers.size(); ++i)
        if (const auto count = rows->integer(0, i).value_or(0); count > 0)
            uses.push_back({kUsers[i], static_cast<std::size_t>(count)});
    return uses;
}

Result<void> release_budget_row(Sql& sql, std::string_view id) {
    for (const auto* const statement :
         {R"(update "LiteLLM_VerificationToken" set budget_id = null where budget_id = $1)",
          R"(update "LiteLLM_EndUserTable" set budget_id = null where budget_id = $1)",
          R"(update "LiteLLM_TagTable" set budget_id = null where budget_id = $1)",
          R"(update "LiteLLM_ProjectTable" set budget_id = null where budget_id = $1)",
          R"(update "LiteLLM_TeamMembership" set budget_id = null where budget_id = $1)",
          R"(update "LiteLLM_OrganizationMembership" set budget_id = null where budget_id = $1)"}) {
        const auto done = sql.run(statement, {id});
        if (!done) return std::unexpected(done.error());
    }
    return {};
}

}  // namespace tollweir
