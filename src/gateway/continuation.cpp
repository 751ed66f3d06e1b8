#include "tollweir/gateway/continuation.hpp"

#include <algorithm>

#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kOwn[] = {"messages", "max_tokens", "max_completion_tokens"};

std::unexpected<GatewayError> cannot() {
    return fail(ErrorKind::unavailable, "this answer cannot be taken up in its middle");
}

/// Half an object or half a list of answers is nothing to go on from.
bool is_plain(const JsonParts& request) {
    const auto count = find_part(request, "n");
    if (!count.empty() && count != "1" && count != "null") return false;
    const auto format = find_part(request, "response_format");
    return format.empty() || format == "null" || format.contains("\"text\"");
}

/// `[..., {"role":"assistant", ...}]`. The member `prefix` is what Mistral and DeepSeek ask for;
/// adapters of others say it in their own way.
std::string with_beginning(std::string_view messages, std::string_view inside) {
    const auto end = messages.find_last_of(']');
    const auto before = messages.substr(0, end);
    const bool is_empty = before.find_first_not_of(" \t\r\n[") == std::string_view::npos;
    std::string out(before);
    out.append(is_empty ? "" : ",").append(R"({"role":"assistant","content":")");
    return out.append(inside).append(R"(","prefix":true}])");
}

void append_member(std::string& out, std::string_view name, std::string_view json) {
    out.append(out.size() > 1 ? ",\"" : "\"").append(name).append("\":").append(json);
}

}  // namespace

Result<std::string> continuation_changes(std::string_view body, std::string_view changes_json,
                                         const BrokenStream& broken) {
    const auto request = json_members(body);
    const auto changes = json_members(changes_json.empty() ? "{}" : changes_json);
    const auto said = broken.said->open_text();
    if (!request || !changes || !said || !is_plain(*request)) return cannot();
    const auto changed_messages = find_part(*changes, "messages");
    const auto messages =
        changed_messages.empty() ? find_part(*request, "messages") : changed_messages;
    if (!messages.starts_with('[')) return cannot();
    std::string out = "{";
    append_member(out, "messages", with_beginning(messages, *said));
    for (const auto name : {kOwn[1], kOwn[2]}) {
        const auto changed = find_part(*changes, name);
        const auto most = json_integer(changed.empty() ? find_part(*request, name) : changed);
        if (!most) continue;
        const auto used = static_cast<std::int64_t>(broken.usage.completion_tokens);
        append_member(out, name, std::to_string(std::max<std::int64_t>(1, *most - used)));
    }
    for (const auto& [name, json] : *changes)
        if (std::ranges::find(kOwn, name) == std::end(kOwn)) append_member(out, name, json);
    return out + "}";
}

}  // namespace tollweir
