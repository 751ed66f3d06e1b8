#include <algorithm>

#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_defaults.hpp"
#include "gateway/admin/keys/key_json.hpp"
#include "gateway/admin/keys/key_rules.hpp"
#include "gateway/admin/keys/key_spend.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/gateway/admin/keys.hpp"
#include "tollweir/storage/key_companions.hpp"
#include "tollweir/storage/keys.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kErrorType = "auth_error";
constexpr std::size_t kMostAtOnce = 500;
constexpr std::size_t kMostBytes = 2 * 1024 * 1024;  // of these, with their tags

/// Changes one key; on the store's thread.
class KeyUpdater {
public:
    KeyUpdater(const AdminCall& call, const KeyFields& fields)
        : call_(call), actor_(call.caller), fields_(fields) {}

    /// The members of the row as it is then, as an open object's.
    Result<std::string> run(Sql& sql) {
        const auto token = token_of(*fields_.key.value);
        const auto changed = sql.transaction([&](Sql& inner) { return change(inner, token); });
        if (!changed) return std::unexpected(changed.error());
        forget_key(call_, token);
        return std::move(answer_);
    }

private:
    Result<void> change(Sql& sql, const std::string& token) {
        const auto time = change_time(call_);
        const auto before = lock_key(sql, actor_, KeyAction::update, token, "Key not found");
        if (!before) return std::unexpected(before.error());
        auto after = *before;
        if (auto applied = apply_fields(fields_, time, after); !applied) return applied;
        after.updated_at = time.now;
        after.updated_by = call_.caller.user_id();
        if (auto good = check_change(sql, actor_, &*before, after, false); !good) return good;
        if (auto saved = save_companions(sql, fields_, call_, time.now, after); !saved)
            return saved;
        if (auto written = tollweir::update_key(sql, *before, after); !written) return written;
        if (fields_.spend.sent)
            if (auto booked = book_key_spend(sql, after); !booked) return booked;
        auto noted = audit_key(sql, call_, "updated", &*before, &after, time.now);
        if (!noted) return noted;
        return compose(sql, after);
    }

    Result<void> compose(Sql& sql, const KeyRow& row) {
        const auto budget = find_budget(sql, row.budget_id);
        if (!budget) return std::unexpected(budget.error());
        auto permission = show_object_permission(sql, row.object_permission_id);
        if (!permission) return std::unexpected(permission.error());
        answer_.clear();
        JsonWriter json(answer_);
        json.begin_object().key("key").string(*fields_.key.value);
        json.key("token").string(row.token);
        write_key_members(json, row, {*budget ? &**budget : nullptr, std::move(*permission)});
        json.end_object();
        return {};
    }

    const AdminCall& call_;
    const KeyActor actor_;
    const KeyFields& fields_;
    std::string answer_;
};

Result<KeyFields> read_update(const KeyDefaults& rules, Fields& body) {
    body.require("key");
    auto fields = parse_key_fields(body);
    if (!fields) return fields;
    if (auto good = hold_bounds(rules.upper_bounds, Unsaid::stays, *fields); !good)
        return std::unexpected(good.error());
    if (auto good = hold_alias_format(rules, *fields); !good) return std::unexpected(good.error());
    return fields;
}

/// One item of a bulk update: only the fields that it has there.
struct BulkItem {
    std::string key;
    Result<KeyFields> fields;
};

BulkItem read_item(const KeyDefaults& rules, std::string_view text) {
    BulkItem item{"", KeyFields()};
    auto body = Fields::read(text);
    if (!body) {
        item.fields = std::unexpected(body.error());
        return item;
    }
    item.key = body->text("key").value.value_or("");
    auto read = read_update(rules, *body);
    if (!read) {
        item.fields = std::unexpected(read.error());
        return item;
    }
    KeyFields kept;
    kept.key = read->key;
    kept.budget_id = read->budget_id;
    kept.max_budget = read->max_budget;
    kept.team_id = read->team_id;
    for (auto& member : read->metadata_members)
        if (member.first == "tags") kept.metadata_members.push_back(std::move(member));
    item.fields = std::move(kept);
    return item;
}

std::string bulk_json(const std::vector<BulkItem>& items,
                      const std::vector<Result<std::string>>& outcomes) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("total_requested").number(items.size());
    json.key("successful_updates").begin_array();
    for (std::size_t i = 0; i < items.size(); ++i)
        if (outcomes[i])
            json.begin_object()
                .key("key")
                .string(items[i].key)
                .key("key_info")
                .raw(*outcomes[i])
                .end_object();
    json.end_array().key("failed_updates").begin_array();
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (outcomes[i]) continue;
        const auto& error = outcomes[i].error();
        const bool missing = error.kind == ErrorKind::not_found;
        json.begin_object().key("key").string(items[i].key).key("key_info").null();
        json.key("failed_reason")
            .string(missing ? "Key not found: " + items[i].key : error.message)
            .end_object();
    }
    json.end_array().end_object();
    return out;
}

Result<std::vector<BulkItem>> read_items(const KeyDefaults& rules, Fields& body) {
    body.require("keys");
    const auto list = body.array("keys", kMostBytes);
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    const auto items = json_elements(*list.value);
    if (items->size() > kMostAtOnce)
        return fail(ErrorKind::bad_request, "Maximum " + std::to_string(kMostAtOnce) +
                                                " keys can be updated at once. Got " +
                                                std::to_string(items->size()));
    std::vector<BulkItem> read;
    for (const auto item : *items) read.push_back(read_item(rules, item));
    return read;
}

}  // namespace

net::Task<Result<void>> update_key(RequestContext& context) {
    auto body = co_await read_fields(context);
    if (!body) co_return std::unexpected(body.error());
    auto fields = read_update(context.config().key_defaults, *body);
    if (!fields) co_return std::unexpected(as_admin_error(fields.error(), kErrorType));
    auto work = [call = AdminCall(context), fields = std::move(*fields)](Sql& sql) {
        return KeyUpdater(call, fields).run(sql);
    };
    auto updated = co_await run_in_store(context, std::move(work));
    co_return co_await answer(context, std::move(updated), kErrorType);
}

net::Task<Result<void>> update_keys_in_bulk(RequestContext& context) {
    if (!context.identity.is_admin())
        co_return std::unexpected(
            as_admin_error(GatewayError(ErrorKind::permission_denied, ErrorSource::client,
                                        "Only proxy admins can perform bulk key updates"),
                           kErrorType));
    auto body = co_await read_fields(context);
    if (!body) co_return std::unexpected(body.error());
    auto items = read_items(context.config().key_defaults, *body);
    if (!items) co_return std::unexpected(as_admin_error(items.error(), kErrorType));
    auto work = [call = AdminCall(context), items = std::move(*items)](Sql& sql) {
        std::vector<Result<std::string>> outcomes;
        for (const auto& item : items) {
            if (!item.fields) {
                outcomes.emplace_back(std::unexpected(item.fields.error()));
                continue;
            }
            outcomes.push_back(KeyUpdater(call, *item.fields).run(sql));
            // The store is away: what follows would fail as well, after a wait each.
            if (!outcomes.back() && outcomes.back().error().kind == ErrorKind::unavailable)
                return Result<std::string>(std::unexpected(outcomes.back().error()));
        }
        return Result<std::string>(bulk_json(items, outcomes));
    };
    auto updated = co_await run_in_store(context, std::move(work));
    co_return co_await answer(context, std::move(updated), kErrorType);
}

}  // namespace tollweir
