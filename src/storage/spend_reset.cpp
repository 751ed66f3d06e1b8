#include "tollweir/storage/spend_reset.hpp"

#include "tollweir/storage/budgets.hpp"

namespace tollweir {
namespace {

Result<void> reset_all(Sql& sql) {
    for (const auto* statement :
         {"update \"LiteLLM_VerificationToken\" set spend = 0, tollweir_spend = 0 where spend <> 0 "
          "or tollweir_spend <> 0",
          "update \"LiteLLM_TeamTable\" set spend = 0, tollweir_spend = 0 where spend <> 0 or "
          "tollweir_spend <> 0"})
        if (const auto done = sql.run(statement); !done) return std::unexpected(done.error());
    // With those of single models and further periods; the rows before, as budgets.hpp has it.
    const auto scopes = sql.run(
        "select scope from tollweir_budget_scope where spent <> 0 and (scope like 'key:%' or scope "
        "like 'team:%') order by scope");
    if (!scopes) return std::unexpected(scopes.error());
    for (std::size_t row = 0; row < scopes->size(); ++row)
        if (auto done = set_budget_spent(sql, scopes->text(row, 0), 0); !done) return done;
    return {};
}

}  // namespace

Result<void> reset_key_and_team_spend(Sql& sql) {
    return sql.transaction(reset_all);
}

}  // namespace tollweir
