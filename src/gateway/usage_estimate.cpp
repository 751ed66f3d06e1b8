#include "tollweir/gateway/usage_estimate.hpp"

#include <algorithm>
#include <charconv>

#include "tollweir/core/prompt_count.hpp"

namespace tollweir {
namespace {

// Beyond these a number is a slip of the pen, or meant to overflow us.
constexpr std::uint64_t kMostTokens = 1'000'000'000;
constexpr std::uint64_t kMostAnswers = 10'000;

std::optional<std::uint64_t> read_count(std::string_view json, std::uint64_t most) {
    std::uint64_t count = 0;
    const auto* const end = json.data() + json.size();
    const auto read = std::from_chars(json.data(), end, count);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return std::min(count, most);
}

/// Of the request; of the deployment, what it sets in any case before and its defaults after.
std::string_view value_of(const ChatView& view, const Deployment* deployment,
                          std::string_view name) {
    const auto among = [name](const JsonFields& fields) {
        const auto found = std::ranges::find(fields, name, &JsonFields::value_type::first);
        return found == fields.end() ? std::string_view() : std::string_view(found->second);
    };
    if (deployment != nullptr)
        if (const auto forced = among(deployment->extra_body); !forced.empty()) return forced;
    if (const auto* member = view.object.find(name);
        member != nullptr && member->type != JsonType::null)
        return member->value;
    return deployment == nullptr ? std::string_view() : among(deployment->defaults);
}

}  // namespace

PromptEstimate estimate_prompt_tokens(const ChatView& view, const PromptBound& learnt,
                                      const TokenCounter& counter) {
    const auto size = prompt_size(view.object, view.endpoint);
    return {learnt.likely(size, counter), size};
}

std::optional<std::uint64_t> asked_completion_tokens(const ChatView& view,
                                                     const Deployment* deployment) {
    if (!can_stream(view.endpoint)) return 0;
    const auto value = [&](std::string_view name) { return value_of(view, deployment, name); };
    auto most = read_count(value("max_completion_tokens"), kMostTokens);
    if (!most) most = read_count(value("max_tokens"), kMostTokens);
    if (!most) return std::nullopt;
    auto answers = read_count(value("n"), kMostAnswers).value_or(1);
    if (view.endpoint == Endpoint::completions)
        answers = std::max(answers, read_count(value("best_of"), kMostAnswers).value_or(1));
    return *most * std::max<std::uint64_t>(answers, 1);
}

Usage estimated_usage(const PromptSize& prompt, std::optional<std::uint64_t> counted,
                      const PromptBound& learnt, const TokenCounter& counter,
                      const TextTally& answer) {
    return estimated_usage(counted.value_or(learnt.typical(prompt, counter)),
                           answer.tokens(counter));
}

Usage counted_usage(const ChatView& view, const TokenCounter& counter, std::string_view choices) {
    return estimated_usage(count_prompt_tokens(view.object, view.endpoint, counter),
                           choices.empty() ? 0 : count_choices_tokens(choices, counter));
}

}  // namespace tollweir
