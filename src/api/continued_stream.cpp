#include "api/continued_stream.hpp"

#include <list>

#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/json_tree.hpp"

namespace tollweir {

std::string continued_chunk(std::string_view json, const StreamBefore& before) {
    auto chunk = parse_json_tree(json);
    if (!chunk || !chunk->is(JsonType::object)) return std::string(json);
    const auto replace = [&](std::string_view name, std::string_view value) {
        auto* member = value.empty() ? nullptr : chunk->find(name);
        if (member == nullptr) return;
        member->type = name == "id" ? JsonType::string : JsonType::number;
        member->text = value;
        member->children.clear();
    };
    replace("id", before.id_json);
    replace("created", before.created_json);
    if (auto* choices = chunk->find("choices"); choices != nullptr)
        for (auto& choice : choices->children)
            if (auto* delta = choice.find("delta"); delta != nullptr) delta->remove("role");
    std::string out;
    write_json(*chunk, out);
    return out;
}

std::string summed_usage(std::string_view json, const Usage& before) {
    auto usage = parse_json_tree(json);
    if (!usage || !usage->is(JsonType::object)) return std::string(json);
    std::list<std::string> sums;
    const auto add = [&](std::string_view name, std::uint64_t tokens) {
        auto* member = usage->find(name);
        const auto own = member == nullptr ? std::nullopt : json_integer(member->text);
        if (!own || *own < 0) return;
        member->text = sums.emplace_back(std::to_string(static_cast<std::uint64_t>(*own) + tokens));
    };
    add("prompt_tokens", before.prompt_tokens);
    add("completion_tokens", before.completion_tokens);
    add("total_tokens", before.prompt_tokens + before.completion_tokens);
    std::string out;
    write_json(*usage, out);
    return out;
}

}  // namespace tollweir
