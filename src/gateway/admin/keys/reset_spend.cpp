#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_fields.hpp"
#include "gateway/admin/keys/key_rules.hpp"
#include "gateway/admin/keys/key_spend.hpp"
#include "tollweir/core/time_text.hpp"
#include "tollweir/gateway/admin/keys.hpp"
#include "tollweir/storage/keys.hpp"

namespace tollweir {
namespace {

std::string reset_json(const KeyRow& before, const KeyRow& after) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("key_hash").string(after.token);
    json.key("spend").raw(dollars(after.spend));
    json.key("previous_spend").raw(dollars(before.spend));
    json.key("max_budget");
    after.max_budget ? json.raw(dollars(*after.max_budget)) : json.null();
    json.key("budget_reset_at");
    after.budget_reset_at ? json.string(rfc3339(*after.budget_reset_at)) : json.null();
    json.end_object();
    return out;
}

Result<std::string> reset(Sql& sql, const AdminCall& call, const std::string& key, Picodollars to) {
    const auto token = token_of(key);
    const KeyActor actor(call.caller);
    std::string shown;
    const auto set = [&](Sql& inner) -> Result<void> {
        const auto time = change_time(call);
        const auto before = lock_key(inner, actor, KeyAction::reset_spend, token,
                                     "Key " + key_shown(key) + " not found.");
        if (!before) return std::unexpected(before.error());
        auto after = *before;
        after.spend = to;
        after.updated_at = time.now;
        after.updated_by = call.caller.user_id();
        if (auto written = update_key(inner, *before, after); !written) return written;
        if (auto booked = book_key_spend(inner, after); !booked) return booked;
        shown = reset_json(*before, after);
        return audit_key(inner, call, "updated", &*before, &after, time.now);
    };
    if (const auto done = sql.transaction(set); !done) return std::unexpected(done.error());
    forget_key(call, token);
    return shown;
}

}  // namespace

net::Task<Result<void>> reset_key_spend(RequestContext& context) {
    auto body = co_await read_fields(context);
    if (!body) co_return std::unexpected(body.error());
    body->require("reset_to");
    const auto to = body->dollars("reset_to");
    if (auto good = body->checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kKeyErrorType));
    auto work = [call = AdminCall(context), key = context.path_part,
                 to = to.value.value_or(0)](Sql& sql) { return reset(sql, call, key, to); };
    auto done = co_await run_in_store(context, std::move(work));
    co_return co_await answer(context, std::move(done), kKeyErrorType);
}

}  // namespace tollweir
