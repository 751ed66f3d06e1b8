#include "tollweir/providers/deployment_fields.hpp"

#include <algorithm>

namespace tollweir {
namespace {

std::string_view other_spelling(std::string_view name) {
    if (name == "max_tokens") return "max_completion_tokens";
    if (name == "max_completion_tokens") return "max_tokens";
    if (name == "thinking") return "reasoning_effort";
    if (name == "reasoning_effort") return "thinking";
    return {};
}

const JsonMember* find_given(const ObjectView& object, std::string_view name) {
    const auto* member = name.empty() ? nullptr : object.find(name);
    return member != nullptr && member->type != JsonType::null ? member : nullptr;
}

void set(ObjectEdits& edits, std::string_view name, std::string_view json) {
    if (const auto* member = edits.object().find(name)) {
        edits.replace(*member, json);
    } else {
        edits.append(name, json);
    }
}

bool holds(const JsonFields& fields, std::string_view name) {
    return std::ranges::any_of(fields, [name](const auto& field) { return field.first == name; });
}

}  // namespace

void set_deployment_fields(ObjectEdits& edits, const Deployment& deployment) {
    const auto& object = edits.object();
    for (const auto& [name, json] : deployment.extra_body) {
        if (const auto* other = find_given(object, other_spelling(name))) edits.remove(*other);
        set(edits, name, json);
    }
    for (const auto& [name, json] : deployment.defaults) {
        const auto other = other_spelling(name);
        if (find_given(object, name) != nullptr || find_given(object, other) != nullptr) continue;
        if (holds(deployment.extra_body, name) || holds(deployment.extra_body, other)) continue;
        set(edits, name, json);
    }
}

}  // namespace tollweir
