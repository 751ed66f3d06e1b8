#include "providers/openai/values.hpp"

#include <algorithm>
#include <charconv>

namespace tollweir {
namespace {

bool has_type(const JsonNode& format, std::string_view wanted) {
    const auto* type = format.find("type");
    return type != nullptr && type->is_string(wanted);
}

// `{type,schema}` -> `{type,json_schema:{name,schema}}`.
void nest_schema(JsonNode& format) {
    auto* schema = format.find("schema");
    if (schema == nullptr || !has_type(format, "json_schema")) return;
    if (format.find("json_schema") != nullptr) return;
    JsonNode nested{JsonType::object, R"("json_schema")", {}, {}};
    nested.children.push_back(json_string_node(R"("name")", R"("response")"));
    nested.children.push_back(std::move(*schema));
    *schema = std::move(nested);
}

// `{type:"json_schema",json_schema:{schema}}` -> `{type:"json_object",schema}`.
void unnest_schema(JsonNode& format) {
    auto* outer = format.find("json_schema");
    auto* inner = outer == nullptr ? nullptr : outer->find("schema");
    if (inner == nullptr || !has_type(format, "json_schema")) return;
    JsonNode schema = std::move(*inner);
    *outer = std::move(schema);
    format.find("type")->text = R"("json_object")";
}

}  // namespace

Result<void> rewrite_response_format(Adaptation& adaptation) {
    constexpr Quirks kRules{Quirk::json_object_only, Quirk::schema_in_json_object,
                            Quirk::no_text_format, Quirk::nests_json_schema};
    auto& draft = adaptation.draft;
    if (!adaptation.row.quirks.has_any(kRules) || !adaptation.may_change(Param::response_format)) {
        return {};
    }
    const auto& member = *draft.member(Param::response_format);
    auto format = draft.tree(member);
    if (!format) return std::unexpected(format.error());
    if (adaptation.has(Quirk::nests_json_schema)) nest_schema(**format);
    if (adaptation.has(Quirk::schema_in_json_object)) unnest_schema(**format);
    if (adaptation.has(Quirk::no_text_format) && has_type(**format, "text")) {
        draft.remove(member);
    } else if (adaptation.has(Quirk::json_object_only) && has_type(**format, "json_schema")) {
        return adaptation.refuse_value(Param::response_format);
    }
    return {};
}

void clamp_temperature(Adaptation& adaptation) {
    auto& draft = adaptation.draft;
    if (!adaptation.may_change(Param::temperature)) return;
    const auto& range = adaptation.row.temperature;
    const auto given = number_in(draft.value(Param::temperature));
    if (!given) return;  // the upstream says what is wrong with it
    const auto several = number_in(draft.value(Param::n)).value_or(1) > 1;
    const double least = std::max(range.least, several ? range.least_if_several : range.least);
    const double kept = std::clamp(*given, least, std::max(least, range.most));
    if (kept == *given) return;
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, kept).ptr;
    draft.set(Param::temperature, {digits, static_cast<std::size_t>(end - digits)});
}

std::optional<double> number_in(std::string_view json) {
    double value = 0;
    const auto read = std::from_chars(json.data(), json.data() + json.size(), value);
    if (read.ec != std::errc() || read.ptr != json.data() + json.size()) return std::nullopt;
    return value;
}

}  // namespace tollweir
