#include "gateway/admin/json_fields.hpp"

#include <algorithm>

#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {

JsonFields fields_of(std::string_view object) {
    JsonFields fields;
    for (const auto& [name, value] : json_members(object).value_or(JsonParts()))
        fields.emplace_back(name, value);
    return fields;
}

JsonFields members_of(Fields& body, std::string_view name) {
    const auto object = body.object(name);
    if (!object.value) return {};
    if (!json_members(*object.value)) body.refuse(name, "has too many members");
    return fields_of(*object.value);
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
