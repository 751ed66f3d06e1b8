#include "providers/openai/quirks.hpp"

namespace tollweir {

std::string_view text_of(Quirk quirk) {
    switch (quirk) {
        case Quirk::keeps_developer_role:
            return "the role `developer` stays (else it becomes `system`)";
        case Quirk::flat_texts:
            return "lists of text parts become strings";
        case Quirk::flat_tool_texts:
            return "lists of text parts become strings in tool and assistant messages";
        case Quirk::no_names:
            return "`name` is taken out of messages";
        case Quirk::names_on_tools_only:
            return "`name` stays on tool messages only";
        case Quirk::no_nulls:
            return "null members are taken out of messages";
        case Quirk::no_empty_assistants:
            return "assistant messages without content or calls are left out";
        case Quirk::bare_tool_calls:
            return "tool calls in messages keep `id`, `type` and `function` only";
        case Quirk::file_ids:
            return "a file part names its `file_id` itself";
        case Quirk::video_parts:
            return "a video's file part becomes a `video_url` part";
        case Quirk::inline_images:
            return "image addresses get `#transform=inline` unless the model sees images";
        case Quirk::takes_no_reasoning:
            return "`reasoning_content` is taken out of messages";
        case Quirk::reasoning_with_calls:
            return "assistant messages with tool calls get a `reasoning_content` if they have none";
        case Quirk::reasoning_when_thinking:
            return "assistant messages get a `reasoning_content` if they have none, while the "
                   "model thinks";
        case Quirk::goes_on_when_told:
            return "`prefix` on a last assistant message becomes `continue_final_message`";
        case Quirk::chat_as_text:
            return "chat is served by the completions endpoint: messages joined to a prompt";
        case Quirk::plain_schemas:
            return "`strict` and `additionalProperties` are cut from tools, custom tools become "
                   "functions";
        case Quirk::no_schema_ids:
            return "`$id` and `$schema` are cut from tools";
        case Quirk::no_strict:
            return "`strict` is cut from tools";
        case Quirk::functions_only:
            return "only tools that are functions";
        case Quirk::any_for_choice:
            return "`tool_choice` `required` and named functions become `any`";
        case Quirk::any_for_required:
            return "`tool_choice` `required` becomes `any`";
        case Quirk::auto_or_none:
            return "`tool_choice` is `auto` or `none`";
        case Quirk::asks_for_a_call:
            return "`tool_choice` `required` becomes a message that asks for a call";
        case Quirk::max_tokens_only:
            return "`max_completion_tokens` is sent as `max_tokens`";
        case Quirk::json_object_only:
            return "`response_format` is `text` or `json_object`";
        case Quirk::schema_in_json_object:
            return "a `json_schema` format becomes `json_object` with `schema`";
        case Quirk::no_text_format:
            return "a `text` format is left out";
        case Quirk::nests_json_schema:
            return "a flat `json_schema` format is nested as OpenAI's";
        case Quirk::json_by_tool:
            return "a `json_schema` format is had through a forced tool; such a stream is made of "
                   "a whole answer";
        case Quirk::budget_to_effort:
            return "a `thinking` budget becomes a `reasoning_effort`";
        case Quirk::effort_to_thinking:
            return "`reasoning_effort` switches `thinking` on, `none` off";
        case Quirk::usage_include:
            return "`usage: {include: true}` is added";
        case Quirk::stores_metadata:
            return "`metadata` goes on with `store: true`";
        case Quirk::knows_openai_models:
            return "the rules of OpenAI's reasoning models apply";
        case Quirk::fim:
            return "completions are fill-in-the-middle calls (`/fim/completions`)";
        case Quirk::floats_only:
            return "embeddings are asked for as numbers";
        case Quirk::takes_token_arrays:
            return "embeddings of token ids";
        case Quirk::copies_reasoning:
            return "`reasoning` is copied to `reasoning_content`";
        case Quirk::reasoning_details:
            return "`reasoning_details` become `reasoning_content`";
        case Quirk::content_blocks:
            return "content lists become text and `reasoning_content`";
        case Quirk::no_content_beside_calls:
            return "an empty content beside tool calls becomes null";
        case Quirk::groq_extension:
            return "usage is found in `x_groq`; the tier `on_demand` becomes `auto`";
        case Quirk::cache_hit_tokens:
            return "`prompt_cache_hit_tokens` count as cached tokens";
        case Quirk::finish_by_calls:
            return "an empty `finish_reason` beside tool calls becomes `tool_calls`";
        case Quirk::reasoning_beside_completion:
            return "reasoning tokens counted beside completion tokens are added to them";
        case Quirk::no_message_in_chunks:
            return "the `message` that each chunk repeats is taken out";
        case Quirk::filter_chunks:
            return "chunks that carry filter results alone are left out";
        case Quirk::mends_calls:
            return "tool calls get a missing `type`, and in chunks a new `index` where it is "
                   "missing or used twice";
        case Quirk::usage_beside_choices:
            return "usage comes beside choices; clients get it in a chunk of its own";
        case Quirk::count:
            break;
    }
    return "";
}

}  // namespace tollweir
