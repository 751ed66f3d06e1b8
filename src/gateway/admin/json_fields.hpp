#pragma once

#include <string>
#include <string_view>

#include "tollweir/core/deployment.hpp"
#include "tollweir/gateway/admin/fields.hpp"

namespace tollweir {

// Objects of a body or a row, a level at a time: names with the JSON text of their values.

/// Empty where this is no object, or one of over 1024 members.
JsonFields fields_of(std::string_view object);
/// Those of a field of the body; notes an error where it is none, or too large.
JsonFields members_of(Fields& body, std::string_view name);

/// The value of a field as text; empty: absent, or none.
std::string text_field(const JsonFields& fields, std::string_view name);
const std::string* find_field(const JsonFields& fields, std::string_view name);
void set_text_field(JsonFields& fields, std::string_view name, std::string_view text);
/// Puts `changes` over `fields`; null takes a field out.
void merge_fields(const JsonFields& changes, JsonFields& fields);
std::string fields_json(const JsonFields& fields);

}  // namespace tollweir
