#include "api/embedding_base64.hpp"

#include <bit>
#include <charconv>
#include <cmath>
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

/// What became of an array that may be an embedding.
enum class Packed { yes, not_numbers, too_large };

Packed pack(std::string_view array, std::vector<float>& floats) {
    floats.clear();
    Packed result = Packed::yes;
    for_each_value(array, [&](std::string_view value) {
        if (!is_number(value)) {
            result = Packed::not_numbers;
        } else if (const auto number = read_float(value)) {
            floats.push_back(*number);
        } else {
            result = Packed::too_large;
        }
        return result == Packed::yes;
    });
    return result;
}

}  // namespace

Result<std::string> with_base64_embeddings(std::string_view data) {
    if (!data.starts_with('[') || json_value_end(data, 0) != data.size()) {
        return unusable("The upstream's embeddings are not a JSON array.");
    }
    std::string out;
    out.reserve(data.size());
    const char* copied = data.data();
    ObjectView item;
    std::vector<float> floats;
    bool representable = true;
    for_each_value(data, [&](std::string_view value) {
        if (value.front() != '{' || !item.scan(value)) return true;
        const JsonMember* const embedding = item.find("embedding");
        if (embedding == nullptr || embedding->type != JsonType::array) return true;
        const Packed packed = pack(embedding->value, floats);
        representable = packed != Packed::too_large;
        if (packed != Packed::yes) return representable;
        out.append(copied, embedding->value.data());
        out += '"';
        append_base64(out, std::as_bytes(std::span(floats)));
        out += '"';
        copied = embedding->value.data() + embedding->value.size();
        return true;
    });
    if (!representable)
        return unusable("The upstream's embedding holds a number no float can hold.");
    out.append(copied, data.data() + data.size());
    return out;
}

}  // namespace tollweir
