#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tollweir/core/short_copy.hpp"

namespace tollweir {

/// Writes texts and numbers into room that was measured before: a string's own `append` looks at
/// its size and capacity each time and ends the text anew, which costs more than copying the dozens
/// of short pieces that headers and log lines are made of.
class TextPen {
public:
    /// Room for any integer.
    static constexpr std::size_t kNumber = 24;

    explicit TextPen(char* at) : at_(at) {}

    TextPen& text(std::string_view text) {
        copy_short(at_, text.data(), text.size());
        at_ += text.size();
        return *this;
    }
    TextPen& letter(char letter) {
        *at_++ = letter;
        return *this;
    }
    template <std::integral T>
    TextPen& number(T value) {
        at_ = std::to_chars(at_, at_ + kNumber, value).ptr;
        return *this;
    }
    /// As `12.345`: of thousandths.
    TextPen& thousandths(std::uint64_t value) {
        number(value / 1000);
        const auto fraction = value % 1000;
        return letter('.')
            .letter(static_cast<char>('0' + fraction / 100))
            .letter(static_cast<char>('0' + fraction / 10 % 10))
            .letter(static_cast<char>('0' + fraction % 10));
    }
    const char* at() const { return at_; }

private:
    char* at_;
};

/// Appends what `write` writes with the pen it is given: at most `most` bytes.
template <class Write>
void append_with_pen(std::string& out, std::size_t most, Write write) {
    const auto before = out.size();
    out.resize_and_overwrite(before + most, [&](char* data, std::size_t) {
        TextPen pen(data + before);
        write(pen);
        return static_cast<std::size_t>(pen.at() - data);
    });
}

}  // namespace tollweir
