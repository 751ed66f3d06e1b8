#include <algorithm>
#include <map>

#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_fields.hpp"
#include "gateway/admin/keys/key_removal.hpp"
#include "gateway/admin/keys/key_rules.hpp"
#include "tollweir/gateway/admin/keys.hpp"
#include "tollweir/storage/keys.hpp"

namespace tollweir {
namespace {

/// Deletes keys, all or none; on the store's thread.
class KeyRemover {
public:
    KeyRemover(const AdminCall& call, const std::vector<std::string>& named, bool by_alias)
        : call_(call), actor_(call.caller), named_(named), by_alias_(by_alias) {}

    Result<std::string> run(Sql& sql) {
        const auto removed = sql.transaction([&](Sql& inner) { return remove(inner); });
        if (!removed) return std::unexpected(removed.error());
        for (const auto& row : rows_) forget_key(call_, row.token);
        return answer();
    }

private:
    Result<void> remove(Sql& sql) {
        std::vector<std::string> tokens;
        if (by_alias_) {
            auto found = find_tokens_by_alias(sql, named_);
            if (!found) return std::unexpected(found.error());
            tokens = std::move(*found);
        } else {
            for (const auto& key : named_) tokens.push_back(token_of(key));
        }
        auto rows = find_key_rows(sql, tokens, RowLock::update);
        if (!rows) return std::unexpected(rows.error());
        rows_ = std::move(*rows);
        if (rows_.empty()) return std::unexpected(key_not_found("No keys found"));
        if (auto good = permit(sql); !good) return good;
        return remove_key_rows(sql, call_, rows_);
    }

    Result<void> permit(Sql& sql) const {
        Ids ids;
        for (const auto& row : rows_) ids.insert(row.team_id);
        const auto teams = find_teams(sql, ids);
        if (!teams) return std::unexpected(teams.error());
        for (const auto& row : rows_) {
            const auto team = teams->find(row.team_id);
            auto good = permit_action(actor_, KeyAction::remove, row,
                                      team == teams->end() ? nullptr : &team->second);
            if (!good) return good;
        }
        return {};
    }

    /// As they were named; those that were not there are left out.
    std::string answer() const {
        const auto is_gone = [&](const std::string& name) {
            const auto wanted = by_alias_ ? name : token_of(name);
            return std::ranges::any_of(rows_, [&](const KeyRow& row) {
                return (by_alias_ ? row.key_alias : row.token) == wanted;
            });
        };
        std::string out;
        JsonWriter json(out);
        json.begin_object().key("deleted_keys").begin_array();
        for (const auto& name : named_)
            if (is_gone(name)) json.string(name);
        json.end_array().end_object();
        return out;
    }

    const AdminCall& call_;
    const KeyActor actor_;
    const std::vector<std::string>& named_;
    const bool by_alias_;
    std::vector<KeyRow> rows_;
};

}  // namespace

net::Task<Result<void>> delete_keys(RequestContext& context) {
    auto body = co_await read_fields(context);
    if (!body) co_return std::unexpected(body.error());
    auto keys = body->texts("keys");
    auto aliases = body->texts("key_aliases");
    if (!keys.value && !aliases.value) body->require("keys");
    if (auto good = body->checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kKeyErrorType));
    const bool by_alias = !keys.value;
    auto work = [call = AdminCall(context), by_alias,
                 named = std::move(by_alias ? *aliases.value : *keys.value)](Sql& sql) {
        return KeyRemover(call, named, by_alias).run(sql);
    };
    auto deleted = co_await run_in_store(context, std::move(work));
    co_return co_await answer(context, std::move(deleted), kKeyErrorType);
}

}  // namespace tollweir
