#include "tollweir/gateway/json_body.hpp"

namespace tollweir {

net::Task<Result<void>> read_json_body(RequestContext& context, ObjectView& out) {
    const auto max_body = context.config().server.max_body_bytes;
    auto body = context.client->body_at_hand(max_body);
    if (!body) {
        const auto read = co_await context.client->read_body(max_body);
        if (!read) co_return std::unexpected(read.error());
        body = *read;
    }
    static constexpr char kEmptyObject[2 + kJsonPadding + 1] = "{}";
    if (body->empty()) body = std::string_view(kEmptyObject, 2);
    if (auto scanned = out.scan(*body); !scanned)
        co_return fail(ErrorKind::bad_request,
                       "the body is not a JSON object: " + scanned.error().message);
    co_return Result<void>{};
}

const JsonMember* find_given(const ObjectView& object, std::string_view name) {
    const auto* member = object.find(name);
    return member == nullptr || member->type == JsonType::null ? nullptr : member;
}

std::string text_member(const ObjectView& object, std::string_view name) {
    const auto* member = object.find(name);
    if (member == nullptr || member->type != JsonType::string) return {};
    return decode_json_string(member->value).value_or("");
}

}  // namespace tollweir
