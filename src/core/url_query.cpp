#include "tollweir/core/url_query.hpp"

#include <charconv>

namespace tollweir {

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
    while (!query.empty()) {
        const auto amp = query.find('&');
        const auto pair = query.substr(0, amp);
        const auto equal = pair.find('=');
        if (pair.substr(0, equal) == name)
            return equal == pair.npos ? std::string() : percent_decode(pair.substr(equal + 1));
        query = amp == query.npos ? std::string_view{} : query.substr(amp + 1);
    }
    return {};
}

}  // namespace tollweir
