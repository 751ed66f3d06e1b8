#include "tollweir/auth/body_rules.hpp"

#include <algorithm>

#include "tollweir/auth/auth_error.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

const JsonMember* find_given(const ObjectView& body, std::string_view name) {
    const auto* member = body.find(name);
    return member == nullptr || member->type == JsonType::null ? nullptr : member;
}

bool has_nested(const ObjectView& body, std::string_view outer, std::string_view inner) {
    const auto* member = find_given(body, outer);
    if (member == nullptr || !member->value.contains(inner)) return false;
    const auto parts = json_members(member->value);
    return parts && !find_part(*parts, inner).empty();
}

/// `user`, or `metadata.job`.
bool carries(const ObjectView& body, std::string_view param) {
    const auto dot = param.find('.');
    if (dot == param.npos) return find_given(body, param) != nullptr;
    const auto outer = param.substr(0, dot);
    const auto inner = param.substr(dot + 1);
    return has_nested(body, outer, inner) ||
           (outer == "metadata" && has_nested(body, "litellm_metadata", inner));
}

Result<void> demand(const ObjectView& body, const std::vector<std::string>& params) {
    for (const auto& param : params) {
        if (carries(body, param)) continue;
        auto shown = param;
        if (const auto dot = param.find('.'); dot != param.npos)
            shown = "[" + param.substr(0, dot) + "][" + param.substr(dot + 1) + "]";
        return std::unexpected(auth_error(
            ErrorKind::authentication, "Authentication Error, BadRequest please pass param=" +
                                           shown + " in request body. This is a required param"));
    }
    return {};
}

/// The names of the functions in `tools`, of OpenAI's and Anthropic's shape; a tool without one,
/// such as web search, goes by its type.
std::vector<std::string> tool_names(const ObjectView& body) {
    std::vector<std::string> names;
    const auto* tools = find_given(body, "tools");
    if (tools == nullptr) return names;
    for (const auto tool : json_elements(tools->value).value_or(std::vector<std::string_view>())) {
        const auto parts = json_members(tool).value_or(JsonParts());
        const auto function = json_members(find_part(parts, "function")).value_or(JsonParts());
        for (const auto value :
             {find_part(function, "name"), find_part(parts, "name"), find_part(parts, "type")}) {
            auto name = decode_json_string(value);
            if (!name) continue;
            names.push_back(std::move(*name));
            break;
        }
    }
    return names;
}

Result<void> permit_tools(const std::vector<std::string>& allowed, const ObjectView& body) {
    auto refused = tool_names(body);
    std::erase_if(refused, [&allowed](const std::string& name) {
        return std::ranges::find(allowed, name) != allowed.end();
    });
    if (refused.empty()) return {};
    return std::unexpected(auth_error(
        ErrorKind::permission_denied,
        "Tool(s) " + python_list(refused) + " are not in the allowed tools list for this key/team.",
        "tool_access_denied", "tools"));
}

void add_fallback(std::string_view item, std::vector<std::string>& names) {
    if (auto name = decode_json_string(item)) {
        names.push_back(std::move(*name));
        return;
    }
    const auto parts = json_members(item).value_or(JsonParts());
    if (auto name = decode_json_string(find_part(parts, "model"))) {
        names.push_back(std::move(*name));
        return;
    }
    for (const auto& [group, list] : parts)
        for (auto& name : json_texts(list)) names.push_back(std::move(name));
}

}  // namespace

Result<void> permit_body(const AccessConfig& access, const KeyRecord& key, const ObjectView& body) {
    if (access.enforce_user_param && find_given(body, "user") == nullptr)
        return std::unexpected(auth_error(
            ErrorKind::authentication,
            "Authentication Error, 'user' param not passed in. 'enforce_user_param'=True"));
    if (access.reject_clientside_metadata_tags && has_nested(body, "metadata", "tags"))
        return std::unexpected(
            auth_error(ErrorKind::bad_request,
                       "Client-side 'metadata.tags' not allowed in request. "
                       "'reject_clientside_metadata_tags'=True. Tags can only be set via the key.",
                       "bad_request_error", "metadata.tags"));
    if (auto good = demand(body, access.enforced_params); !good) return good;
    if (key.metadata.service_account)
        if (auto good = demand(body, access.service_account_enforced_params); !good) return good;
    if (auto good = demand(body, key.metadata.enforced_params); !good) return good;
    if (!key.metadata.allowed_tools.empty()) return permit_tools(key.metadata.allowed_tools, body);
    return {};
}

std::vector<std::string> client_fallbacks(const ObjectView& body) {
    std::vector<std::string> names;
    for (const std::string_view field :
         {"fallbacks", "context_window_fallbacks", "content_policy_fallbacks"}) {
        const auto* list = find_given(body, field);
        if (list == nullptr) continue;
        for (const auto item : json_elements(list->value).value_or(std::vector<std::string_view>()))
            add_fallback(item, names);
    }
    return names;
}

}  // namespace tollweir
