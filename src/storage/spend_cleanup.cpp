#include "storage/spend_cleanup.hpp"

namespace tollweir {

Result<std::size_t> delete_old_spend(Sql& sql, const TaskClaim& claim, WallTime before,
                                     std::size_t count) {
    if (auto renewed = claim.renew(sql); !renewed) return std::unexpected(renewed.error());
    const auto deleted = sql.run(
        "delete from \"LiteLLM_SpendLogs\" where \"request_id\" in (select \"request_id\" from "
        "\"LiteLLM_SpendLogs\" where \"startTime\" < $1 order by \"startTime\" limit $2)",
        {before, static_cast<std::int64_t>(count)});
    if (!deleted) return std::unexpected(deleted.error());
    return deleted->affected();
}

}  // namespace tollweir
