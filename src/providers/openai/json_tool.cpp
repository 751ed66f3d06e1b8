#include "providers/openai/json_tool.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kChoice = R"({"type":"function","function":{"name":"json_tool_call"}})";

void unwrap_message(JsonNode& choice, JsonNode& message, bool& changed) {
    const auto* calls = message.find("tool_calls");
    if (calls == nullptr || !calls->is(JsonType::array) || calls->children.empty()) return;
    const auto* function = calls->children.front().find("function");
    const auto* name = function == nullptr ? nullptr : function->find("name");
    const auto* arguments = function == nullptr ? nullptr : function->find("arguments");
    if (name == nullptr || arguments == nullptr || !name->is_string(kJsonToolName) ||
        !arguments->is(JsonType::string))
        return;
    const auto text = arguments->text;
    message.remove("tool_calls");
    message.remove("content");
    message.children.push_back(json_string_node(R"("content")", text));
    auto* finish = choice.find("finish_reason");
    if (finish != nullptr && finish->is_string("tool_calls")) finish->text = R"("stop")";
    changed = true;
}

}  // namespace

Result<void> schema_to_tool(Adaptation& adaptation) {
    auto& draft = adaptation.draft;
    if (!adaptation.may_change(Param::response_format) || draft.has(Param::tools)) return {};
    if (!draft.value(Param::response_format).contains("json_schema")) return {};
    const auto format = parse_json_tree(draft.value(Param::response_format));
    const auto* outer = format ? format->find("json_schema") : nullptr;
    const auto* schema = outer == nullptr ? nullptr : outer->find("schema");
    if (schema == nullptr || !schema->is(JsonType::object)) return {};

    std::string tools = R"([{"type":"function","function":{"name":"json_tool_call","parameters":)";
    write_json(*schema, tools);
    tools += "}}]";
    draft.remove(Param::response_format);
    draft.remove(Param::tool_choice);
    draft.remove(Param::parallel_tool_calls);
    draft.set("tools", tools);
    draft.set("tool_choice", kChoice);
    adaptation.needs.json_tool = true;
    if (draft.value(Param::stream) == "true") {
        draft.remove(Param::stream);
        draft.remove(Param::stream_options);
        adaptation.needs.whole = true;
    }
    return {};
}

bool unwrap_json_tool(JsonNode& choices) {
    bool changed = false;
    for (auto& choice : choices.children) {
        if (auto* message = choice.find("message")) unwrap_message(choice, *message, changed);
    }
    return changed;
}

}  // namespace tollweir
