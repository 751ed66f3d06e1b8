#include "tollweir/core/url_query.hpp"

#include <algorithm>
#include <charconv>

namespace tollweir {
namespace {

/// As it stands in the query; empty if absent.
std::string_view raw_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const auto amp = query.find('&');
        const auto pair = query.substr(0, amp);
        const auto equal = pair.find('=');
        if (pair.substr(0, equal) == name)
            return equal == pair.npos ? std::string_view() : pair.substr(equal + 1);
        query = amp == query.npos ? std::string_view{} : query.substr(amp + 1);
    }
    return {};
}

}  // namespace

std::string percent_decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        const auto* digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string query_value(std::string_view query, std::string_view name) {
    return percent_decode(raw_value(query, name));
}

std::string form_value(std::string_view query, std::string_view name) {
    std::string value(raw_value(query, name));
    std::ranges::replace(value, '+', ' ');
    return percent_decode(value);
}

}  // namespace tollweir
