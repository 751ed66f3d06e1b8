#include "tollweir/core/pattern.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace tollweir {
namespace {

// Steps of one match; subjects are headers and addresses, and a pattern that needs more hangs.
constexpr std::uint32_t kMostSteps = 100'000;

struct MatchData {
    explicit MatchData(const pcre2_code* code)
        : data(pcre2_match_data_create_from_pattern(code, nullptr)),
          context(pcre2_match_context_create(nullptr)) {
        pcre2_set_match_limit(context, kMostSteps);
    }
    MatchData(const MatchData&) = delete;
    MatchData& operator=(const MatchData&) = delete;
    ~MatchData() {
        pcre2_match_data_free(data);
        pcre2_match_context_free(context);
    }

    pcre2_match_data* data;
    pcre2_match_context* context;
};

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::expected<Pattern, std::string> Pattern::compile(std::string_view text) {
    int error = 0;
    std::size_t offset = 0;
    pcre2_code* code = pcre2_compile(bytes(text), text.size(), 0, &error, &offset, nullptr);
    if (code == nullptr) {
        unsigned char message[256] = {};
        pcre2_get_error_message(error, message, sizeof message);
        return std::unexpected(std::string(reinterpret_cast<const char*>(message)) +
                               " at character " + std::to_string(offset + 1));
    }
    Pattern pattern;
    pattern.text_ = text;
    pattern.code_ = std::shared_ptr<const void>(
        code, [](void* owned) { pcre2_code_free(static_cast<pcre2_code*>(owned)); });
    return pattern;
}

bool Pattern::matches(std::string_view subject, unsigned options) const {
    if (code_ == nullptr) return false;
    const auto* code = static_cast<const pcre2_code*>(code_.get());
    const MatchData match(code);
    return pcre2_match(code, bytes(subject), subject.size(), 0, options, match.data,
                       match.context) >= 0;
}

bool Pattern::is_in(std::string_view subject) const {
    return matches(subject, 0);
}

bool Pattern::is_all_of(std::string_view subject) const {
    return matches(subject, PCRE2_ANCHORED | PCRE2_ENDANCHORED);
}

}  // namespace tollweir
