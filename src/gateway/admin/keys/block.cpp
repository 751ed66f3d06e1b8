#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_fields.hpp"
#include "gateway/admin/keys/key_json.hpp"
#include "gateway/admin/keys/key_rules.hpp"
#include "tollweir/gateway/admin/keys.hpp"
#include "tollweir/storage/keys.hpp"

namespace tollweir {
namespace {

Result<std::string> set_blocked(Sql& sql, const AdminCall& call, const std::string& key,
                                bool blocked) {
    const auto token = token_of(key);
    const KeyActor actor(call.caller);
    std::string shown;
    const auto set = [&](Sql& inner) -> Result<void> {
        const auto now = WallClock::now();
        const auto before =
            lock_key(inner, actor, KeyAction::block, token, "Key " + key_shown(key) + " not found");
        if (!before) return std::unexpected(before.error());
        auto after = *before;
        after.blocked = blocked;
        after.updated_at = now;
        after.updated_by = call.caller.user_id();
        if (auto written = update_key(inner, *before, after); !written) return written;
        shown = key_row_json(after);
        return audit_key(inner, call, blocked ? "blocked" : "unblocked", &*before, &after, now);
    };
    if (const auto done = sql.transaction(set); !done) return std::unexpected(done.error());
    forget_key(call, token);
    return shown;
}

net::Task<Result<void>> block(RequestContext& context, bool blocked) {
    auto body = co_await read_fields(context);
    if (!body) co_return std::unexpected(body.error());
    const auto key = body->text("key");
    if (auto good = body->checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kKeyErrorType));
    if (!key.value || (!key.value->starts_with("sk-") && !parse_digest(*key.value))) {
        GatewayError error(ErrorKind::bad_request, ErrorSource::client, "Invalid key format.");
        error.param_json = "\"key\"";
        co_return std::unexpected(as_admin_error(std::move(error), "bad_request_error"));
    }
    auto work = [call = AdminCall(context), key = *key.value, blocked](Sql& sql) {
        return set_blocked(sql, call, key, blocked);
    };
    auto done = co_await run_in_store(context, std::move(work));
    co_return co_await answer(context, std::move(done), kKeyErrorType);
}

}  // namespace

net::Task<Result<void>> block_key(RequestContext& context) {
    return block(context, true);
}

net::Task<Result<void>> unblock_key(RequestContext& context) {
    return block(context, false);
}

}  // namespace tollweir
