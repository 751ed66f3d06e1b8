#include "storage/spend_cleanup.hpp"

namespace tollweir {

Result<bool> CleanupClaim::take(Sql& sql, WallTime due) const {
    const auto taken = sql.run(
        "insert into tollweir_task as task (name, started_at, holder, held_until) values "
        "('spend_cleanup', $1, $2, $3) on conflict (name) do update set started_at = "
        "excluded.started_at, holder = excluded.holder, held_until = excluded.held_until where "
        "task.held_until < $1 or (task.held_until is null and (task.started_at is null or "
        "task.started_at < $4)) returning name",
        {now, holder, held_until, due});
    if (!taken) return std::unexpected(taken.error());
    return !taken->empty();
}

Result<std::size_t> delete_old_spend(Sql& sql, const CleanupClaim& claim, WallTime before,
                                     std::size_t count) {
    const auto renewed = sql.run(
        "update tollweir_task set held_until = $1 where name = 'spend_cleanup' and holder = $2",
        {claim.held_until, claim.holder});
    if (!renewed) return std::unexpected(renewed.error());
    if (renewed->affected() == 0)
        return fail(ErrorKind::conflict, "another process deletes old spend rows by now",
                    ErrorSource::gateway);
    const auto deleted = sql.run(
        "delete from \"LiteLLM_SpendLogs\" where \"request_id\" in (select \"request_id\" from "
        "\"LiteLLM_SpendLogs\" where \"startTime\" < $1 order by \"startTime\" limit $2)",
        {before, static_cast<std::int64_t>(count)});
    if (!deleted) return std::unexpected(deleted.error());
    return deleted->affected();
}

Result<void> end_cleanup(Sql& sql, const std::string& holder, bool all_done) {
    const auto ended = sql.run(
        "update tollweir_task set held_until = null, holder = null, started_at = case when $2 then "
        "started_at end where name = 'spend_cleanup' and holder = $1",
        {holder, all_done});
    if (!ended) return std::unexpected(ended.error());
    return {};
}

}  // namespace tollweir
