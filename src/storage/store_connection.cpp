#include "storage/store_connection.hpp"

#include <algorithm>

#include "tollweir/core/json.hpp"

namespace tollweir {

std::unexpected<GatewayError> store_away() {
    GatewayError error(ErrorKind::unavailable, ErrorSource::gateway,
                       "the database cannot be reached");
    error.retry_after = "1";
    return std::unexpected(std::move(error));
}

bool has_nul(const SqlValue& value) {
    const auto& held = value.value();
    if (const auto* text = std::get_if<std::string_view>(&held)) return text->contains('\0');
    if (const auto* json = std::get_if<SqlValue::Json>(&held)) return json->text.contains('\0');
    const auto* list = std::get_if<SqlValue::List>(&held);
    return list != nullptr && std::ranges::any_of(list->items, [](const std::string& item) {
               return item.contains('\0');
           });
}

std::unexpected<GatewayError> nul_in_text() {
    return fail(ErrorKind::bad_request, "a text must not contain the character U+0000");
}

std::unexpected<GatewayError> value_is_taken(std::string_view constraint) {
    GatewayError error(ErrorKind::conflict, ErrorSource::client,
                       "a value that must be unique is taken");
    std::string name;
    JsonWriter(name).string(constraint);
    error.param_json = std::move(name);
    return std::unexpected(std::move(error));
}

}  // namespace tollweir
