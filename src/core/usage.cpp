#include "tollweir/core/usage.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>

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
    {"cache_creation_tokens", &Usage::cache_write_tokens},
    {"audio_tokens", &Usage::audio_prompt_tokens},
    {"image_tokens", &Usage::image_prompt_tokens},
    {"video_tokens", &Usage::video_prompt_tokens},
};
constexpr Field kCompletionDetails[] = {
    {"reasoning_tokens", &Usage::reasoning_tokens},
    {"audio_tokens", &Usage::audio_completion_tokens},
    {"image_tokens", &Usage::image_completion_tokens},
};
constexpr Field kTotals[] = {
    {"prompt_tokens", &Usage::prompt_tokens},
    {"completion_tokens", &Usage::completion_tokens},
    {"total_tokens", &Usage::total_tokens},
};
// Of providers that have no such details, or repeat them: they count where the details say nothing,
// and a value that is no count is passed over.
constexpr Field kExtras[] = {
    {"prompt_cache_hit_tokens", &Usage::cached_tokens},  // DeepSeek
    {"cached_tokens", &Usage::cached_tokens},            // Moonshot
    {"cache_read_input_tokens", &Usage::cached_tokens},  // LiteLLM
    {"cache_creation_input_tokens", &Usage::cache_write_tokens},
    {"reasoning_tokens", &Usage::reasoning_tokens},  // Perplexity
    {"citation_tokens", &Usage::citation_tokens},
};

/// A details object, scanned; null: there is none to read. Each depth has a view of its own.
const ObjectView* scan_details(const JsonMember* member, ObjectView& view) {
    if (member == nullptr || member->type != JsonType::object) return nullptr;
    return view.scan(member->value) ? &view : nullptr;
}

bool read_fields(const ObjectView& object, std::span<const Field> fields, Usage& usage) {
    for (const JsonMember& member : object.members()) {
        const auto field = std::ranges::find(fields, member.key, &Field::name);
        if (field == fields.end()) continue;
        // Two spellings of one count: the larger, since a zero may stand beside it.
        std::uint64_t count = 0;
        if (!read_count(member, count)) return false;
        usage.*field->count = std::max(usage.*field->count, count);
    }
    return true;
}

std::uint64_t count_in(const ObjectView& object, std::string_view name) {
    const JsonMember* const member = object.find(name);
    std::uint64_t count = 0;
    return member != nullptr && read_count(*member, count) ? count : 0;
}

void note_searches(std::uint64_t searches, Usage& usage) {
    constexpr std::uint64_t kMost = 1'000'000;  // a count beyond it is none
    if (searches <= kMost && searches > usage.web_searches) usage.web_searches = searches;
}

/// What lies a level deeper; nothing that is wrong there makes the counts above it wrong.
void read_prompt_parts(const ObjectView& details, Usage& usage) {
    thread_local ObjectView inner;
    if (const auto* cached = scan_details(details.find("cached_tokens_details"), inner))
        usage.cached_audio_tokens = count_in(*cached, "audio_tokens");
    if (const auto* written = scan_details(details.find("cache_creation_token_details"), inner))
        usage.cache_write_1h_tokens = count_in(*written, "ephemeral_1h_input_tokens");
    note_searches(count_in(details, "web_search_requests"), usage);
}

bool read_prompt_details(const JsonMember* member, Usage& usage) {
    if (member == nullptr || member->type == JsonType::null) return true;
    thread_local ObjectView view;
    const auto* details = scan_details(member, view);
    if (details == nullptr || !read_fields(*details, kPromptDetails, usage)) return false;
    if (details->members().size() > 2) read_prompt_parts(*details, usage);
    return true;
}

bool read_completion_details(const JsonMember* member, Usage& usage) {
    if (member == nullptr || member->type == JsonType::null) return true;
    thread_local ObjectView view;
    const auto* details = scan_details(member, view);
    return details != nullptr && read_fields(*details, kCompletionDetails, usage);
}

void read_extras(const ObjectView& object, Usage& usage) {
    for (const JsonMember& member : object.members()) {
        if (member.type == JsonType::string && member.key == "service_tier") {
            usage.tier = parse_service_tier(member.value.substr(1, member.value.size() - 2));
        } else if (member.type == JsonType::object && member.key == "server_tool_use") {
            thread_local ObjectView tools;
            if (tools.scan(member.value))
                note_searches(count_in(tools, "web_search_requests"), usage);
        } else if (member.type == JsonType::number) {
            std::uint64_t count = 0;
            if (!read_count(member, count)) continue;
            if (member.key == "num_search_queries") note_searches(count, usage);
            const auto field = std::ranges::find(kExtras, member.key, &Field::name);
            if (field != std::end(kExtras) && usage.*field->count == 0) usage.*field->count = count;
        }
    }
}

