#include "providers/openai/tools.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "providers/openai/messages.hpp"

namespace tollweir {
namespace {

// JSON Schema keywords whose value is an object of schemas, and those whose value is a schema or a
// list of them. The values of all others (`enum`, `default`, `const`) are data.
constexpr std::array<std::string_view, 5> kSchemaMaps{"properties", "patternProperties", "$defs",
                                                      "definitions", "dependentSchemas"};
constexpr std::array<std::string_view, 14> kSchemaHolders{"items",
                                                          "prefixItems",
                                                          "additionalItems",
                                                          "unevaluatedItems",
                                                          "contains",
                                                          "anyOf",
                                                          "oneOf",
                                                          "allOf",
                                                          "not",
                                                          "if",
                                                          "then",
                                                          "else",
                                                          "propertyNames",
                                                          "unevaluatedProperties"};

// What a row cuts from schemas, and from the tool and the function around them.
struct Cuts {
    std::span<const std::string_view> from_schema;
    bool strict = false;
};
constexpr std::array<std::string_view, 2> kPlain{"strict", "additionalProperties"};
constexpr std::array<std::string_view, 2> kIds{"$id", "$schema"};

Cuts cuts_of(const Adaptation& adaptation) {
    Cuts cuts;
    if (adaptation.has(Quirk::plain_schemas)) cuts.from_schema = kPlain;
    if (adaptation.has(Quirk::no_schema_ids)) cuts.from_schema = kIds;
    cuts.strict = adaptation.row.quirks.has_any({Quirk::plain_schemas, Quirk::no_strict});
    return cuts;
}

bool is_one_of(const JsonNode& member, std::span<const std::string_view> names) {
    return std::ranges::any_of(names, [&member](auto name) { return member.key_is(name); });
}

void clean_schema(JsonNode& schema, std::span<const std::string_view> cut) {
    if (schema.is(JsonType::array)) {
        for (auto& item : schema.children) clean_schema(item, cut);
        return;
    }
    if (!schema.is(JsonType::object)) return;
    for (const auto name : cut) schema.remove(name);
    for (auto& member : schema.children) {
        const bool is_map = member.is(JsonType::object) && is_one_of(member, kSchemaMaps);
        if (is_map) {
            for (auto& property : member.children) clean_schema(property, cut);
        } else if (is_one_of(member, kSchemaHolders) || member.key_is("additionalProperties")) {
            clean_schema(member, cut);
        }
    }
}

void clean_function(JsonNode& function, const Cuts& cuts) {
    if (cuts.strict) function.remove("strict");
    auto* parameters = function.find("parameters");
    if (parameters != nullptr && !cuts.from_schema.empty()) {
        clean_schema(*parameters, cuts.from_schema);
    }
}

constexpr std::string_view kCustomToolParameters =
    R"({"type":"object","properties":{"input":{"type":"string",)"
    R"("description":"Raw tool input payload."}},"required":["input"]})";

// `{type:"custom",custom:{name,description}}` -> a function with one text parameter.
void custom_to_function(JsonNode& tool) {
    auto* type = tool.find("type");
    auto* custom = tool.find("custom");
    if (type == nullptr || custom == nullptr || !type->is_string("custom")) return;
    type->text = R"("function")";
    custom->key = R"("function")";
    custom->remove("format");
    if (auto parameters = parse_json_tree(kCustomToolParameters)) {
        parameters->key = R"("parameters")";
        custom->children.push_back(std::move(*parameters));
    }
}

bool may_need_cleaning(const Adaptation& adaptation, std::string_view text) {
    if (adaptation.has(Quirk::plain_schemas)) {
        return text.contains("strict") || text.contains("additionalProperties") ||
               text.contains("custom");
    }
    if (adaptation.has(Quirk::no_schema_ids) && text.contains('$')) return true;
    return adaptation.has(Quirk::no_strict) && text.contains("strict");
}

Result<void> clean_tools(Adaptation& adaptation) {
    auto& draft = adaptation.draft;
    const auto cuts = cuts_of(adaptation);
    for (const auto param : {Param::tools, Param::functions}) {
        if (!may_need_cleaning(adaptation, draft.value(param))) continue;
        auto list = draft.tree(*draft.member(param));
        if (!list) return std::unexpected(list.error());
        for (auto& tool : (*list)->children) {
            if (adaptation.has(Quirk::plain_schemas)) custom_to_function(tool);
            clean_function(tool, cuts);
            if (auto* function = tool.find("function")) clean_function(*function, cuts);
        }
    }
    return {};
}

bool is_function(const JsonNode& tool) {
    const auto* type = tool.find("type");
    return type != nullptr && type->is_string("function");
}

Result<void> keep_functions(Adaptation& adaptation) {
    auto& draft = adaptation.draft;
    if (!adaptation.may_change(Param::tools)) return {};
    auto list = draft.tree(*draft.member(Param::tools));
    if (!list) return std::unexpected(list.error());
    auto& tools = (*list)->children;
    if (std::ranges::all_of(tools, is_function)) return {};
    if (!adaptation.policy.drops_unsupported) return adaptation.refuse_value(Param::tools);
    std::erase_if(tools, [](const JsonNode& tool) { return !is_function(tool); });
    if (!tools.empty()) return {};
    draft.remove(Param::tools);
    draft.remove(Param::tool_choice);
    return {};
}

Result<void> function_choice(Adaptation& adaptation) {
    auto& draft = adaptation.draft;
    if (!draft.value(Param::tool_choice).contains("custom")) return {};
    auto choice = draft.tree(*draft.member(Param::tool_choice));
    if (!choice) return std::unexpected(choice.error());
    auto* type = (*choice)->find("type");
    auto* custom = (*choice)->find("custom");
    if (type == nullptr || custom == nullptr || !type->is_string("custom")) return {};
    type->text = R"("function")";
    custom->key = R"("function")";
    return {};
}

Result<void> rewrite_choice(Adaptation& adaptation) {
    auto& draft = adaptation.draft;
    if (!adaptation.may_change(Param::tool_choice)) return {};
    const auto choice = draft.value(Param::tool_choice);
    const bool is_required = choice == R"("required")";
    const bool is_object = choice.starts_with('{');
    if ((adaptation.has(Quirk::any_for_choice) && (is_required || is_object)) ||
        (adaptation.has(Quirk::any_for_required) && is_required)) {
        draft.set(Param::tool_choice, R"("any")");
    }
    if (adaptation.has(Quirk::auto_or_none) && choice != R"("auto")" && choice != R"("none")") {
        return adaptation.refuse_value(Param::tool_choice);
    }
    if (adaptation.has(Quirk::asks_for_a_call) && is_required) {
        draft.remove(Param::tool_choice);
        return draft.has(Param::tools) ? ask_for_a_call(adaptation) : Result<void>();
    }
    return {};
}

}  // namespace

Result<void> rewrite_tools(Adaptation& adaptation) {
    const auto& quirks = adaptation.row.quirks;
    if (quirks.has_any({Quirk::plain_schemas, Quirk::no_schema_ids, Quirk::no_strict})) {
        if (auto done = clean_tools(adaptation); !done) return done;
    }
    if (quirks.has(Quirk::functions_only)) {
        if (auto done = keep_functions(adaptation); !done) return done;
    }
    if (quirks.has(Quirk::plain_schemas)) {
        if (auto done = function_choice(adaptation); !done) return done;
    }
    return rewrite_choice(adaptation);
}

}  // namespace tollweir
