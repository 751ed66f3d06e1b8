#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_defaults.hpp"
#include "gateway/admin/keys/key_rules.hpp"
#include "gateway/admin/keys/key_spend.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/gateway/admin/keys.hpp"
#include "tollweir/storage/keys.hpp"

namespace tollweir {
namespace {

// LiteLLM's `type` of whatever a handler of /key refuses.
constexpr std::string_view kErrorType = "internal_server_error";

enum class KeyPurpose : std::uint8_t { person, service_account };

/// What the request says about a new key, with the defaults and within the bounds of the
/// configuration.
Result<KeyFields> settle_fields(const KeyDefaults& rules, KeyPurpose purpose, KeyFields fields) {
    fill_defaults(rules.defaults, fields);
    if (auto good = hold_bounds(rules.upper_bounds, Unsaid::becomes_the_most, fields); !good)
        return std::unexpected(good.error());
    if (auto good = hold_alias_format(rules, fields); !good) return std::unexpected(good.error());
    if (fields.key.value)
        if (auto good = check_key_text(*fields.key.value); !good)
            return std::unexpected(good.error());
    if (purpose == KeyPurpose::service_account) {
        fields.user_id = {};
        const auto name = fields.key_alias.value.value_or("");
        std::string json;
        append_json_string(json, name);
        fields.metadata_members.emplace_back("service_account_id", std::move(json));
    }
    return fields;
}

/// Makes one key; on the store's thread.
class KeyMaker {
public:
    KeyMaker(AdminCall call, KeyFields fields, KeyPurpose purpose)
        : call_(std::move(call)),
          actor_(call_.caller),
          fields_(std::move(fields)),
          purpose_(purpose) {}

    Result<std::string> operator()(Sql& sql) {
        const Secret key(fields_.key.value.value_or(new_secret_key()));
        const auto token = sha256_hex(key.reveal());
        const auto made = sql.transaction([&](Sql& inner) { return make(inner, key, token); });
        if (!made) return std::unexpected(made.error());
        // It may have been asked for before it was there.
        forget_key(call_, token);
        return std::move(answer_);
    }

private:
    Result<void> make(Sql& sql, const Secret& key, const std::string& token) {
        const auto time = change_time(call_);
        const auto taken = is_token_taken(sql, token, time.now);
        if (!taken) return std::unexpected(taken.error());
        const auto& master = call_.config().master_key.reveal();
        if (*taken || (!master.empty() && token == sha256_hex(master)))
            return fail(ErrorKind::bad_request, "Key already exists: choose another one");
        auto row = first_row(key, token, time.now);
        if (auto applied = apply_fields(fields_, time, row); !applied) return applied;
        if (row.user_id.empty() && purpose_ == KeyPurpose::person && !actor_.is_admin())
            row.user_id = actor_.user_id;
        inherit(actor_, row);
        if (auto good = check(sql, row); !good) return good;
        if (auto saved = save_companions(sql, fields_, call_, time.now, row); !saved) return saved;
        if (auto added = insert_key(sql, row); !added) return added;
        if (auto booked = book_key_spend(sql, row); !booked) return booked;
        if (auto noted = audit_key(sql, call_, "created", nullptr, &row, time.now); !noted)
            return noted;
        auto shown = show_issued(sql, key, row, fields_);
        if (!shown) return std::unexpected(shown.error());
        answer_ = std::move(*shown);
        return {};
    }

    KeyRow first_row(const Secret& key, const std::string& token, WallTime now) const {
        KeyRow row;
        row.token = token;
        if (call_.config().key_defaults.keeps_key_name) row.key_name = shown_key(key.reveal());
        row.created_at = row.updated_at = now;
        row.created_by = row.updated_by = call_.caller.user_id();
        return row;
    }

    Result<void> check(Sql& sql, const KeyRow& row) const {
        const auto team = find_team(sql, row.team_id);
        if (!team) return std::unexpected(team.error());
        const auto* found = *team ? &**team : nullptr;
        if (purpose_ == KeyPurpose::service_account && found == nullptr)
            return fail(ErrorKind::bad_request,
                        "Team not found, passed team_id=" +
                            (row.team_id.empty() ? std::string("None") : row.team_id));
        auto good = check_generation(call_.config().key_defaults, actor_, fields_, row, found);
        if (!good) return good;
        return check_change(sql, actor_, nullptr, row, false);
    }

    AdminCall call_;
    KeyActor actor_;
    KeyFields fields_;
    KeyPurpose purpose_;
    std::string answer_;
};

net::Task<Result<void>> generate(RequestContext& context, KeyPurpose purpose) {
    auto body = co_await read_fields(context);
    if (!body) co_return std::unexpected(body.error());
    auto fields = parse_key_fields(*body);
    if (fields) fields = settle_fields(context.config().key_defaults, purpose, std::move(*fields));
    if (!fields) co_return std::unexpected(as_admin_error(fields.error(), kErrorType));
    KeyMaker maker(AdminCall(context), std::move(*fields), purpose);
    auto made = co_await run_in_store(context, std::move(maker));
    co_return co_await answer(context, std::move(made), kErrorType);
}

}  // namespace

net::Task<Result<void>> generate_key(RequestContext& context) {
    return generate(context, KeyPurpose::person);
}

net::Task<Result<void>> generate_service_account_key(RequestContext& context) {
    return generate(context, KeyPurpose::service_account);
}

}  // namespace tollweir
