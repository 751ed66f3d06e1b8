#pragma once

#include <cstdint>
#include <string>

#include "gateway/admin/keys/key_fields.hpp"
#include "tollweir/config/key_defaults.hpp"
#include "tollweir/gateway/admin/admin_call.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

enum class KeyPurpose : std::uint8_t { person, service_account };

/// What a request says about a new key, with the defaults and within the bounds of the
/// configuration. Pure. Errors: `bad_request`.
Result<KeyFields> settle_key_fields(const KeyDefaults& rules, KeyPurpose purpose, KeyFields fields);

struct MadeKey {
    std::string token;  // to be forgotten once the transaction is done (`forget_key`)
    std::string json;   // the answer that hands the key out
};
/// Makes a key of settled fields, inside the caller's transaction. Errors: `bad_request`,
/// `permission_denied`.
Result<MadeKey> make_key(Sql& sql, const AdminCall& call, const KeyFields& fields,
                         KeyPurpose purpose);

}  // namespace tollweir
