#include "gateway/admin/setting_change.hpp"

namespace tollweir {

Result<void> need_stored_config(const RequestContext& context, bool is_on,
                                std::string_view error_type, std::string_view more) {
    if (context.state->store == nullptr) return std::unexpected(no_database_for_rows());
    if (is_on && context.state->live_config != nullptr) return {};
    auto refused = row_error(ErrorKind::internal,
                             "Set `'STORE_MODEL_IN_DB='True'` in your env to enable this feature. "
                             "general_settings.store_model_in_db: true does the same" +
                                 std::string(more),
                             error_type);
    return std::unexpected(as_admin_error(std::move(refused.error()), error_type));
}

Result<void> need_stored_settings(const RequestContext& context, std::string_view error_type) {
    return need_stored_config(context, context.config().database.stores_models, error_type);
}

}  // namespace tollweir
