#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_defaults.hpp"
#include "gateway/admin/keys/key_spend.hpp"
#include "gateway/admin/keys/key_token.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/gateway/admin/keys.hpp"
#include "tollweir/storage/keys.hpp"

namespace tollweir {
namespace {

/// Gives a row another key; on the store's thread. Spend and settings stay.
class KeyRotator {
public:
    KeyRotator(const AdminCall& call, const std::string& key, const KeyFields& fields)
        : call_(call), actor_(call.caller), key_(key), fields_(fields) {}

    Result<std::string> run(Sql& sql) {
        const Secret fresh(fields_.new_key.value.value_or(new_secret_key()));
        const auto token = sha256_hex(fresh.reveal());
        const auto old = token_of(key_);
        const auto done =
            sql.transaction([&](Sql& inner) { return rotate(inner, old, fresh, token); });
        if (!done) return std::unexpected(done.error());
        forget_key(call_, old);
        forget_key(call_, token);
        return std::move(answer_);
    }

private:
    Result<void> rotate(Sql& sql, const std::string& old, const Secret& fresh,
                        const std::string& token) {
        const auto time = change_time(call_);
        const auto before = lock_key(sql, actor_, KeyAction::regenerate, old,
                                     "Key " + key_shown(key_) + " not found.");
        if (!before) return std::unexpected(before.error());
        const auto taken = is_token_taken(sql, token, time.now);
        if (!taken) return std::unexpected(taken.error());
        const auto& master = call_.config().master_key.reveal();
        if (*taken || (!master.empty() && token == sha256_hex(master)))
            return fail(ErrorKind::bad_request, "Key already exists: choose another new_key");
        auto after = *before;
        if (auto applied = apply_fields(fields_, time, after); !applied) return applied;
        after.updated_at = time.now;
        after.updated_by = call_.caller.user_id();
        // Its new bearer must hold what it grants, unless it is the very key that is presented.
        const bool is_own = actor_.key && actor_.key->hash == old;
        if (auto good = check_change(sql, actor_, &*before, after, !is_own); !good) return good;
        if (auto saved = save_companions(sql, fields_, call_, time.now, after); !saved)
            return saved;
        give_token(call_.config().key_defaults, fresh, time.now, after);
        if (auto moved = move_key(sql, *before, after, grace_end(time.now), time.now); !moved)
            return moved;
        if (fields_.spend.sent)
            if (auto booked = book_key_spend(sql, after); !booked) return booked;
        if (auto noted = audit_key(sql, call_, "rotated", &*before, &after, time.now); !noted)
            return noted;
        auto shown = show_issued(sql, fresh, after, fields_);
        if (!shown) return std::unexpected(shown.error());
        answer_ = std::move(*shown);
        return {};
    }

    std::optional<WallTime> grace_end(WallTime now) const {
        const auto& rules = call_.config().key_defaults;
        return end_of_grace(
            fields_.grace_period.sent ? fields_.grace_period.value : rules.rotation_grace, now);
    }

    const AdminCall& call_;
    const KeyActor actor_;
    const std::string& key_;
    const KeyFields& fields_;
    std::string answer_;
};

/// Errors: as update, and a new key that is none.
Result<KeyFields> read_regeneration(const KeyDefaults& rules, Fields& body) {
    auto fields = parse_key_fields(body);
    if (!fields) return fields;
    if (fields->new_key.value)
        if (auto good = check_key_text(*fields->new_key.value); !good)
            return std::unexpected(good.error());
    if (auto good = hold_bounds(rules.upper_bounds, Unsaid::stays, *fields); !good)
        return std::unexpected(good.error());
    if (auto good = hold_alias_format(rules, *fields); !good) return std::unexpected(good.error());
    return fields;
}

}  // namespace

net::Task<Result<void>> regenerate_key(RequestContext& context) {
    auto body = co_await read_fields(context);
    if (!body) co_return std::unexpected(body.error());
    auto fields = read_regeneration(context.config().key_defaults, *body);
    if (!fields) co_return std::unexpected(as_admin_error(fields.error(), kKeyErrorType));
    // The path names the key; without one, the body does.
    auto key = context.path_part.empty() ? fields->key.value.value_or("") : context.path_part;
    if (key.empty())
        co_return std::unexpected(as_admin_error(
            GatewayError(ErrorKind::bad_request, ErrorSource::client, "No key passed in."),
            kKeyErrorType));
    auto work = [call = AdminCall(context), key = std::move(key), fields = std::move(*fields)](
                    Sql& sql) { return KeyRotator(call, key, fields).run(sql); };
    auto done = co_await run_in_store(context, std::move(work));
    co_return co_await answer(context, std::move(done), kKeyErrorType);
}

}  // namespace tollweir
