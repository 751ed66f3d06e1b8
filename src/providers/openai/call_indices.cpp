#include "providers/openai/call_indices.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <ranges>

namespace tollweir {
namespace {

// No answer has as many calls; what an upstream sends beyond is not numbered.
constexpr std::size_t kMostCalls = 1024;

std::string_view number_text(const JsonNode* node) {
    return node != nullptr && node->is(JsonType::number) ? node->text : std::string_view();
}

// An empty id counts as none.
std::string_view id_text(const JsonNode& call) {
    const auto* id = call.find("id");
    if (id == nullptr || !id->is(JsonType::string) || id->text == "\"\"") return {};
    return id->text;
}

std::optional<unsigned> index_in(std::string_view text) {
    unsigned index = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), index);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) {
        return std::nullopt;
    }
    return index;
}

}  // namespace

bool CallIndices::mend(const JsonNode& choice, JsonNode& delta, AnswerTexts& texts) {
    auto* list = list_of(delta, "tool_calls");
    if (list == nullptr) return false;
    const auto choice_index = number_text(choice.find("index"));
    bool changed = false;
    for (auto& item : list->children) {
        if (!item.is(JsonType::object) || calls_.size() >= kMostCalls) continue;
        auto* index = item.find("index");
        const auto given = number_text(index);
        const auto& call = call_of(choice_index, given, id_text(item));
        if (index_in(given) == call.index) continue;
        const std::string_view text = texts.emplace_back(std::to_string(call.index));
        if (index != nullptr) {
            *index = {JsonType::number, index->key, text, {}};
        } else {
            item.children.push_back({JsonType::number, R"("index")", text, {}});
        }
        changed = true;
    }
    return changed;
}

CallIndices::Call& CallIndices::call_of(std::string_view choice, std::string_view given,
                                        std::string_view id) {
    // The latest that fits: an index that was used twice means the call that came last.
    for (auto& call : calls_ | std::views::reverse) {
        if (call.choice != choice) continue;
        if (!given.empty() && call.given != given) continue;
        const bool is_another = !id.empty() && call.id != id;
        // With an index, a call that began without an id may still get one.
        if (is_another && (given.empty() || !call.id.empty())) continue;
        if (call.id.empty()) call.id = id;
        return call;
    }
    return open(choice, given, id);
}

CallIndices::Call& CallIndices::open(std::string_view choice, std::string_view given,
                                     std::string_view id) {
    unsigned next = 0;
    const auto wanted = index_in(given);
    bool is_free = wanted.has_value();
    for (const auto& call : calls_) {
        if (call.choice != choice) continue;
        next = std::max(next, call.index + 1);
        is_free = is_free && call.index != *wanted;
    }
    return calls_.emplace_back(
        Call{std::string(choice), std::string(given), std::string(id), is_free ? *wanted : next});
}

}  // namespace tollweir
