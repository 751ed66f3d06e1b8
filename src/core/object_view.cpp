#include <algorithm>
#include <cstring>

#include "core/json_syntax.hpp"
#include "core/json_tokens.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

std::unexpected<GatewayError> malformed(std::string_view why) {
    return fail(ErrorKind::bad_request, "The text is not a JSON object: " + std::string(why) + ".");
}

/// The index of the bracket that closes the one at `open`, the tokens' number if none does. Most of
/// a body's tokens pass here, so the loop has no branch but its ends.
std::size_t closing_token(const JsonTokens& tokens, std::size_t open) {
    std::size_t depth = 0;
    for (std::size_t i = open; i < tokens.size(); ++i) {
        // In ASCII a brace is its square bracket with bit 5 set.
        const int c = tokens[i] | 0x20;
        depth += static_cast<std::size_t>(c == '{');
        depth -= static_cast<std::size_t>(c == '}');
        if (depth == 0) return i;
    }
    return tokens.size();
}

/// The first backslash of the text, or a place before which there is none: one search instead of
/// one for each key and string of a small object, and a bounded one in a large body.
const char* first_escape(std::string_view text) {
    constexpr std::size_t kSearchedBytes = 1024;
    const std::size_t size = std::min(text.size(), kSearchedBytes);
    const void* const found = std::memchr(text.data(), '\\', size);
    return found != nullptr ? static_cast<const char*>(found) : text.data() + size;
}

/// The first backslash of a literal that is known to have none before `escapes`; null if none.
const char* find_escape(std::string_view literal, const char* escapes) {
    if (literal.data() + literal.size() <= escapes) return nullptr;
    return static_cast<const char*>(std::memchr(literal.data(), '\\', literal.size()));
}

/// Whether the escapes of a literal are JSON's; its end and its characters are known to be right.
bool has_valid_escapes(std::string_view literal, const char* escapes) {
    while (const char* const found = find_escape(literal, escapes)) {
        literal.remove_prefix(static_cast<std::size_t>(found - literal.data()));
        const std::size_t length = json_escape_length(literal);
        if (length == 0) return false;
        literal.remove_prefix(length);
    }
    return true;
}

/// Reads the value that begins at token `at`; returns the token behind it, 0 if it is malformed.
std::size_t read_value(const JsonTokens& tokens, std::size_t at, const char* escapes,
                       JsonMember& member) {
    const char first = tokens.at(at);
    if (first == '{' || first == '[') {
        const std::size_t last = closing_token(tokens, at);
        if (tokens.at(last) != (first == '{' ? '}' : ']')) return 0;
        member.type = first == '{' ? JsonType::object : JsonType::array;
        member.value = {tokens.text(at).data(), tokens.offset(last) + 1 - tokens.offset(at)};
        return last + 1;
    }
    if (at >= tokens.size()) return 0;
    const std::string_view text = trim_json_right(tokens.text(at));
    member.value = text;
    if (first == '"') {
        member.type = JsonType::string;
        return has_valid_escapes(text, escapes) ? at + 1 : 0;
    }
    if (json_number_length(text) == text.size()) {
        member.type = JsonType::number;
        return at + 1;
    }
    if (json_word_length(text) != text.size()) return 0;
    member.type = first == 'n' ? JsonType::null : JsonType::boolean;
    return at + 1;
}

/// Drops the thread's oversized parser when the scan is over.
struct TrimAtEnd {
    ~TrimAtEnd() { trim_json_parser(); }
};

}  // namespace

void ObjectView::clear() {
    text_ = {};
    members_.clear();
    unescaped_keys_.clear();
    marks_ = 0;
    close_offset_ = 0;
}

Result<void> ObjectView::scan(std::string_view text) {
    clear();
    text_ = text;

    const TrimAtEnd trim;
    const auto tokens = find_json_tokens(text);
    if (!tokens) return malformed(tokens.error());
    if (auto read = read_members(*tokens); !read) return read;
    if (const std::string_view* const twice = find_duplicate()) {
        constexpr std::size_t kShownBytes = 64;
        return malformed("the key '" + std::string(twice->substr(0, kShownBytes)) +
                         "' is given twice");
    }
    return {};
}

Result<void> ObjectView::read_members(const JsonTokens& tokens) {
    if (tokens.at(0) != '{') return malformed("it does not begin with a brace");
    std::size_t at = 1;
    std::size_t escaped_keys = 0;
    const char* const escapes = first_escape(text_);
    if (tokens.at(at) != '}') {
        for (;; ++at) {
            if (tokens.at(at) != '"') return malformed("a key is missing");
            if (members_.size() == kMaxMembers) return malformed("it has too many members");
            const std::string_view key = trim_json_right(tokens.text(at));
            if (tokens.at(at + 1) != ':') return malformed("a colon is missing");
            JsonMember& member = members_.emplace_back();
            const std::size_t next = read_value(tokens, at + 2, escapes, member);
            if (next == 0) return malformed("a value is malformed");
            member.key = key.substr(1, key.size() - 2);
            if (find_escape(member.key, escapes) != nullptr) ++escaped_keys;
            member.whole = {key.data(), static_cast<std::size_t>(member.value.data() - key.data()) +
                                            member.value.size()};
            at = next;
            if (tokens.at(at) != ',') break;
        }
    }
    if (tokens.at(at) != '}') return malformed("a comma or the closing brace is missing");
    if (at + 1 != tokens.size()) return malformed("text follows the closing brace");
    close_offset_ = tokens.offset(at);
    return escaped_keys == 0 ? Result<void>() : unescape_keys(escaped_keys);
}

Result<void> ObjectView::unescape_keys(std::size_t count) {
    unescaped_keys_.reserve(count);  // a short string moves with its vector, its view would not
    for (JsonMember& member : members_) {
        if (member.key.find('\\') == std::string_view::npos) continue;
        const std::string_view literal(member.key.data() - 1, member.key.size() + 2);
        std::optional<std::string> key = decode_json_string(literal);
        if (!key) return malformed("a key is malformed");
        member.key = unescaped_keys_.emplace_back(std::move(*key));
    }
    return {};
}

/// A key that stands twice, null if there is none. Notes the marks of all.
const std::string_view* ObjectView::find_duplicate() {
    constexpr std::size_t kFew = 32;
    bool may_have_twins = false;
    for (std::size_t i = 0; i < members_.size(); ++i) {
        const auto& key = members_[i].key;
        const auto mark = name_mark(key);
        if ((marks_ & mark) != 0 && members_.size() <= kFew) {
            const auto earlier = members().first(i);
            if (std::ranges::find(earlier, key, &JsonMember::key) != earlier.end()) return &key;
        }
        may_have_twins |= (marks_ & mark) != 0;
        marks_ |= mark;
    }
    if (members_.size() <= kFew || !may_have_twins) return nullptr;
    thread_local std::vector<const std::string_view*> keys;
    keys.clear();
    for (const JsonMember& member : members_) keys.push_back(&member.key);
    std::ranges::sort(keys, [](auto* a, auto* b) { return *a < *b; });
    const auto twin = std::ranges::adjacent_find(keys, [](auto* a, auto* b) { return *a == *b; });
    return twin == keys.end() ? nullptr : *twin;
}

const JsonMember* ObjectView::find_among(std::string_view key) const {
    for (const JsonMember& member : members_) {
        if (member.key == key) return &member;
    }
    return nullptr;
}

}  // namespace tollweir
