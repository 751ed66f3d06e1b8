#pragma once

#include <string>
#include <string_view>

#include "tollweir/core/deployment.hpp"
#include "tollweir/gateway/admin/fields.hpp"

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

/// The value of a field as text; empty: absent, or none.
std::string text_field(const JsonFields& fields, std::string_view name);
const std::string* find_field(const JsonFields& fields, std::string_view name);
void set_text_field(JsonFields& fields, std::string_view name, std::string_view text);
/// Puts `changes` over `fields`.
void merge_fields(const JsonFields& changes, JsonFields& fields);
std::string fields_json(const JsonFields& fields);

}  // namespace tollweir
