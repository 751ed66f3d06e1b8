#include "gateway/admin/keys/key_maker.hpp"

#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_defaults.hpp"
#include "gateway/admin/keys/key_rules.hpp"
#include "gateway/admin/keys/key_spend.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/storage/keys.hpp"

namespace tollweir {
namespace {

/// Makes one key; on the store's thread, in a transaction.
class KeyMaker {
public:
    KeyMaker(const AdminCall& call, const KeyFields& fields, KeyPurpose purpose)
        : call_(call), actor_(call_.caller), fields_(fields), purpose_(purpose) {}

    Result<MadeKey> make(Sql& sql) {
        const Secret key(fields_.key.value.value_or(new_secret_key()));
        MadeKey made{sha256_hex(key.reveal()), {}};
        if (auto done = make(sql, key, made.token); !done) return std::unexpected(done.error());
        made.json = std::move(answer_);
        return made;
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

    const AdminCall& call_;
    const KeyActor actor_;
    const KeyFields& fields_;
    const KeyPurpose purpose_;
    std::string answer_;
};

}  // namespace

Result<KeyFields> settle_key_fields(const KeyDefaults& rules, KeyPurpose purpose,
                                    KeyFields fields) {
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

Result<MadeKey> make_key(Sql& sql, const AdminCall& call, const KeyFields& fields,
                         KeyPurpose purpose) {
    return KeyMaker(call, fields, purpose).make(sql);
}

}  // namespace tollweir
