#include "providers/openai/thinking.hpp"

#include <charconv>
#include <optional>

#include "providers/openai/words.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kNoEffort = R"("none")";

// The steps of spec/providers-openai-family.md, section 4, hosted_vllm.
std::string_view effort_for(double budget_tokens) {
    if (budget_tokens >= 10'000) return R"("high")";
    if (budget_tokens >= 5'000) return R"("medium")";
    if (budget_tokens >= 2'000) return R"("low")";
    return R"("minimal")";
}

Result<JsonNode> thinking_of(const BodyDraft& draft) {
    auto thinking = parse_json_tree(draft.value(Param::thinking));
    if (thinking && thinking->is(JsonType::object)) return std::move(*thinking);
    return fail(ErrorKind::bad_request, "'thinking' must be an object.");
}

Result<void> budget_to_effort(Adaptation& adaptation) {
    auto& draft = adaptation.draft;
    if (!draft.has(Param::thinking)) return {};
    const auto thinking = thinking_of(draft);
    if (!thinking) return std::unexpected(thinking.error());
    double budget = 0;
    if (const auto* tokens = thinking->find("budget_tokens")) {
        if (!tokens->is(JsonType::number)) {
            return fail(ErrorKind::bad_request, "'thinking.budget_tokens' must be a number.");
        }
        std::from_chars(tokens->text.data(), tokens->text.data() + tokens->text.size(), budget);
    }
    const auto* type = thinking->find("type");
    const bool enabled = type != nullptr && type->is_string("enabled");
    draft.remove(Param::thinking);
    // An effort that the request names itself is the more exact wish.
    if (enabled && !draft.has(Param::reasoning_effort)) {
        draft.set(Param::reasoning_effort, effort_for(budget));
    }
    return {};
}

// `{type}` alone, since a budget is Anthropic's; the type where it stays.
Result<std::optional<std::string>> reduce_thinking(Adaptation& adaptation) {
    auto& draft = adaptation.draft;
    if (!adaptation.may_change(Param::thinking)) return std::nullopt;
    const auto thinking = thinking_of(draft);
    if (!thinking) return std::unexpected(thinking.error());
    const auto* type = thinking->find("type");
    auto word = type == nullptr ? std::nullopt : type->string();
    if (!word || !is_word_of(*word, adaptation.row.thinking_types)) {
        if (auto done = adaptation.refuse_value(Param::thinking); !done) {
            return std::unexpected(done.error());
        }
        return std::nullopt;
    }
    draft.set(Param::thinking, R"({"type":")" + *word + "\"}");
    return word;
}

}  // namespace

Result<bool> rewrite_thinking(Adaptation& adaptation) {
    auto& draft = adaptation.draft;
    if (adaptation.has(Quirk::budget_to_effort)) {
        if (auto done = budget_to_effort(adaptation); !done) return std::unexpected(done.error());
    }
    if (adaptation.row.thinking_types.empty()) return false;
    const auto type = reduce_thinking(adaptation);
    if (!type) return std::unexpected(type.error());
    if (!adaptation.has(Quirk::effort_to_thinking)) return *type == "enabled";

    const bool may_map = adaptation.may_change(Param::reasoning_effort);
    const bool wants_none = may_map && draft.value(Param::reasoning_effort) == kNoEffort;
    if (wants_none) draft.remove(Param::reasoning_effort);
    if (*type) return **type == "enabled";
    if (may_map) {
        draft.set(Param::thinking, wants_none ? R"({"type":"disabled"})" : R"({"type":"enabled"})");
        return !wants_none;
    }
    return holds_word_of(adaptation.family, "reasoner");
}

}  // namespace tollweir
