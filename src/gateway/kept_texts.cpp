#include "tollweir/gateway/kept_texts.hpp"

#include "tollweir/core/stored_text.hpp"
#include "tollweir/gateway/request_context.hpp"

namespace tollweir {
namespace {

bool is_true(const ObjectView& body, std::string_view name) {
    const auto* member = body.find(name);
    return member != nullptr && member->value == "true";
}

bool names_true(std::optional<std::string_view> header) {
    return header && (net::same_name(*header, "true") || *header == "1");
}

bool is_wanted(const RequestContext& context) {
    const auto& config = context.config();
    if (!config.spend.stores_prompts || !config.spend.writes_logs) return false;
    const auto& head = context.client->head();
    const auto& body = context.view.object;
    if (!config.callbacks.ignores_no_log && is_true(body, "no-log")) return false;
    // The order of spec/data-plane.md, section 2.5.
    if (names_true(head.find("litellm-disable-message-redaction")) ||
        is_true(body, "litellm_disable_message_redaction"))
        return true;
    return !is_true(body, "turn_off_message_logging") &&
           !names_true(head.find("x-litellm-enable-message-redaction")) &&
           !names_true(head.find("litellm-enable-message-redaction")) &&
           !config.callbacks.hides_messages;
}

std::size_t most_characters(const RequestContext& context) {
    return static_cast<std::size_t>(context.config().callbacks.max_prompt_length);
}

}  // namespace

void keep_request(RequestContext& context) {
    if (!is_wanted(context)) return;
    if (!context.kept) context.kept = std::make_unique<KeptTexts>();
    context.kept->request = stored_text(context.view.object.text(), most_characters(context));
}

void keep_answer(RequestContext& context, std::span<const std::string_view> pieces) {
    if (!context.kept) return;
    std::string whole;
    for (const auto piece : pieces) whole += piece;
    context.kept->answer = stored_text(whole, most_characters(context));
}

void keep_stream(RequestContext& context, const AnswerRecorder& said) {
    if (!context.kept) return;
    context.kept->answer = stored_text(said.answer(), most_characters(context));
}

}  // namespace tollweir
