#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace tollweir {

/// A regular expression of the configuration, as Python's `re` writes it in all that matters
/// (PCRE2's syntax). Compiled once, shared by copies, matched by any thread.
class Pattern {
public:
    /// The error says what is wrong, and where.
    static std::expected<Pattern, std::string> compile(std::string_view text);

    /// Whether it matches somewhere in `subject`. A match that takes too many steps is none.
    bool is_in(std::string_view subject) const;
    /// Whether it matches all of `subject`.
    bool is_all_of(std::string_view subject) const;

    const std::string& text() const { return text_; }

    /// By the text alone.
    friend bool operator==(const Pattern& a, const Pattern& b) { return a.text_ == b.text_; }

private:
    bool matches(std::string_view subject, unsigned options) const;

    std::string text_;
    std::shared_ptr<const void> code_;  // pcre2_code
};

}  // namespace tollweir
