#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tollweir::tokens {

/// How a tokenizer cuts a text into pieces before it merges within each.
enum class SplitStyle : std::uint8_t { o200k, cl100k, p50k };

/// The compiled pattern of a style. Made on first use, kept for good; any thread.
class SplitPattern {
public:
    static const SplitPattern& of(SplitStyle style);

    /// Length of the piece at the front of `text`, which is valid UTF-8 and not empty. One thread's
    /// calls use that thread's scratch.
    std::size_t piece_length(std::string_view text) const;

private:
    explicit SplitPattern(const char* pattern);

    void* code_ = nullptr;  // pcre2_code
    bool has_jit_ = false;
};

/// Length of the piece at the front of `text` where that can be told from ASCII alone; 0 where a
/// character beyond it matters. Several times quicker than the pattern, with the same answers.
std::size_t ascii_piece_length(SplitStyle style, std::string_view text);

/// Goes through the pieces of a text. `text` is valid UTF-8.
class TextSplitter {
public:
    TextSplitter(SplitStyle style, std::string_view text) : style_(style), rest_(text) {}

    /// The next piece; empty at the end.
    std::string_view next() {
        if (rest_.empty()) return {};
        std::size_t length = ascii_piece_length(style_, rest_);
        if (length == 0) length = SplitPattern::of(style_).piece_length(rest_);
        const std::string_view piece = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return piece;
    }

private:
    const SplitStyle style_;
    std::string_view rest_;
};

}  // namespace tollweir::tokens
