#include "tollweir/net/http_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tollweir::net {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

// RFC 9110, 5.6.2.
constexpr auto kTokenCharacters = [] {
    std::array<bool, 256> table{};
    for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
    for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = table[c - 32] = true;
    for (const char c :
         {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'})
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

/// What a head's bytes are, counted without branches, so that the compiler does many at a time.
struct Census {
    unsigned returns = 0;
    unsigned line_feeds = 0;
    unsigned controls = 0;  // that no head may hold
};

Census count(std::string_view text) {
    // Counters of a byte do not overflow in so many steps, and fit sixteen to a register.
    constexpr std::size_t kBlock = 240;
    Census census;
    while (!text.empty()) {
        const auto block = text.substr(0, kBlock);
        std::uint8_t returns = 0, line_feeds = 0, controls = 0;
        for (const char c : block) {
            const auto byte = static_cast<unsigned char>(c);
            returns = static_cast<std::uint8_t>(returns + (byte == '\r'));
            line_feeds = static_cast<std::uint8_t>(line_feeds + (byte == '\n'));
            controls = static_cast<std::uint8_t>(controls + (byte < 0x20 && byte != '\t') +
                                                 (byte == 0x7f));
        }
        census.returns += returns;
        census.line_feeds += line_feeds;
        census.controls += controls;
        text.remove_prefix(block.size());
    }
    census.controls -= census.returns + census.line_feeds;
    return census;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

bool has_token(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (same_name(trimmed(list.substr(0, comma)), token)) return true;
        list = comma == list.npos ? std::string_view{} : list.substr(comma + 1);
    }
    return false;
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
    std::uint64_t length = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (problem != std::errc{} || text.empty() || end != text.data() + text.size())
        return std::nullopt;
    return length;
}

const char* find_ambiguity(std::string_view head) {
    const auto census = count(head);
    unsigned line_ends = 0;
    for (auto at = head.find('\n'); at != head.npos; at = head.find('\n', at + 1)) {
        line_ends += at > 0 && head[at - 1] == '\r';
        if (at + 1 < head.size() && is_blank(head[at + 1]))
            return "folded header lines are not accepted";
    }
    if (line_ends != census.line_feeds) return "a line ends with a bare line feed";
    const bool cut_in_line_end = head.ends_with('\r');
    if (census.returns != line_ends + (cut_in_line_end ? 1 : 0)) return "a bare carriage return";
    return census.controls != 0 ? "a control character in the header" : nullptr;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return kTokenCharacters[static_cast<unsigned char>(c)];
    });
}

bool split_fields(std::string_view lines, std::size_t max_fields,
                  std::vector<HeaderField>& fields) {
    for (;;) {
        const auto end = lines.find('\r');
        if (end == lines.npos) return false;
        if (end == 0) return true;
        const auto line = lines.substr(0, end);
        const auto colon = line.find(':');
        if (colon == line.npos || !is_token(line.substr(0, colon)) || fields.size() == max_fields)
            return false;
        fields.push_back({line.substr(0, colon), trimmed(line.substr(colon + 1))});
        lines.remove_prefix(end + 2);
    }
}

}  // namespace tollweir::net
