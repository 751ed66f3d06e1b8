#include "tollweir/auth/end_user.hpp"

#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

// It becomes a row's key and is kept by every counter of the customer.
constexpr std::size_t kMaxId = 512;

bool take(std::optional<std::string_view> value, std::string& id) {
    if (!value || value->empty() || value->size() > kMaxId) return false;
    id.assign(*value);
    return true;
}

/// A text, or a number, which some clients use for ids.
bool take_json(std::string_view value, std::string& id) {
    if (value.empty()) return false;
    if (value.front() == '"') {
        const auto text = decode_json_string(value);
        return text && take(std::string_view(*text), id);
    }
    return (value.front() == '-' || (value.front() >= '0' && value.front() <= '9')) &&
           take(value, id);
}

bool take_member(const ObjectView& body, std::string_view name, std::string& id) {
    const auto* member = body.find(name);
    return member != nullptr && take_json(member->value, id);
}

bool take_nested(const ObjectView& body, std::string_view outer, std::string_view inner,
                 std::string& id) {
    const auto* member = body.find(outer);
    // Most metadata has no such member: it is taken apart only where it may.
    if (member == nullptr || member->type != JsonType::object || !member->value.contains(inner))
        return false;
    const auto parts = json_members(member->value);
    return parts && take_json(find_part(*parts, inner), id);
}

}  // namespace

void find_end_user(const AccessConfig& access, const net::RequestHead& head, const ObjectView& body,
                   std::string& id) {
    id.clear();
    if (take(head.find("x-litellm-customer-id"), id)) return;
    if (take(head.find("x-litellm-end-user-id"), id)) return;
    for (const auto& mapped : access.user_headers)
        if (mapped.names == UserHeader::Names::customer && take(head.find(mapped.header), id))
            return;
    if (!access.user_header.empty() && take(head.find(access.user_header), id)) return;
    if (take_member(body, "user", id)) return;
    if (take_nested(body, "litellm_metadata", "user", id)) return;
    if (take_nested(body, "metadata", "user_id", id)) return;
    take_member(body, "safety_identifier", id);
}

}  // namespace tollweir
