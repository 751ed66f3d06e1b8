#pragma once

#include <string>
#include <string_view>

#include "gateway/admin/json_fields.hpp"

namespace tollweir {

inline constexpr std::string_view kModelErrors = "auth_error";

/// What a request says of a model. In both objects null clears, and what is left out stays.
struct ModelFields {
    std::string id;  // `model_info.id`; empty: not named
    Sent<std::string> name;
    JsonFields params;  // `litellm_params`
    JsonFields info;    // `model_info`, without `id` and `db_model`, which are the store's
    Sent<bool> blocked;
};
Result<ModelFields> parse_new_model(Fields& body);
/// The id may stand in the path instead.
Result<ModelFields> parse_model_update(Fields& body);

}  // namespace tollweir