/// Reads the usage that nearly all answers carry: OpenAI's own members, each once, plain counts and
/// the two objects of details. Anything else, a mistake above all, is left to the scanner.
class PlainUsage {
public:
    explicit PlainUsage(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

    std::optional<Usage> read() {
        if (!read_object(kMembers)) return std::nullopt;
        skip_blanks();
        constexpr auto kCounts = std::uint32_t{7};  // the first three members
        if (at_ != end_ || (seen_ & kCounts) != kCounts) return std::nullopt;
        usage_.reported = true;
        return usage_;
    }

private:
    struct Member {
        std::string_view name;
        unsigned number;                // of its own among all
        std::uint64_t Usage::* count;   // null: read past
        std::span<const Member> inner;  // of an object
    };
    static const Member kPromptParts[];
    static const Member kCompletionParts[];
    static const std::array<Member, 5> kMembers;

    bool read_object(std::span<const Member> members) {
        if (!take('{')) return false;
        if (take('}')) return true;
        do {
            const auto* member = read_name(members);
            if (member == nullptr || (seen_ >> member->number & 1) != 0 || !take(':')) return false;
            seen_ |= std::uint32_t{1} << member->number;
            if (!(member->inner.empty() ? read_count(*member) : read_object(member->inner)))
                return false;
        } while (take(','));
        return take('}');
    }

    const Member* read_name(std::span<const Member> members) {
        if (!take('"')) return nullptr;
        const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
        for (const auto& member : members) {
            const auto size = member.name.size();
            if (rest.size() <= size || rest[size] != '"' || !rest.starts_with(member.name))
                continue;
            at_ += size + 1;
            return &member;
        }
        return nullptr;
    }

    bool read_count(const Member& member) {
        skip_blanks();
        constexpr int kMostDigits = 15;
        std::uint64_t count = 0;
        const char* const begin = at_;
        for (; at_ != end_ && *at_ >= '0' && *at_ <= '9' && at_ - begin <= kMostDigits; ++at_)
            count = count * 10 + static_cast<std::uint64_t>(*at_ - '0');
        const auto digits = at_ - begin;
        if (digits == 0 || digits > kMostDigits || (digits > 1 && *begin == '0')) return false;
        if (member.count != nullptr) usage_.*member.count = count;
        return true;
    }

    void skip_blanks() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
    }
    bool take(char wanted) {
        skip_blanks();
        if (at_ == end_ || *at_ != wanted) return false;
        ++at_;
        return true;
    }

    const char* at_;
    const char* end_;
    std::uint32_t seen_ = 0;
    Usage usage_;
};

constexpr PlainUsage::Member PlainUsage::kPromptParts[] = {
    {"cached_tokens", 5, &Usage::cached_tokens, {}},
    {"audio_tokens", 6, &Usage::audio_prompt_tokens, {}},
};
constexpr PlainUsage::Member PlainUsage::kCompletionParts[] = {
    {"reasoning_tokens", 7, &Usage::reasoning_tokens, {}},
    {"audio_tokens", 8, &Usage::audio_completion_tokens, {}},
    {"accepted_prediction_tokens", 9, nullptr, {}},
    {"rejected_prediction_tokens", 10, nullptr, {}},
};
constexpr std::array<PlainUsage::Member, 5> PlainUsage::kMembers = {{
    {"prompt_tokens", 0, &Usage::prompt_tokens, {}},
    {"completion_tokens", 1, &Usage::completion_tokens, {}},
    {"total_tokens", 2, &Usage::total_tokens, {}},
    {"prompt_tokens_details", 3, nullptr, kPromptParts},
    {"completion_tokens_details", 4, nullptr, kCompletionParts},
}};

}  // namespace

Usage estimated_usage(std::uint64_t prompt_tokens, std::uint64_t completion_tokens) {
    Usage usage;
    usage.prompt_tokens = prompt_tokens;
    usage.completion_tokens = completion_tokens;
    usage.total_tokens = prompt_tokens + completion_tokens;
    usage.estimated = true;
    return usage;
}

void add(Usage& sum, const Usage& usage) {
    sum.prompt_tokens += usage.prompt_tokens;
    sum.completion_tokens += usage.completion_tokens;
    sum.total_tokens += usage.total_tokens;
    sum.cached_tokens += usage.cached_tokens;
    sum.cache_write_tokens += usage.cache_write_tokens;
    sum.reasoning_tokens += usage.reasoning_tokens;
    sum.audio_prompt_tokens += usage.audio_prompt_tokens;
    sum.audio_completion_tokens += usage.audio_completion_tokens;
    sum.cache_write_1h_tokens += usage.cache_write_1h_tokens;
    sum.cached_audio_tokens += usage.cached_audio_tokens;
    sum.image_prompt_tokens += usage.image_prompt_tokens;
    sum.video_prompt_tokens += usage.video_prompt_tokens;
    sum.image_completion_tokens += usage.image_completion_tokens;
    sum.citation_tokens += usage.citation_tokens;
    sum.web_searches += usage.web_searches;
    sum.reported = sum.reported || usage.reported;
    sum.estimated = sum.estimated || usage.estimated;
}

std::optional<Usage> read_openai_usage(std::string_view text) {
    if (auto plain = PlainUsage(text).read()) return plain;
    thread_local ObjectView object;
    if (!object.scan(text)) return std::nullopt;
    Usage usage;
    const bool good = read_fields(object, kTotals, usage) &&
                      read_prompt_details(object.find("prompt_tokens_details"), usage) &&
                      read_completion_details(object.find("completion_tokens_details"), usage);
    if (!good) return std::nullopt;
    read_extras(object, usage);
    const JsonMember* const total = object.find("total_tokens");
    if (total == nullptr || total->type == JsonType::null) {
        usage.total_tokens = usage.prompt_tokens + usage.completion_tokens;
    }
    usage.reported = true;
    return usage;
}

}  // namespace tollweir
