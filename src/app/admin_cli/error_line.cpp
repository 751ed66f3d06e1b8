#include "app/admin_cli/error_line.hpp"

#include <algorithm>

#include "app/admin_cli/shown_value.hpp"
#include "app/admin_cli/text_table.hpp"

namespace tollweir::admin_cli {
namespace {

/// `error.message`, else `detail`: a text, an object with `error`, or a list of `msg`.
std::string message_in(std::string_view body) {
    const auto answer = parse_json_tree(body);
    if (!answer) return {};
    if (const auto* error = answer->find("error"); error != nullptr && error->is(JsonType::object))
        if (auto text = text_of(*error, "message"); !text.empty()) return text;
    const auto* detail = answer->find("detail");
    if (detail == nullptr) return {};
    if (detail->is(JsonType::object)) return text_of(*detail, "error");
    if (detail->is(JsonType::array) && !detail->children.empty())
        return text_of(detail->children.front(), "msg");
    return text_of(*answer, "detail");
}

}  // namespace

std::string error_line(int status, std::string_view body) {
    auto message = message_in(body);
    if (message.empty()) message = "the answer is not a gateway's: is the address right?";
    std::string line = message + " (" + std::to_string(status) + ")";
    if (status == 401) line += "; --key or LITELLM_PROXY_API_KEY say whose key asks";
    return line;
}

}  // namespace tollweir::admin_cli
