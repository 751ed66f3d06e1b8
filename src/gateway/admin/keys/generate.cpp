#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_maker.hpp"
#include "tollweir/gateway/admin/keys.hpp"

namespace tollweir {
namespace {

/// On the store's thread.
Result<std::string> make(Sql& sql, const AdminCall& call, const KeyFields& fields,
                         KeyPurpose purpose) {
    MadeKey made;
    const auto done = sql.transaction([&](Sql& inner) -> Result<void> {
        auto key = make_key(inner, call, fields, purpose);
        if (!key) return std::unexpected(key.error());
        made = std::move(*key);
        return {};
    });
    if (!done) return std::unexpected(done.error());
    // It may have been asked for before it was there.
    forget_key(call, made.token);
    return std::move(made.json);
}

net::Task<Result<void>> generate(RequestContext& context, KeyPurpose purpose) {
    auto body = co_await read_fields(context);
    if (!body) co_return std::unexpected(body.error());
    auto fields = parse_key_fields(*body);
    if (fields)
        fields = settle_key_fields(context.config().key_defaults, purpose, std::move(*fields));
    if (!fields) co_return std::unexpected(as_admin_error(fields.error(), kKeyErrorType));
    auto work = [call = AdminCall(context), fields = std::move(*fields), purpose](Sql& sql) {
        return make(sql, call, fields, purpose);
    };
    auto made = co_await run_in_store(context, std::move(work));
    co_return co_await answer(context, std::move(made), kKeyErrorType);
}

}  // namespace

net::Task<Result<void>> generate_key(RequestContext& context) {
    return generate(context, KeyPurpose::person);
}

net::Task<Result<void>> generate_service_account_key(RequestContext& context) {
    return generate(context, KeyPurpose::service_account);
}

}  // namespace tollweir
