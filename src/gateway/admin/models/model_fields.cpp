#include "gateway/admin/models/model_fields.hpp"

#include <algorithm>

#include "gateway/admin/stored_rows.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

JsonFields members_of(Fields& body, std::string_view name) {
    const auto object = body.object(name);
    if (!object.value) return {};
    const auto parts = json_members(*object.value);
    if (!parts) {
        body.refuse(name, "has too many members");
        return {};
    }
    JsonFields fields;
    for (const auto& [key, value] : *parts) fields.emplace_back(key, value);
    return fields;
}

/// Numbers become texts, as LiteLLM takes them.
std::string take_id(JsonFields& info) {
    std::string id = text_field(info, "id");
    if (const auto* value = find_field(info, "id"); value != nullptr && id.empty())
        if (json_integer(*value)) id = *value;
    std::erase_if(
        info, [](const auto& field) { return field.first == "id" || field.first == "db_model"; });
    return id;
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
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

const std::string* find_field(const JsonFields& fields, std::string_view name) {
    const auto found = std::ranges::find(fields, name, &JsonFields::value_type::first);
    return found == fields.end() ? nullptr : &found->second;
}

std::string text_field(const JsonFields& fields, std::string_view name) {
    const auto* value = find_field(fields, name);
    if (value == nullptr || !value->starts_with('"')) return {};
    return decode_json_string(*value).value_or("");
}

void set_text_field(JsonFields& fields, std::string_view name, std::string_view text) {
    std::string json;
    append_json_string(json, text);
    merge_fields({{std::string(name), std::move(json)}}, fields);
}

void merge_fields(const JsonFields& changes, JsonFields& fields) {
    for (const auto& [name, value] : changes) {
        const auto own = std::ranges::find(fields, name, &JsonFields::value_type::first);
        if (own == fields.end()) {
            if (value != "null") fields.emplace_back(name, value);
        } else if (value == "null") {
            fields.erase(own);
        } else {
            own->second = value;
        }
    }
}

std::string fields_json(const JsonFields& fields) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    for (const auto& [name, value] : fields) json.key(name).raw(value);
    json.end_object();
    return out;
}

}  // namespace tollweir
