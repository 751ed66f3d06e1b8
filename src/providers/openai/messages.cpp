#include "providers/openai/messages.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "providers/openai/words.hpp"

namespace tollweir {
namespace {

// What a model without thoughts to show is given for them: DeepSeek refuses an empty text.
constexpr std::string_view kNoThoughts = R"(" ")";

// Words of models that see images, of Fireworks.
constexpr std::string_view kSeeingModels =
    "vision -vl vl- llama4 llama-v4 kimi-k2p5 kimi-k2p6 glm-4p5v phi-3-vision";

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

// A word without which a rule has nothing to do.
struct TellingWord {
    Quirk quirk;
    std::string_view word;
};
constexpr std::array kTellingWords{
    TellingWord{Quirk::no_names, "\"name\""},
    TellingWord{Quirk::names_on_tools_only, "\"name\""},
    TellingWord{Quirk::no_nulls, "null"},
    TellingWord{Quirk::no_empty_assistants, "\"assistant\""},
    TellingWord{Quirk::bare_tool_calls, "\"tool_calls\""},
    TellingWord{Quirk::reasoning_with_calls, "\"tool_calls\""},
    TellingWord{Quirk::file_ids, "\"file\""},
    TellingWord{Quirk::inline_images, "\"image_url\""},
    TellingWord{Quirk::goes_on_when_told, "\"prefix\""},
    TellingWord{Quirk::takes_no_reasoning, "\"reasoning_content\""},
    TellingWord{Quirk::takes_no_reasoning, "\"thinking_blocks\""},
};

bool needs_rewrite(const Adaptation& adaptation, std::string_view text, bool thinks) {
    const bool changes_role = !adaptation.has(Quirk::keeps_developer_role);
    const bool changes_video = adaptation.has(Quirk::video_parts);
    if (changes_role || changes_video) {
        const auto found = look_through(text);
        if ((changes_role && found.developer) || (changes_video && found.video)) return true;
    }
    if (adaptation.row.quirks.has_any({Quirk::flat_texts, Quirk::flat_tool_texts}) &&
        text.find('[', 1) != std::string_view::npos)
        return true;
    if (thinks && adaptation.has(Quirk::reasoning_when_thinking) && text.contains("\"assistant\""))
        return true;
    return std::ranges::any_of(kTellingWords, [&](const TellingWord& telling) {
        return adaptation.has(telling.quirk) && text.contains(telling.word);
    });
}

bool has_role(const JsonNode& message, std::string_view role) {
    const auto* found = message.find("role");
    return found != nullptr && found->is_string(role);
}

bool has_calls(const JsonNode& message) {
    const auto* calls = message.find("tool_calls");
    return calls != nullptr && calls->is(JsonType::array) && !calls->children.empty();
}

void developer_to_system(JsonNode& message) {
    auto* role = message.find("role");
    if (role != nullptr && role->is_string("developer")) role->text = R"("system")";
}

void drop_nulls(JsonNode& message) {
    std::erase_if(message.children,
                  [](const JsonNode& member) { return member.is(JsonType::null); });
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

// `{type:"file",file:{file_id}}` -> `{type:"file",file_id}`.
void file_to_id(JsonNode& part) {
    auto* file = part.find("file");
    auto* id = file == nullptr ? nullptr : file->find("file_id");
    if (id == nullptr || !id->is(JsonType::string)) return;
    *file = json_string_node(R"("file_id")", id->text);
}

// An address, as `{image_url:"..."}` or `{image_url:{url:"..."}}`, gets a fragment of Fireworks'.
void inline_image(JsonNode& part, BodyDraft& draft) {
    constexpr std::string_view kFragment = "#transform=inline";
    auto* image = part.find("image_url");
    auto* url = image != nullptr && image->is(JsonType::object) ? image->find("url") : image;
    if (url == nullptr || !url->is(JsonType::string) || url->text.contains(kFragment)) return;
    std::string longer(url->text.substr(0, url->text.size() - 1));
    longer.append(kFragment).append(1, '"');
    url->text = draft.keep(std::move(longer));
}

void rewrite_parts(JsonNode& message, Adaptation& adaptation) {
    auto* content = message.find("content");
    if (content == nullptr || !content->is(JsonType::array)) return;
    const bool inlines =
        adaptation.has(Quirk::inline_images) && !holds_word_of(adaptation.model, kSeeingModels);
    for (auto& part : content->children) {
        if (adaptation.has(Quirk::video_parts)) file_to_video(part);
        if (adaptation.has(Quirk::file_ids)) file_to_id(part);
        if (inlines) inline_image(part, adaptation.draft);
    }
}

// The literals of a list of text parts as one; nothing if another part is among them.
std::optional<std::string> joined_texts(const JsonNode& content) {
    std::string joined = "\"";
    for (const auto& part : content.children) {
        const auto* type = part.find("type");
        const auto* text = part.find("text");
        const bool is_text = type != nullptr && type->is_string("text") && text != nullptr &&
                             text->is(JsonType::string);
        if (!is_text) return std::nullopt;
        joined += text->text.substr(1, text->text.size() - 2);
    }
    joined += '"';
    return joined;
}

void flatten_texts(JsonNode& message, BodyDraft& draft) {
    auto* content = message.find("content");
    if (content == nullptr || !content->is(JsonType::array)) return;
    auto text = joined_texts(*content);
    if (text) *content = json_string_node(content->key, draft.keep(std::move(*text)));
}

bool flattens(const Adaptation& adaptation, const JsonNode& message) {
    if (adaptation.has(Quirk::flat_texts)) return true;
    return adaptation.has(Quirk::flat_tool_texts) &&
           (has_role(message, "tool") || has_role(message, "assistant"));
}

void strip_calls(JsonNode& message) {
    auto* calls = message.find("tool_calls");
    if (calls == nullptr || !calls->is(JsonType::array)) return;
    for (auto& call : calls->children) {
        std::erase_if(call.children, [](const JsonNode& member) {
            return !member.key_is("id") && !member.key_is("type") && !member.key_is("function");
        });
    }
}

void drop_name(JsonNode& message, const Adaptation& adaptation) {
    const bool drops = adaptation.has(Quirk::no_names) ||
                       (adaptation.has(Quirk::names_on_tools_only) && !has_role(message, "tool"));
    if (drops) message.remove("name");
}

void rewrite_message(JsonNode& message, Adaptation& adaptation) {
    if (!adaptation.has(Quirk::keeps_developer_role)) developer_to_system(message);
    if (adaptation.has(Quirk::no_nulls)) drop_nulls(message);
    if (adaptation.has(Quirk::takes_no_reasoning)) {
        message.remove("reasoning_content");
        message.remove("thinking_blocks");
    }
    drop_name(message, adaptation);
    rewrite_parts(message, adaptation);
    if (flattens(adaptation, message)) flatten_texts(message, adaptation.draft);
    if (adaptation.has(Quirk::bare_tool_calls)) strip_calls(message);
}

bool is_empty(const JsonNode* content) {
    if (content == nullptr || content->is(JsonType::null)) return true;
    return content->is_string("") || (content->is(JsonType::array) && content->children.empty());
}

bool is_empty_assistant(const JsonNode& message) {
    return has_role(message, "assistant") && is_empty(message.find("content")) &&
           !has_calls(message) && message.find("function_call") == nullptr;
}

void give_thoughts(JsonNode& message) {
    if (auto* own = message.find("reasoning_content")) {
        if (is_empty(own)) *own = json_string_node(own->key, kNoThoughts);
        return;
    }
    message.children.push_back(json_string_node(R"("reasoning_content")", kNoThoughts));
}

void give_thoughts(JsonNode& messages, const Adaptation& adaptation, bool thinks) {
    const bool always = thinks && adaptation.has(Quirk::reasoning_when_thinking);
    const bool with_calls = adaptation.has(Quirk::reasoning_with_calls);
    for (auto& message : messages.children) {
        if (!has_role(message, "assistant")) continue;
        if (always || (with_calls && has_calls(message))) give_thoughts(message);
    }
}

Result<JsonNode*> message_list(Adaptation& adaptation) {
    return adaptation.draft.tree(*adaptation.draft.member(Param::messages));
}

/// The last message is the beginning of the answer: vLLM is told in the body, others in the message
///.
void tell_to_go_on(JsonNode& messages, Adaptation& adaptation) {
    if (messages.children.empty()) return;
    auto& last = messages.children.back();
    const auto* prefix = last.find("prefix");
    if (prefix == nullptr || prefix->text != "true" || !has_role(last, "assistant")) return;
    last.remove("prefix");
    adaptation.draft.set("add_generation_prompt", "false");
    adaptation.draft.set("continue_final_message", "true");
}

}  // namespace

Result<void> rewrite_messages(Adaptation& adaptation, bool thinks) {
    auto& draft = adaptation.draft;
    if (!draft.has(Param::messages)) return {};
    if (!needs_rewrite(adaptation, draft.value(Param::messages), thinks)) return {};
    auto messages = message_list(adaptation);
    if (!messages) return std::unexpected(messages.error());
    for (auto& message : (*messages)->children) rewrite_message(message, adaptation);
    if (adaptation.has(Quirk::no_empty_assistants)) {
        std::erase_if((*messages)->children, is_empty_assistant);
    }
    if (adaptation.has(Quirk::goes_on_when_told)) tell_to_go_on(**messages, adaptation);
    give_thoughts(**messages, adaptation, thinks);
    return {};
}

Result<void> messages_to_prompt(Adaptation& adaptation) {
    auto& draft = adaptation.draft;
    if (!draft.has(Param::messages)) return {};
    auto messages = message_list(adaptation);
    if (!messages) return std::unexpected(messages.error());
    std::string prompt = "\"";
    for (auto& message : (*messages)->children) {
        flatten_texts(message, draft);
        const auto* content = message.find("content");
        if (is_empty(content)) continue;
        if (!content->is(JsonType::string)) {
            return fail(ErrorKind::bad_request, "provider '" + std::string(adaptation.row.name) +
                                                    "' takes messages of text only.");
        }
        if (prompt.size() > 1) prompt += "\\n";
        prompt += content->text.substr(1, content->text.size() - 2);
    }
    prompt += '"';
    draft.remove(Param::messages);
    draft.set("prompt", prompt);
    return {};
}

Result<void> ask_for_a_call(Adaptation& adaptation) {
    constexpr std::string_view kWish =
        R"({"role":"user","content":"Answer with a call of one of the tools."})";
    if (!adaptation.draft.has(Param::messages)) return {};
    auto messages = message_list(adaptation);
    if (!messages) return std::unexpected(messages.error());
    if (auto wish = parse_json_tree(kWish); wish && (*messages)->is(JsonType::array)) {
        (*messages)->children.push_back(std::move(*wish));
    }
    return {};
}

}  // namespace tollweir
