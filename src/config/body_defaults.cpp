#include "config/body_defaults.hpp"

#include <algorithm>
#include <cmath>

#include "config/known_keys.hpp"
#include "config/policy_reader.hpp"
#include "tollweir/config/nearest.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kTable = "litellm_params";

/// JSON has no infinity and no NaN.
bool is_writable(const Node& node) {
    if (node.kind == Node::Kind::number) {
        const auto value = as_number(node);
        return value && std::isfinite(*value);
    }
    return std::ranges::all_of(node.items, is_writable) &&
           std::ranges::all_of(node.members, is_writable, &Member::value);
}

std::string_view wanted(KeyKind kind) {
    switch (kind) {
        case KeyKind::integer:
            return "a whole number";
        case KeyKind::number:
            return "a number";
        case KeyKind::boolean:
            return "true or false";
        case KeyKind::text:
            return "text";
        case KeyKind::list:
        case KeyKind::texts:
            return "a list";
        case KeyKind::map:
            return "a mapping";
        default:
            return "a value that JSON can hold";
    }
}

/// The value as JSON of the parameter's kind; `"0.5"` out of a variable becomes a number.
std::optional<std::string> body_json(const Node& node, KeyKind kind) {
    if (!is_writable(node)) return std::nullopt;
    std::string out;
    JsonWriter writer(out);
    if (kind == KeyKind::integer) {
        const auto value = as_integer(node);
        if (!value) return std::nullopt;
        writer.number(*value);
    } else if (kind == KeyKind::number && node.kind == Node::Kind::text) {
        const auto value = as_number(node);
        if (!value || !std::isfinite(*value)) return std::nullopt;
        writer.number(*value);
    } else if (kind == KeyKind::boolean) {
        const auto value = as_boolean(node);
        if (!value) return std::nullopt;
        writer.boolean(*value);
    } else if (kind == KeyKind::text) {
        const auto value = as_text(node);
        if (!value) return std::nullopt;
        writer.string(*value);
    } else {
        const bool fits = kind == KeyKind::map      ? node.kind == Node::Kind::map
                          : kind == KeyKind::number ? as_number(node).has_value()
                          : kind == KeyKind::list || kind == KeyKind::texts
                              ? node.kind == Node::Kind::list
                              : true;
        if (!fits) return std::nullopt;
        append_json(out, node);
    }
    return out;
}

void take_field(const Section& section, const Member& entry, KeyKind kind, JsonFields& fields) {
    auto json = body_json(entry.value, kind);
    if (json) {
        fields.emplace_back(entry.key, std::move(*json));
    } else {
        section.error(entry.key, "expected " + std::string(wanted(kind)) + ", found " +
                                     describe(entry.value, entry.key));
    }
}

void warn_at_key(const Section& section, const Member& entry, std::string message) {
    section.findings().warn(entry.at, section.path(entry.key), std::move(message));
}

/// A known key so near that the unknown one is most likely a slip.
const KnownKey* near_key(std::string_view name) {
    const std::size_t most = name.size() > 4 ? 2 : 1;
    const auto found = nearest(name, key_names(kTable));
    const bool is_near = !found.empty() && edit_distance(name, found, most) <= most;
    return is_near ? find_known_key(kTable, found) : nullptr;
}

void take_unknown(const Section& params, const Member& entry, JsonFields& fields) {
    if (names_cost(entry.key)) return;  // a price: the reader of policies takes it
    const KnownKey* meant = near_key(entry.key);
    const bool is_sent =
        !names_secret(entry.key) && (meant == nullptr || meant->status == KeyStatus::body);
    if (meant != nullptr || !is_sent) {
        std::string message = "unknown key";
        if (meant != nullptr) message += "; did you mean `" + std::string(meant->name) + "`?";
        message += is_sent ? " It is sent to the upstream as it is"
                           : (meant == nullptr ? "; not sent: it is named like a credential"
                                               : " It is not sent");
        warn_at_key(params, entry, std::move(message));
    }
    if (is_sent) take_field(params, entry, KeyKind::any, fields);
}

}  // namespace

JsonFields read_body_defaults(const Section& params) {
    JsonFields fields;
    if (!params.present()) return fields;
    for (const auto& entry : params.node()->members) {
        if (entry.value.is_null()) continue;
        const KnownKey* known = find_known_key(kTable, entry.key);
        if (known == nullptr) {
            take_unknown(params, entry, fields);
        } else if (known->status == KeyStatus::body) {
            take_field(params, entry, known->kind, fields);
        }
    }
    return fields;
}

JsonFields read_json_fields(const Section& section) {
    JsonFields fields;
    if (!section.present()) return fields;
    for (const auto& entry : section.node()->members)
        take_field(section, entry, KeyKind::any, fields);
    return fields;
}

void set_field(JsonFields& fields, const std::string& name, std::string json) {
    const auto found = std::ranges::find(fields, name, &JsonFields::value_type::first);
    if (found != fields.end()) {
        found->second = std::move(json);
    } else {
        fields.emplace_back(name, std::move(json));
    }
}

}  // namespace tollweir
