#include "tollweir/storage/task_claim.hpp"

#include "tollweir/core/ids.hpp"

namespace tollweir {

Result<bool> TaskClaim::take(Sql& sql, WallTime due) const {
    const auto taken = sql.run(
        "insert into tollweir_task as task (name, started_at, holder, held_until) values "
        "($5, $1, $2, $3) on conflict (name) do update set started_at = "
        "excluded.started_at, holder = excluded.holder, held_until = excluded.held_until where "
        "task.held_until < $1 or (task.held_until is null and (task.started_at is null or "
        "task.started_at < $4)) returning name",
        {now, holder, held_until, due, task});
    if (!taken) return std::unexpected(taken.error());
    return !taken->empty();
}

Result<void> TaskClaim::renew(Sql& sql) const {
    const auto renewed =
        sql.run("update tollweir_task set held_until = $1 where name = $2 and holder = $3",
                {held_until, task, holder});
    if (!renewed) return std::unexpected(renewed.error());
    if (renewed->affected() == 0)
        return fail(ErrorKind::conflict, "another process does " + std::string(task) + " by now",
                    ErrorSource::gateway);
    return {};
}

Result<void> TaskClaim::end(Sql& sql, bool all_done) const {
    const auto ended = sql.run(
        "update tollweir_task set held_until = null, holder = null, started_at = case when $2 then "
        "started_at end where name = $3 and holder = $1",
        {holder, all_done, task});
    if (!ended) return std::unexpected(ended.error());
    return {};
}

std::string new_task_holder() {
    std::string id;
    append_uuid4(id);
    return id;
}

}  // namespace tollweir
