#include "tollweir/core/usage.hpp"

#include <charconv>
#include <cmath>

#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

// Exact in a double, and sums of two fit.
constexpr std::uint64_t kMaxCount = std::uint64_t{1} << 53;

/// Reads a whole number that is not negative; some servers write it as `12.0`.
bool read_count(const JsonMember& member, std::uint64_t& count) {
    if (member.type == JsonType::null) return true;
    if (member.type != JsonType::number) return false;
    const char* const end = member.value.data() + member.value.size();
    std::uint64_t whole = 0;
    if (const auto read = std::from_chars(member.value.data(), end, whole);
        read.ptr == end && read.ec == std::errc()) {
        count = whole;
        return whole <= kMaxCount;
    }
    double value = 0;
    if (std::from_chars(member.value.data(), end, value).ec != std::errc()) return false;
    if (value < 0 || value > static_cast<double>(kMaxCount) || value != std::trunc(value)) {
        return false;
    }
    count = static_cast<std::uint64_t>(value);
    return true;
}

struct Field {
    std::string_view name;
    std::uint64_t Usage::* count;
};

constexpr Field kPromptDetails[] = {
    {"cached_tokens", &Usage::cached_tokens},
    {"cache_write_tokens", &Usage::cache_write_tokens},
    {"audio_tokens", &Usage::audio_prompt_tokens},
};
constexpr Field kCompletionDetails[] = {
    {"reasoning_tokens", &Usage::reasoning_tokens},
    {"audio_tokens", &Usage::audio_completion_tokens},
};
constexpr Field kTotals[] = {
    {"prompt_tokens", &Usage::prompt_tokens},
    {"completion_tokens", &Usage::completion_tokens},
    {"total_tokens", &Usage::total_tokens},
};

bool read_fields(const ObjectView& object, std::span<const Field> fields, Usage& usage) {
    for (const Field& field : fields) {
        const JsonMember* const member = object.find(field.name);
        if (member != nullptr && !read_count(*member, usage.*field.count)) return false;
    }
    return true;
}

bool read_details(const JsonMember* details, std::span<const Field> fields, Usage& usage) {
    if (details == nullptr || details->type == JsonType::null) return true;
    if (details->type != JsonType::object) return false;
    thread_local ObjectView object;
    return object.scan(details->value).has_value() && read_fields(object, fields, usage);
}

}  // namespace

std::optional<Usage> read_openai_usage(std::string_view text) {
    thread_local ObjectView object;
    if (!object.scan(text)) return std::nullopt;
    Usage usage;
    const bool good =
        read_fields(object, kTotals, usage) &&
        read_details(object.find("prompt_tokens_details"), kPromptDetails, usage) &&
        read_details(object.find("completion_tokens_details"), kCompletionDetails, usage);
    if (!good) return std::nullopt;
    const JsonMember* const total = object.find("total_tokens");
    if (total == nullptr || total->type == JsonType::null) {
        usage.total_tokens = usage.prompt_tokens + usage.completion_tokens;
    }
    usage.reported = true;
    return usage;
}

}  // namespace tollweir
