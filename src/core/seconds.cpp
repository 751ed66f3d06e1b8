#include "tollweir/core/seconds.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace tollweir {

std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text) {
    double seconds = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (problem != std::errc{} || end != text.data() + text.size() || !(seconds > 0) ||
        seconds > 1e9)
        return std::nullopt;
    return std::chrono::milliseconds(
        std::max<std::int64_t>(1, static_cast<std::int64_t>(seconds * 1000)));
}

}  // namespace tollweir
