#include "providers/openai/rewrites.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace tollweir {
namespace {

struct Telling {
    bool developer = false;
    bool video = false;
};

// What the messages may hold that needs a rewrite. It looks at quotes only, which memchr finds
// faster than any word: this runs over every prompt sent to such a provider.
Telling look_through(std::string_view text) {
    Telling found;
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at < end; ++at) {
        at = static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
        if (at == nullptr) break;
        const std::string_view rest(at, static_cast<std::size_t>(end - at));
        found.developer = found.developer || rest.starts_with(R"("developer")");
        found.video =
            found.video || rest.starts_with(R"("data:video/)") || rest.starts_with(R"("video/)");
    }
    return found;
}

void developer_to_system(JsonNode& messages) {
    for (auto& message : messages.children) {
        auto* role = message.find("role");
        if (role != nullptr && role->is_string("developer")) role->text = R"("system")";
    }
}

// `{type:"file",file:{file_data|file_id,format?}}` of a video -> `{type:"video_url",...}`.
void file_to_video(JsonNode& part) {
    auto* type = part.find("type");
    const auto* file = part.find("file");
    if (type == nullptr || file == nullptr || !type->is_string("file")) return;
    const auto* source = file->find("file_data");
    if (source == nullptr || !source->is(JsonType::string)) source = file->find("file_id");
    if (source == nullptr || !source->is(JsonType::string)) return;
    const auto* format = file->find("format");
    const bool is_video = source->text.starts_with(R"("data:video/)") ||
                          (format != nullptr && format->is(JsonType::string) &&
                           format->text.starts_with(R"("video/)"));
    if (!is_video) return;

    JsonNode url = json_string_node(R"("url")", source->text);
    JsonNode video{JsonType::object, R"("video_url")", {}, {}};
    video.children.push_back(std::move(url));
    type->text = R"("video_url")";
    part.remove("file");
    part.children.push_back(std::move(video));
}

void files_to_videos(JsonNode& messages) {
    for (auto& message : messages.children) {
        auto* content = message.find("content");
        if (content == nullptr || !content->is(JsonType::array)) continue;
        for (auto& part : content->children) file_to_video(part);
    }
}

Result<void> rewrite_messages(BodyDraft& draft, const OpenAiDialect& row) {
    if (!draft.has(Param::messages) || (row.keeps_developer_role && !row.has_video_parts))
        return {};
    const auto found = look_through(draft.value(Param::messages));
    const bool has_developer = found.developer && !row.keeps_developer_role;
    const bool has_video = found.video && row.has_video_parts;
    if (!has_developer && !has_video) return {};
    auto messages = draft.tree(*draft.member(Param::messages));
    if (!messages) return std::unexpected(messages.error());
    if (has_developer) developer_to_system(**messages);
    if (has_video) files_to_videos(**messages);
    return {};
}

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

bool is_one_of(const JsonNode& member, std::span<const std::string_view> names) {
    return std::ranges::any_of(names, [&member](auto name) { return member.key_is(name); });
}

void clean_schema(JsonNode& schema) {
    if (schema.is(JsonType::array)) {
        for (auto& item : schema.children) clean_schema(item);
        return;
    }
    if (!schema.is(JsonType::object)) return;
    schema.remove("strict");
    schema.remove("additionalProperties");
    for (auto& member : schema.children) {
        if (is_one_of(member, kSchemaHolders)) {
            clean_schema(member);
        } else if (member.is(JsonType::object) && is_one_of(member, kSchemaMaps)) {
            for (auto& property : member.children) clean_schema(property);
        }
    }
}

void clean_function(JsonNode& function) {
    function.remove("strict");
    if (auto* parameters = function.find("parameters")) clean_schema(*parameters);
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

bool may_need_cleaning(std::string_view text) {
    return text.contains("strict") || text.contains("additionalProperties") ||
           text.contains("custom");
}

Result<void> clean_tools(BodyDraft& draft) {
    for (const auto param : {Param::tools, Param::functions}) {
        if (!may_need_cleaning(draft.value(param))) continue;
        auto list = draft.tree(*draft.member(param));
        if (!list) return std::unexpected(list.error());
        for (auto& tool : (*list)->children) {
            custom_to_function(tool);
            clean_function(tool);
            if (auto* function = tool.find("function")) clean_function(*function);
        }
    }
    return {};
}

Result<void> clean_tool_choice(BodyDraft& draft) {
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

// The steps of spec/providers-openai-family.md, section 4, hosted_vllm.
std::string_view effort_for(double budget_tokens) {
    if (budget_tokens >= 10'000) return R"("high")";
    if (budget_tokens >= 5'000) return R"("medium")";
    if (budget_tokens >= 2'000) return R"("low")";
    return R"("minimal")";
}

Result<void> thinking_to_effort(BodyDraft& draft) {
    if (!draft.has(Param::thinking)) return {};
    const auto thinking = parse_json_tree(draft.value(Param::thinking));
    if (!thinking || !thinking->is(JsonType::object)) {
        return fail(ErrorKind::bad_request, "'thinking' must be an object.");
    }
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

// LM Studio takes only OpenAI's nested form.
Result<void> nest_json_schema(BodyDraft& draft) {
    if (!draft.value(Param::response_format).contains("schema")) return {};
    auto format = draft.tree(*draft.member(Param::response_format));
    if (!format) return std::unexpected(format.error());
    auto* type = (*format)->find("type");
    auto* schema = (*format)->find("schema");
    if (type == nullptr || schema == nullptr || !type->is_string("json_schema")) return {};
    if ((*format)->find("json_schema") != nullptr) return {};
    JsonNode nested{JsonType::object, R"("json_schema")", {}, {}};
    nested.children.push_back(json_string_node(R"("name")", R"("response")"));
    nested.children.push_back(std::move(*schema));
    *schema = std::move(nested);
    return {};
}

}  // namespace

Result<void> rewrite_chat_body(BodyDraft& draft, const OpenAiDialect& row) {
    if (auto done = rewrite_messages(draft, row); !done) return done;
    if (row.cleans_tools) {
        if (auto done = clean_tools(draft); !done) return done;
        if (auto done = clean_tool_choice(draft); !done) return done;
    }
    if (row.maps_thinking) {
        if (auto done = thinking_to_effort(draft); !done) return done;
    }
    if (row.nests_json_schema) return nest_json_schema(draft);
    return {};
}

}  // namespace tollweir
