#include "api/embedding_forms.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "tollweir/core/base64.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

static_assert(std::endian::native == std::endian::little);

std::unexpected<GatewayError> unusable(std::string message) {
    return fail(ErrorKind::bad_gateway, std::move(message), ErrorSource::upstream);
}

/// Hands each value of a well-formed array to `visit` until that returns false.
template <class Visit>
void for_each_value(std::string_view array, Visit visit) {
    const auto skip_blanks = [array](std::size_t at) {
        return array.find_first_not_of(" \t\r\n", at);
    };
    std::size_t at = skip_blanks(1);
    while (array[at] != ']') {
        const std::size_t end = json_value_end(array, at);
        if (!visit(array.substr(at, end - at))) return;
        at = skip_blanks(end);
        if (array[at] == ',') at = skip_blanks(at + 1);
    }
}

bool is_number(std::string_view value) {
    return value.front() == '-' || (value.front() >= '0' && value.front() <= '9');
}

/// The nearest float32 of a JSON number; nothing if it is too large for one.
std::optional<float> read_float(std::string_view number) {
    const char* const end = number.data() + number.size();
    float value = 0;
    if (std::from_chars(number.data(), end, value).ec == std::errc()) return value;
    double wide = 0;
    if (std::from_chars(number.data(), end, wide).ec == std::errc()) {
        if (std::abs(wide) > std::numeric_limits<float>::max()) return std::nullopt;
        return static_cast<float>(wide);
    }
    // Too small for a double, or too large; only the first has a negative exponent.
    const std::size_t exponent = number.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos && number[exponent + 1] == '-';
    return tiny ? std::optional(0.0F) : std::nullopt;
}

/// Appends an array of numbers as base64. False if it is another array.
Result<bool> append_packed(std::string_view array, std::vector<float>& floats, std::string& out) {
    floats.clear();
    bool numbers = true;
    bool representable = true;
    for_each_value(array, [&](std::string_view value) {
        numbers = is_number(value);
        if (!numbers) return false;
        const auto number = read_float(value);
        representable = number.has_value();
        if (representable) floats.push_back(*number);
        return representable;
    });
    if (!representable) {
        return unusable("The upstream's embedding holds a number no float can hold.");
    }
    if (!numbers) return false;
    out += '"';
    append_base64(out, std::as_bytes(std::span(floats)));
    out += '"';
    return true;
}

/// Appends a base64 literal as an array of numbers.
Result<void> append_unpacked(std::string_view literal, std::string& bytes, std::string& out) {
    bytes.clear();
    const auto text = decode_json_string(literal);
    if (!text || !decode_base64(*text, bytes) || bytes.size() % sizeof(float) != 0) {
        return unusable("The upstream's embedding is no base64 of floats.");
    }
    out += '[';
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(float)) {
        float value = 0;
        std::memcpy(&value, bytes.data() + at, sizeof(float));
        if (!std::isfinite(value)) {
            return unusable("The upstream's embedding holds a number that JSON cannot.");
        }
        char digits[32];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        if (at > 0) out += ',';
        out.append(digits, end);
    }
    out += ']';
    return {};
}

/// Whether the first item's embedding is a text: the others are as it is, and numbers are many.
bool begins_with_text(std::string_view data) {
    constexpr std::string_view kKey = "\"embedding\"";
    for (auto at = data.find(kKey); at != data.npos; at = data.find(kKey, at + 1)) {
        const auto colon = data.find_first_not_of(" \t\r\n", at + kKey.size());
        if (colon == data.npos || data[colon] != ':') continue;  // `"object":"embedding"`
        const auto value = data.find_first_not_of(" \t\r\n", colon + 1);
        return value != data.npos && data[value] == '"';
    }
    return false;
}

}  // namespace

Result<std::optional<std::string>> embeddings_in_form(std::string_view data, EmbeddingForm form) {
    if (form == EmbeddingForm::floats && !begins_with_text(data)) return std::nullopt;
    if (!data.starts_with('[') || json_value_end(data, 0) != data.size()) {
        return unusable("The upstream's embeddings are not a JSON array.");
    }
    std::string out;
    const char* copied = data.data();
    ObjectView item;
    std::vector<float> floats;
    std::string bytes;
    Result<void> result;
    const auto wrong_type = form == EmbeddingForm::base64 ? JsonType::array : JsonType::string;
    for_each_value(data, [&](std::string_view value) {
        if (value.front() != '{' || !item.scan(value)) return true;
        const JsonMember* const embedding = item.find("embedding");
        if (embedding == nullptr || embedding->type != wrong_type) return true;
        if (out.empty()) out.reserve(data.size());
        out.append(copied, embedding->value.data());
        copied = embedding->value.data();
        bool is_done = true;
        if (form == EmbeddingForm::base64) {
            const auto packed = append_packed(embedding->value, floats, out);
            if (!packed) result = std::unexpected(packed.error());
            is_done = packed && *packed;
        } else {
            result = append_unpacked(embedding->value, bytes, out);
        }
        if (is_done) copied += embedding->value.size();
        return result.has_value();
    });
    if (!result) return std::unexpected(result.error());
    if (out.empty()) return std::nullopt;
    out.append(copied, data.data() + data.size());
    return out;
}

}  // namespace tollweir
