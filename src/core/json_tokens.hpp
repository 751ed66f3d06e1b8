#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace tollweir {

/// Where each bracket, colon, comma, string and other scalar of a JSON text begins, in order and
/// followed by the text's size. Strings are whole, hold no raw control characters, and the text is
/// UTF-8; nothing else is checked. Valid until the thread's next call.
class JsonTokens {
public:
    JsonTokens(std::string_view text, const std::uint32_t* offsets, std::size_t count)
        : text_(text), offsets_(offsets), count_(count) {}

    std::size_t size() const { return count_; }
    std::size_t offset(std::size_t i) const { return offsets_[i]; }
    /// The token's first character; `i` is less than `size()`.
    char operator[](std::size_t i) const { return text_[offsets_[i]]; }
    /// The token's first character; NUL behind the last token.
    char at(std::size_t i) const { return i < count_ ? text_[offsets_[i]] : '\0'; }
    /// The token and the blanks behind it.
    std::string_view text(std::size_t i) const {
        return text_.substr(offsets_[i], offsets_[i + 1] - offsets_[i]);
    }

private:
    std::string_view text_;
    const std::uint32_t* offsets_;
    std::size_t count_;
};

/// `what` says why the text is not JSON.
std::expected<JsonTokens, std::string_view> find_json_tokens(std::string_view text);

/// Gives back what a very large text made the thread's parser allocate. The tokens end.
void trim_json_parser();

}  // namespace tollweir
