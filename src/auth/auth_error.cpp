#include "tollweir/auth/auth_error.hpp"

#include <utility>

#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

std::string quoted(std::string_view text) {
    std::string json;
    append_json_string(json, text);
    return json;
}

}  // namespace

GatewayError auth_error(ErrorKind kind, std::string message, std::string_view type,
                        std::string_view param) {
    GatewayError error(kind, ErrorSource::client, std::move(message));
    error.type_json = quoted(type);
    error.code_json = quoted(std::to_string(error.http_status()));
    if (!param.empty()) error.param_json = quoted(param);
    return error;
}

std::string python_list(const std::vector<std::string>& items) {
    std::string text = "[";
    for (const auto& item : items) {
        if (text.size() > 1) text += ", ";
        const char quote = item.contains('\'') && !item.contains('"') ? '"' : '\'';
        text += quote;
        for (const char c : item) {
            if (c == '\\' || c == quote) text += '\\';
            text += c;
        }
        text += quote;
    }
    return text + "]";
}

std::string masked_id(std::string_view id) {
    // Six at the front and two at the end, of ids that are longer than both.
    if (id.size() <= 4) return "***";
    if (id.size() <= 8) return std::string(id.substr(0, 2)) + "***";
    return std::string(id.substr(0, 6)) + "***" + std::string(id.substr(id.size() - 2));
}

}  // namespace tollweir
