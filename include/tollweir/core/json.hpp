#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/error.hpp"
#include "tollweir/core/name_mark.hpp"

namespace tollweir {

/// Readable bytes that must follow every text handed to the scanner (simdjson's SIMDJSON_PADDING).
inline constexpr std::size_t kJsonPadding = 64;

/// Appends `text` as a JSON string with its quotes. Invalid UTF-8 becomes U+FFFD, so that what we
/// write is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

/// Decodes a JSON string literal (with its quotes). Nothing if it is malformed or holds a lone
/// surrogate.
std::optional<std::string> decode_json_string(std::string_view literal);

/// Appends the text that a JSON string literal stands for. Lenient: a lone surrogate becomes
/// U+FFFD, an escape that is none of JSON's stays as it is.
void append_json_text(std::string& out, std::string_view literal);

/// Whole and strict: is `text` one well-formed JSON value and nothing else?
bool is_valid_json(std::string_view text);

/// Where the JSON value that begins at `text[begin]` (blanks before it are skipped) ends; npos if
/// it is malformed. Strict but for UTF-8, which is not checked; nesting costs a bit a level, no
/// stack.
std::size_t json_value_end(std::string_view text, std::size_t begin);

/// Appends JSON to a string, commas by itself. No tree, no allocation but the string's.
class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }
    JsonWriter& key(std::string_view name);
    JsonWriter& string(std::string_view text);
    JsonWriter& raw(std::string_view json);
    JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
    JsonWriter& null() { return raw("null"); }
    template <std::integral T>
    JsonWriter& number(T value) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        return raw({digits, static_cast<std::size_t>(end - digits)});
    }
    JsonWriter& number(double value);  // NaN and infinities become null

private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    void separate();

    std::string& out_;
    bool need_comma_ = false;
};

enum class JsonType : std::uint8_t { object, array, string, number, boolean, null };

/// One member of an object, as views into its text.
struct JsonMember {
    std::string_view key;    // unescaped
    std::string_view whole;  // from the key's quote to the value's last byte
    std::string_view value;  // raw text, no blanks around it
    JsonType type = JsonType::null;
};

class JsonTokens;

/// The top-level members of a JSON object, found in one pass without decoding their values. Reused
/// from request to request: `scan` keeps the storage. One thread at a time.
class ObjectView {
public:
    ObjectView() = default;
    // A copy's keys could point into the original.
    ObjectView(const ObjectView&) = delete;
    ObjectView& operator=(const ObjectView&) = delete;
    ObjectView(ObjectView&&) = default;
    ObjectView& operator=(ObjectView&&) = default;

    /// `text` must be followed by kJsonPadding readable bytes and outlive the view. Errors (all
    /// `bad_request`): not JSON, not an object, text after the closing brace, a key given twice
    /// (else we might check one `model` and the upstream use the other), over `kMaxMembers`
    /// members. What lies inside nested values is skipped, not validated.
    Result<void> scan(std::string_view text);
    /// Of nothing: what it pointed at may go.
    void clear();

    std::string_view text() const { return text_; }
    std::span<const JsonMember> members() const { return members_; }
    /// Most keys that are looked for are not there, which is told without a call.
    const JsonMember* find(std::string_view key) const {
        return (marks_ & name_mark(key)) != 0 ? find_among(key) : nullptr;
    }
    /// Offset of the closing brace in `text()`.
    std::size_t close_offset() const { return close_offset_; }

    static constexpr std::size_t kMaxMembers = 1024;

private:
    const JsonMember* find_among(std::string_view key) const;
    Result<void> read_members(const JsonTokens& tokens);
    Result<void> unescape_keys(std::size_t count);
    const std::string_view* find_duplicate();

    std::string_view text_;
    std::vector<JsonMember> members_;
    std::vector<std::string> unescaped_keys_;  // of the keys that had escapes
    std::uint64_t marks_ = 0;                  // of all keys
    std::size_t close_offset_ = 0;
};

}  // namespace tollweir
