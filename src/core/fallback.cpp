#include "tollweir/core/fallback.hpp"

#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/seconds.hpp"

namespace tollweir {
namespace {

using Lists = std::vector<Fallback>;

std::optional<std::int64_t> count_of(const JsonParts& parts, std::string_view name) {
    const auto count = json_integer(find_part(parts, name));
    return count && *count >= 0 ? count : std::nullopt;
}

std::vector<std::pair<std::string, ErrorCounts>> read_retries(std::string_view json) {
    std::vector<std::pair<std::string, ErrorCounts>> groups;
    for (const auto& [group, policy] : json_members(json).value_or(JsonParts())) {
        const auto parts = json_members(policy).value_or(JsonParts());
        ErrorCounts counts;
        counts.authentication = count_of(parts, "AuthenticationErrorRetries");
        counts.bad_request = count_of(parts, "BadRequestErrorRetries");
        counts.timeout = count_of(parts, "TimeoutErrorRetries");
        counts.rate_limit = count_of(parts, "RateLimitErrorRetries");
        counts.content_policy = count_of(parts, "ContentPolicyViolationErrorRetries");
        counts.internal = count_of(parts, "InternalServerErrorRetries");
        groups.emplace_back(group, counts);
    }
    return groups;
}

}  // namespace

std::optional<Lists> read_fallback_lists(std::string_view json) {
    const auto items = json_elements(json);
    if (!items) return std::nullopt;
    Lists lists;
    for (const auto item : *items) {
        const auto parts = json_members(item);
        if (!parts) return std::nullopt;
        for (const auto& [group, targets] : *parts) {
            const auto names = json_elements(targets);
            if (!names) return std::nullopt;
            auto decoded = json_texts(targets);
            if (decoded.size() != names->size()) return std::nullopt;
            lists.push_back({group, std::move(decoded)});
        }
    }
    return lists;
}

std::shared_ptr<const RouterOverrides> parse_router_overrides(std::string_view json) {
    const auto parts = json_members(json).value_or(JsonParts());
    RouterOverrides out;
    if (const auto text = find_part(parts, "fallbacks"); !text.empty())
        out.fallbacks = read_fallback_lists(text);
    if (const auto text = find_part(parts, "context_window_fallbacks"); !text.empty())
        out.context_window_fallbacks = read_fallback_lists(text);
    if (const auto text = find_part(parts, "content_policy_fallbacks"); !text.empty())
        out.content_policy_fallbacks = read_fallback_lists(text);
    out.num_retries = count_of(parts, "num_retries");
    out.timeout = parse_seconds(find_part(parts, "timeout"));
    if (const auto text = find_part(parts, "model_group_retry_policy"); !text.empty())
        out.retries_by_group = read_retries(text);
    if (out == RouterOverrides()) return nullptr;
    return std::make_shared<const RouterOverrides>(std::move(out));
}

}  // namespace tollweir
