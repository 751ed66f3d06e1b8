#include <algorithm>
#include <array>

#include "api/usage_cost.hpp"
#include "tollweir/api/front.hpp"
#include "tollweir/core/json_tree.hpp"

namespace tollweir {
namespace {

std::unexpected<GatewayError> no_answer() {
    return fail(ErrorKind::bad_gateway, "The upstream's answer has no choices.",
                ErrorSource::upstream);
}

// What every chunk has of the answer: all of its members but those that differ.
std::string common_members(const JsonNode& answer) {
    constexpr std::array<std::string_view, 3> kOwn{"object", "choices", "usage"};
    std::string out;
    for (const auto& member : answer.children) {
        if (std::ranges::any_of(kOwn, [&](auto name) { return member.key_is(name); })) continue;
        out.append(member.key).append(1, ':');
        write_json(member, out);
        out += ',';
    }
    return out;
}

// A message as one delta: the same, but that calls are numbered.
void write_delta(const JsonNode& message, std::string& out) {
    out += '{';
    bool first = true;
    for (const auto& member : message.children) {
        if (!first) out += ',';
        first = false;
        out.append(member.key).append(1, ':');
        if (!member.key_is("tool_calls") || !member.is(JsonType::array)) {
            write_json(member, out);
            continue;
        }
        out += '[';
        for (std::size_t i = 0; i < member.children.size(); ++i) {
            if (i > 0) out += ',';
            out += "{\"index\":" + std::to_string(i);
            for (const auto& part : member.children[i].children) {
                if (part.key_is("index")) continue;
                out.append(1, ',').append(part.key).append(1, ':');
                write_json(part, out);
            }
            out += '}';
        }
        out += ']';
    }
    out += '}';
}

void append_member(const JsonNode& choice, std::string_view name, std::string& out) {
    const auto* member = choice.find(name);
    if (member == nullptr) return;
    out.append(1, ',').append(member->key).append(1, ':');
    write_json(*member, out);
}

std::string index_of(const JsonNode& choice) {
    const auto* index = choice.find("index");
    std::string out = "{\"index\":";
    out += index != nullptr && index->is(JsonType::number) ? index->text : "0";
    return out;
}

// What the choice says.
std::string content_choice(const JsonNode& choice, const JsonNode* message) {
    std::string out = index_of(choice);
    if (message != nullptr) {
        out += ",\"delta\":";
        write_delta(*message, out);
    } else {
        append_member(choice, "text", out);
    }
    append_member(choice, "logprobs", out);
    out += ",\"finish_reason\":null}";
    return out;
}

// That it is over.
std::string closing_choice(const JsonNode& choice, bool is_chat) {
    std::string out = index_of(choice);
    out += is_chat ? ",\"delta\":{}" : ",\"text\":\"\"";
    append_member(choice, "finish_reason", out);
    out += '}';
    return out;
}

void write_usage(const JsonNode& usage, const UsageCost& cost, std::string& out) {
    std::string json;
    write_json(usage, json);
    json.reserve(json.size() + kJsonPadding);
    const auto read = cost ? read_openai_usage(json) : std::nullopt;
    if (!read || !add_usage_cost(json, *read, cost, out)) out += json;
}

}  // namespace

Result<std::vector<std::string>> answer_as_chunks(std::string_view body, bool with_usage,
                                                  const UsageCost& cost) {
    const auto answer = parse_json_tree(body);
    const auto* choices = answer ? answer->find("choices") : nullptr;
    if (choices == nullptr || !choices->is(JsonType::array) || choices->children.empty()) {
        return no_answer();
    }
    const bool is_chat = choices->children.front().find("message") != nullptr;
    const std::string head =
        "{" + common_members(*answer) +
        (is_chat ? R"("object":"chat.completion.chunk")" : R"("object":"text_completion")");
    std::vector<std::string> chunks;
    const auto add = [&](const std::string& choice) {
        chunks.push_back(head + ",\"choices\":[" + choice + "]}");
    };
    for (const auto& choice : choices->children) {
        const auto* message = choice.find("message");
        add(content_choice(choice, message));
        add(closing_choice(choice, is_chat));
    }
    const auto* usage = answer->find("usage");
    if (with_usage && usage != nullptr && usage->is(JsonType::object)) {
        std::string last = head + R"(,"choices":[],"usage":)";
        write_usage(*usage, cost, last);
        chunks.push_back(last + "}");
    }
    return chunks;
}

}  // namespace tollweir
