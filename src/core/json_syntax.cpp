#include "core/json_syntax.hpp"

#include <simdjson.h>

#include <vector>

#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::size_t count_digits(std::string_view text, std::size_t begin) {
    std::size_t end = begin;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end - begin;
}

/// Walks over JSON text. The steps that may fail return whether the text was as it should be.
class Cursor {
public:
    Cursor(std::string_view text, std::size_t at) : text_(text), at_(at) {}

    std::size_t at() const { return at_; }
    void skip_blanks() {
        while (at_ < text_.size() && is_json_blank(text_[at_])) ++at_;
    }
    bool take(char wanted) {
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    bool scalar() {
        const std::string_view rest = text_.substr(at_);
        if (rest.empty()) return false;
        if (rest.front() == '"') return step(json_string_length(rest));
        const std::size_t number = json_number_length(rest);
        return step(number != 0 ? number : json_word_length(rest));
    }
    bool key() {
        skip_blanks();
        if (!step(json_string_length(text_.substr(at_)))) return false;
        skip_blanks();
        return take(':');
    }

private:
    bool step(std::size_t length) {
        at_ += length;
        return length != 0;
    }

    std::string_view text_;
    std::size_t at_;
};

/// Goes on behind a value: closes what ends here. False if something else stands there; afterwards
/// either nothing is open or the next value begins.
bool leave_value(Cursor& cursor, std::vector<bool>& open_objects) {
    while (!open_objects.empty()) {
        const bool in_object = open_objects.back();
        cursor.skip_blanks();
        if (cursor.take(',')) return !in_object || cursor.key();
        if (!cursor.take(in_object ? '}' : ']')) return false;
        open_objects.pop_back();
    }
    return true;
}

}  // namespace

std::size_t json_number_length(std::string_view text) {
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    std::size_t digits = count_digits(text, sign);
    if (digits == 0) return 0;
    if (text[sign] == '0') digits = 1;  // what follows a leading zero belongs to no number
    std::size_t end = sign + digits;
    if (end < text.size() && text[end] == '.') {
        const std::size_t fraction = count_digits(text, end + 1);
        if (fraction == 0) return 0;
        end += 1 + fraction;
    }
    if (end < text.size() && (text[end] | 0x20) == 'e') {
        std::size_t exponent = end + 1;
        if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
        const std::size_t exponent_digits = count_digits(text, exponent);
        if (exponent_digits == 0) return 0;
        end = exponent + exponent_digits;
    }
    return end;
}

std::size_t json_word_length(std::string_view text) {
    for (const std::string_view word : {"null", "true", "false"}) {
        if (text.starts_with(word)) return word.size();
    }
    return 0;
}

std::size_t json_escape_length(std::string_view text) {
    if (text.size() < 2) return 0;
    if (text[1] != 'u') {
        return std::string_view("\"\\/bfnrt").find(text[1]) == std::string_view::npos ? 0 : 2;
    }
    if (text.size() < 6) return 0;
    for (const char c : text.substr(2, 4)) {
        if (!is_hex(c)) return 0;
    }
    return 6;
}

std::size_t json_string_length(std::string_view text) {
    if (!text.starts_with('"')) return 0;
    std::size_t at = 1;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') return at + 1;
        if (static_cast<unsigned char>(c) < 0x20) return 0;
        const std::size_t length = c == '\\' ? json_escape_length(text.substr(at)) : 1;
        if (length == 0) return 0;
        at += length;
    }
    return 0;
}

std::size_t json_value_end(std::string_view text, std::size_t begin) {
    Cursor cursor(text, begin);
    std::vector<bool> open_objects;  // for each open bracket whether it is a brace
    do {
        cursor.skip_blanks();
        const bool object = cursor.take('{');
        if (!object && !cursor.take('[')) {
            if (!cursor.scalar()) return std::string_view::npos;
        } else {
            cursor.skip_blanks();
            if (!cursor.take(object ? '}' : ']')) {
                open_objects.push_back(object);
                if (object && !cursor.key()) return std::string_view::npos;
                continue;
            }
        }
        if (!leave_value(cursor, open_objects)) return std::string_view::npos;
    } while (!open_objects.empty());
    return cursor.at();
}

bool is_valid_json(std::string_view text) {
    if (!simdjson::validate_utf8(text.data(), text.size())) return false;
    const std::size_t end = json_value_end(text, 0);
    return end != std::string_view::npos && trim_json_right(text).size() <= end;
}

}  // namespace tollweir
