#include "gateway/admin/models/model_fields.hpp"

#include "gateway/admin/stored_rows.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

/// Numbers become texts, as LiteLLM takes them.
std::string take_id(JsonFields& info) {
    std::string id = text_field(info, "id");
    if (const auto* value = find_field(info, "id"); value != nullptr && id.empty())
        if (json_integer(*value)) id = *value;
    std::erase_if(
        info, [](const auto& field) { return field.first == "id" || field.first == "db_model"; });
    return id;
}

Result<ModelFields> parse(Fields& body) {
    ModelFields fields;
    fields.name = body.text("model_name");
    fields.params = members_of(body, "litellm_params");
    fields.info = members_of(body, "model_info");
    fields.blocked = body.boolean("blocked");
    fields.id = take_id(fields.info);
    if (fields.id.size() > Fields::kMaxText || has_control(fields.id))
        body.refuse("model_info.id", "is longer than 512 bytes or holds a control character");
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    return fields;
}

}  // namespace

Result<ModelFields> parse_new_model(Fields& body) {
    body.require("model_name");
    body.require("litellm_params");
    return parse(body);
}

Result<ModelFields> parse_model_update(Fields& body) {
    auto fields = parse(body);
    if (fields && fields->name.is_null()) fields->name.sent = false;  // forms send it empty
    return fields;
}

}  // namespace tollweir
