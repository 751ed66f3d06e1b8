#include "tollweir/storage/keys.hpp"

#include <algorithm>

#include "storage/row_table.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

constexpr const char* kTable = R"("LiteLLM_VerificationToken")";

const RowTable<KeyRow>& table() {
    static const RowTable<KeyRow> instance("LiteLLM_VerificationToken", key_columns());
    return instance;
}

std::vector<std::string> first_column(const SqlRows& rows) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < rows.size(); ++i) texts.emplace_back(rows.text(i, 0));
    return texts;
}

}  // namespace

Result<std::optional<KeyRow>> find_key_row(Sql& sql, std::string_view token, RowLock lock) {
    return table().find(sql, token, lock);
}

Result<std::vector<KeyRow>> find_key_rows(Sql& sql, std::span<const std::string> tokens,
                                          RowLock lock) {
    return table().find_all(sql, tokens, lock);
}

Result<std::vector<std::string>> find_tokens_by_alias(Sql& sql,
                                                      std::span<const std::string> aliases) {
    const Statement statement{
        R"(select token from "LiteLLM_VerificationToken"
           where key_alias in (select value from json_each($1)))",
        R"(select token from "LiteLLM_VerificationToken" where key_alias = any($1))"};
    const auto rows = sql.run(statement, {SqlValue::List{aliases}});
    if (!rows) return std::unexpected(rows.error());
    return first_column(*rows);
}

Result<std::string> holder_of_alias(Sql& sql, std::string_view alias, std::string_view token) {
    // LiteLLM's table has no unique index on aliases, and rows of old may share one: so whoever
    // wants an alias waits here for others who want the same. SQLite has one writer anyway.
    if (sql.is_postgres()) {
        const auto locked = sql.run(
            "select pg_advisory_xact_lock(hashtextextended('tollweir key_alias ' || $1, 0))",
            {alias});
        if (!locked) return std::unexpected(locked.error());
    }
    const auto rows = sql.run(
        R"(select token from "LiteLLM_VerificationToken" where key_alias = $1 and token <> $2)",
        {alias, token});
    if (!rows) return std::unexpected(rows.error());
    return rows->empty() ? std::string() : std::string(rows->text(0, 0));
}

Result<void> insert_key(Sql& sql, const KeyRow& key) {
    return table().insert(sql, key);
}

Result<void> update_key(Sql& sql, const KeyRow& before, const KeyRow& after) {
    return table().update(sql, before, after);
}

Result<void> archive_keys(Sql& sql, std::span<const std::string> tokens,
                          const KeyDeletion& deletion) {
    static const std::string copy =
        R"(insert into "LiteLLM_DeletedVerificationToken" (id, deleted_at, deleted_by,
           deleted_by_api_key, litellm_changed_by, )" +
        key_column_list() + ") select $2, $3, $4, $5, $6, " + key_column_list() + " from " +
        kTable + " where token = $1";
    for (const auto& token : tokens) {
        std::string id;
        append_uuid4(id);
        const auto copied =
            sql.run(Statement(copy.c_str()),
                    {token, id, deletion.at, text_or_null(deletion.deleted_by),
                     text_or_null(deletion.deleted_by_api_key), text_or_null(deletion.changed_by)});
        if (!copied) return std::unexpected(copied.error());
    }
    const Statement keys{
        R"(delete from "LiteLLM_VerificationToken"
           where token in (select value from json_each($1)))",
        R"(delete from "LiteLLM_VerificationToken" where token = any($1))"};
    const Statement graces{
        R"(delete from "LiteLLM_DeprecatedVerificationToken"
           where active_token_id in (select value from json_each($1)))",
        R"(delete from "LiteLLM_DeprecatedVerificationToken" where active_token_id = any($1))"};
    for (const auto& statement : {keys, graces}) {
        const auto done = sql.run(statement, {SqlValue::List{tokens}});
        if (!done) return std::unexpected(done.error());
    }
    return {};
}

Result<void> deprecate_token(Sql& sql, std::string_view old_token, std::string_view new_token,
                             std::optional<WallTime> revoke_at, WallTime now) {
    const auto moved = sql.run(
        R"(update "LiteLLM_DeprecatedVerificationToken" set active_token_id = $2
           where active_token_id = $1)",
        {old_token, new_token});
    if (!moved) return std::unexpected(moved.error());
    const auto ended = sql.run(
        R"(delete from "LiteLLM_DeprecatedVerificationToken" where token = $1 or revoke_at <= $2)",
        {old_token, now});
    if (!ended) return std::unexpected(ended.error());
    if (!revoke_at) return {};
    std::string id;
    append_uuid4(id);
    const auto added = sql.run(
        R"(insert into "LiteLLM_DeprecatedVerificationToken"
           (id, token, active_token_id, revoke_at, created_at) values ($1, $2, $3, $4, $5))",
        {id, old_token, new_token, *revoke_at, now});
    if (!added) return std::unexpected(added.error());
    return {};
}

Result<bool> is_token_taken(Sql& sql, std::string_view token, WallTime now) {
    const auto rows = sql.run(
        R"(select 1 from "LiteLLM_VerificationToken" where token = $1
           union all
           select 1 from "LiteLLM_DeprecatedVerificationToken" where token = $1 and revoke_at > $2)",
        {token, now});
    if (!rows) return std::unexpected(rows.error());
    return !rows->empty();
}

Result<std::vector<std::string>> find_tokens_due(Sql& sql, WallTime now, std::string_view after,
                                                 std::size_t count) {
    const auto rows = sql.run(
        R"(select token from "LiteLLM_VerificationToken"
           where auto_rotate = true and rotation_interval <> ''
           and (key_rotation_at is null or key_rotation_at <= $1) and token > $2
           order by token limit $3)",
        {now, after, static_cast<std::int64_t>(count)});
    if (!rows) return std::unexpected(rows.error());
    return first_column(*rows);
}

Result<void> drop_ended_graces(Sql& sql, WallTime now) {
    const auto done = sql.run(
        R"(delete from "LiteLLM_DeprecatedVerificationToken" where revoke_at <= $1)", {now});
    if (!done) return std::unexpected(done.error());
    return {};
}

Result<AllocatedLimits> allocated_limits(Sql& sql, KeyOwner owner, std::string_view id,
                                         std::string_view but_token) {
    const char* const text =
        owner == KeyOwner::team
            ? R"(select tpm_limit, rpm_limit, metadata from "LiteLLM_VerificationToken"
                 where team_id = $1 and token <> $2)"
            : R"(select tpm_limit, rpm_limit, metadata from "LiteLLM_VerificationToken"
                 where organization_id = $1 and token <> $2)";
    const auto rows = sql.run(text, {id, but_token});
    if (!rows) return std::unexpected(rows.error());
    AllocatedLimits sum;
    constexpr std::string_view kGuaranteed = "\"guaranteed_throughput\"";
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const auto metadata = json_members(rows->text(i, 2)).value_or(JsonParts());
        if (find_part(metadata, "tpm_limit_type") == kGuaranteed)
            sum.tpm += rows->integer(i, 0).value_or(0);
        if (find_part(metadata, "rpm_limit_type") == kGuaranteed)
            sum.rpm += rows->integer(i, 1).value_or(0);
    }
    return sum;
}

}  // namespace tollweir
