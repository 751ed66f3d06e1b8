#include "tollweir/gateway/admin/fields.hpp"

#include <algorithm>

#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

std::string quoted(std::string_view text) {
    std::string json;
    append_json_string(json, text);
    return json;
}

std::string described(std::string_view name, std::string_view message) {
    return "Invalid " + std::string(name) + ": " + std::string(message);
}

/// A number as forms send it, in quotes, without them.
std::string_view unquoted(const JsonMember& member) {
    if (member.type != JsonType::string) return member.value;
    return member.value.substr(1, member.value.size() - 2);
}

/// How deep brackets are nested, at the most, in a well-formed JSON text.
std::size_t depth_of(std::string_view json) {
    std::size_t depth = 0;
    std::size_t deepest = 0;
    for (std::size_t at = 0; at < json.size(); ++at) {
        const char c = json[at];
        if (c == '"') {
            for (++at; json[at] != '"'; ++at)
                if (json[at] == '\\') ++at;
        } else if (c == '{' || c == '[') {
            deepest = std::max(deepest, ++depth);
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return deepest;
}

}  // namespace

bool has_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

GatewayError schema_error(std::string_view name, std::string_view type, std::string_view message) {
    GatewayError error(ErrorKind::unprocessable, ErrorSource::client,
                       std::string(name) + ": " + std::string(message));
    error.param_json = quoted(name);
    std::string detail;
    JsonWriter json(detail);
    json.begin_array().begin_object();
    json.key("type").string(type).key("loc").begin_array().string("body").string(name).end_array();
    json.key("msg").string(message).key("input").null();
    json.end_object().end_array();
    error.detail_json = std::move(detail);
    return error;
}

Result<Fields> Fields::read(std::string_view body) {
    Fields fields;
    const auto is_blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
    const bool empty = std::ranges::all_of(body, is_blank);
    const std::string_view text = empty ? std::string_view("{}") : body;
    // Beyond what a short string holds in itself, so that moving it leaves the bytes in place.
    fields.body_.reserve(text.size() + kJsonPadding);
    fields.body_.assign(text);
    // What lies inside nested values is stored: the view alone would not look at it.
    if (!is_valid_json(fields.body_))
        return fail(ErrorKind::bad_request, "the body is not valid JSON");
    fields.body_.append(kJsonPadding, ' ');
    const auto scanned = fields.object_.scan(std::string_view(fields.body_).substr(0, text.size()));
    if (!scanned) return std::unexpected(scanned.error());
    return fields;
}

const JsonMember* Fields::find(std::string_view name) const {
    return object_.find(name);
}

std::string_view Fields::raw(std::string_view name) const {
    const auto* member = find(name);
    return member == nullptr ? std::string_view() : member->value;
}

void Fields::refuse(std::string_view name, std::string message) {
    if (error_) return;
    error_.emplace(ErrorKind::bad_request, ErrorSource::client, std::move(message));
    error_->param_json = quoted(name);
}

void Fields::refuse_as_schema(std::string_view name, std::string_view type,
                              std::string_view message) {
    if (!error_) error_ = schema_error(name, type, message);
}

void Fields::require(std::string_view name) {
    const auto* member = find(name);
    const bool has_none =
        member == nullptr || member->type == JsonType::null || member->value == "\"\"";
    if (!error_ && has_none) error_ = schema_error(name, "missing", "Field required");
}

void Fields::wrong_type(std::string_view name, std::string_view type, std::string_view expected) {
    if (!error_) error_ = schema_error(name, type, "Input should be " + std::string(expected));
}

Result<void> Fields::checked() const {
    if (error_) return std::unexpected(*error_);
    return {};
}

bool Fields::take_text(std::string_view name, std::string_view literal, std::string& out) {
    auto text = decode_json_string(literal);
    if (!text) {
        refuse(name, described(name, "it holds half of a surrogate pair"));
        return false;
    }
    if (text->size() > kMaxText) {
        refuse(name, described(name, "it is longer than " + std::to_string(kMaxText) + " bytes"));
        return false;
    }
    if (has_control(*text)) {
        refuse(name, described(name, "it holds control characters"));
        return false;
    }
    out = std::move(*text);
    return true;
}

Sent<std::string> Fields::text(std::string_view name) {
    Sent<std::string> field;
    const auto* member = find(name);
    if (member == nullptr) return field;
    field.sent = true;
    if (member->type == JsonType::null) return field;
    if (member->type != JsonType::string) {
        wrong_type(name, "string_type", "a valid string");
        return field;
    }
    std::string text;
    if (take_text(name, member->value, text) && !text.empty()) field.value = std::move(text);
    return field;
}

Sent<std::string> Fields::word(std::string_view name, std::span<const std::string_view> words) {
    auto field = text(name);
    if (!field.value || std::ranges::find(words, *field.value) != words.end()) return field;
    std::string expected;
    for (const auto one : words)
        expected.append(expected.empty() ? "" : ", ").append("'").append(one).append("'");
    wrong_type(name, "enum", expected);
    return field;
}

Sent<bool> Fields::boolean(std::string_view name) {
    Sent<bool> field;
    const auto* member = find(name);
    if (member == nullptr) return field;
    field.sent = true;
    if (member->type == JsonType::null) return field;
    const auto value = unquoted(*member);
    if (value == "true" || value == "True")
        field.value = true;
    else if (value == "false" || value == "False")
        field.value = false;
    else
        wrong_type(name, "bool_parsing", "a valid boolean");
    return field;
}

Sent<std::int64_t> Fields::count(std::string_view name, std::int64_t most) {
    Sent<std::int64_t> field;
    const auto* member = find(name);
    if (member == nullptr) return field;
    field.sent = true;
    if (member->type == JsonType::null || member->value == "\"\"") return field;
    const auto number = json_integer(unquoted(*member));
    if (!number)
        wrong_type(name, "int_parsing", "a valid integer");
    else if (*number < 0)
        refuse(name,
               std::string(name) + " cannot be negative. Received: " + std::to_string(*number));
    else if (*number > most)
        refuse(name, described(name, "it is above " + std::to_string(most)));
    else
        field.value = *number;
    return field;
}

Sent<Picodollars> Fields::dollars(std::string_view name, std::string_view must) {
    Sent<Picodollars> field;
    const auto* member = find(name);
    if (member == nullptr) return field;
    field.sent = true;
    if (member->type == JsonType::null || member->value == "\"\"") return field;
    const auto amount = parse_dollars(unquoted(*member));
    const bool is_number = member->type == JsonType::number || member->type == JsonType::string;
    if (!is_number || (!amount && member->type == JsonType::string))
        wrong_type(name, "float_parsing", "a valid number");
    else if (!amount)
        refuse(name, described(name, "the amount is too large"));
    else if (*amount < 0)
        refuse(name, std::string(name) + " " + std::string(must) +
                         ". Received: " + tollweir::dollars(*amount));
    else
        field.value = *amount;
    return field;
}

Sent<WallTime> Fields::time(std::string_view name) {
    Sent<WallTime> field;
    const auto given = text(name);
    field.sent = given.sent;
    if (!given.value) return field;
    field.value = parse_rfc3339(*given.value);
    if (!field.value) wrong_type(name, "datetime_parsing", "a valid datetime");
    return field;
}

Sent<BudgetDuration> Fields::duration(std::string_view name) {
    Sent<BudgetDuration> field;
    const auto given = text(name);
    field.sent = given.sent;
    if (!given.value || means_no_reset(*given.value)) return field;
    field.value = parse_budget_duration(*given.value);
    if (!field.value)
        refuse(name, described(name, "'" + *given.value +
                                         "' is no duration; expected a whole number above 0 and "
                                         "one of s, m, h, d, w, mo, such as 30d"));
    return field;
}

Sent<std::vector<std::string>> Fields::texts(std::string_view name) {
    Sent<std::vector<std::string>> field;
    const auto* member = find(name);
    if (member == nullptr) return field;
    field.sent = true;
    if (member->type == JsonType::null) return field;
    const auto items = json_elements(member->value);
    if (!items) {
        wrong_type(name, "list_type", "a valid list");
        return field;
    }
    if (items->size() > kMaxItems) {
        refuse(name, described(name, "it has over " + std::to_string(kMaxItems) + " items"));
        return field;
    }
    std::vector<std::string> texts;
    for (const auto item : *items) {
        if (!item.starts_with('"')) {
            wrong_type(name, "string_type", "a list of valid strings");
            return field;
        }
        if (!take_text(name, item, texts.emplace_back())) return field;
    }
    field.value = std::move(texts);
    return field;
}

Sent<std::string> Fields::nested(std::string_view name, JsonType type, std::size_t most) {
    Sent<std::string> field;
    const auto* member = find(name);
    if (member == nullptr) return field;
    field.sent = true;
    if (member->type == JsonType::null) return field;
    if (member->type != type)
        type == JsonType::object ? wrong_type(name, "dict_type", "a valid dictionary")
                                 : wrong_type(name, "list_type", "a valid list");
    else if (member->value.size() > most)
        refuse(name, described(name, "it is longer than " + std::to_string(most) + " bytes"));
    else if (depth_of(member->value) > kMaxDepth)
        refuse(name, described(name, "it is nested deeper than " + std::to_string(kMaxDepth)));
    else if (member->value.contains("\\u0000"))
        refuse(name, described(name, "it holds a NUL character"));
    else
        field.value = std::string(member->value);
    return field;
}

Sent<std::string> Fields::object(std::string_view name) {
    auto field = nested(name, JsonType::object, kMaxObject);
    if (field.value && !json_members(*field.value))
        refuse(name, described(name, "it has too many members, or one whose name is no text"));
    return field;
}

Sent<std::string> Fields::array(std::string_view name, std::size_t most) {
    return nested(name, JsonType::array, most);
}

}  // namespace tollweir
