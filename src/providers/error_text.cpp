#include <array>
#include <span>

#include "providers/upstream_error.hpp"

namespace tollweir {
namespace {

bool is_alnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_key_char(char c) {
    return is_alnum(c) || std::string_view("-_*.+/=").contains(c);
}

struct KeyStart {
    std::string_view start;
    std::size_t min_length;  // of what follows, so that words such as `sk-learn` stay
    bool keeps_start;
};

// How keys of known providers begin, and the words after which a key is repeated.
constexpr std::array kKeyStarts{
    KeyStart{"sk-", 8, false},
    KeyStart{"sk_", 16, false},
    KeyStart{"gsk_", 8, false},
    KeyStart{"xai-", 8, false},
    KeyStart{"pplx-", 8, false},
    KeyStart{"hf_", 8, false},
    KeyStart{"AIza", 16, false},
    KeyStart{"Bearer ", 8, true},
    KeyStart{"bearer ", 8, true},
    KeyStart{"key provided: ", 1, true},
    KeyStart{"key provided: '", 1, true},
    KeyStart{"Key=", 8, true},
};

std::size_t key_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && is_key_char(text[length])) ++length;
    // The end of a sentence is no part of a key.
    while (length > 0 && text[length - 1] == '.') --length;
    return length;
}

// Masks the key at the front of `text`, if one is there; returns what was taken.
std::size_t mask_at(std::string_view text, std::string& out) {
    for (const auto& [start, min_length, keeps_start] : kKeyStarts) {
        if (!text.starts_with(start)) continue;
        const auto length = key_length(text.substr(start.size()));
        const bool has_stars = text.substr(start.size(), length).contains('*');
        if (length < min_length && !(has_stars && length > 0)) continue;
        if (keeps_start) out += start;
        out += "***";
        return start.size() + length;
    }
    return 0;
}

bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// Where the element that begins at `at` with `<script` or `<style` ends; npos if it is another.
std::size_t end_of_hidden(std::string_view text, std::size_t at) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kHidden{
        {{"<script", "</script"}, {"<style", "</style"}}};
    for (const auto& [open, close] : kHidden) {
        if (!text.substr(at).starts_with(open)) continue;
        const auto end = text.find(close, at);
        return end == std::string_view::npos ? text.size() : end;
    }
    return std::string_view::npos;
}

bool begins_tag(std::string_view text, std::size_t at) {
    if (at + 1 >= text.size()) return false;
    const char next = text[at + 1];
    return next == '/' || next == '!' || next == '?' || (is_alnum(next) && !(next <= '9'));
}

std::string without_tags(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '<' || !begins_tag(text, at)) {
            out += text[at++];
            continue;
        }
        if (const auto hidden = end_of_hidden(text, at); hidden != std::string_view::npos) {
            at = hidden;
            if (at == text.size()) break;
        }
        const auto close = text.find('>', at);
        at = close == std::string_view::npos ? text.size() : close + 1;
        out += ' ';
    }
    return out;
}

}  // namespace

std::string mask_keys(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const bool begins_word = at == 0 || !is_alnum(text[at - 1]);
        const auto taken = begins_word ? mask_at(text.substr(at), out) : 0;
        if (taken == 0) out += text[at];
        at += taken == 0 ? 1 : taken;
    }
    return out;
}

std::string plain_text(std::string_view text, std::size_t max_bytes) {
    // Markup can be far longer than its text; a page is read this far and no further.
    const auto page = text.substr(0, 16 * max_bytes);
    std::string out;
    for (const char c : without_tags(page)) {
        if (static_cast<unsigned char>(c) < 0x20 && !is_blank(c)) continue;
        if (!is_blank(c)) {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    if (out.size() <= max_bytes) return out;
    auto end = max_bytes - 3;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
    return out.substr(0, end) + "...";
}

}  // namespace tollweir
