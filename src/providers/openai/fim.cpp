#include "providers/openai/fim.hpp"

namespace tollweir {

Result<void> rewrite_fim_prompt(Adaptation& adaptation) {
    const auto* prompt = adaptation.draft.object().find("prompt");
    if (prompt == nullptr || prompt->type == JsonType::string) return {};
    const auto list = parse_json_tree(prompt->value);
    const bool is_one_text = list && list->is(JsonType::array) && list->children.size() == 1 &&
                             list->children.front().is(JsonType::string);
    if (!is_one_text) {
        GatewayError error(
            ErrorKind::bad_request, ErrorSource::client,
            "provider '" + std::string(adaptation.row.name) + "' takes one text as `prompt`.");
        error.param_json = R"("prompt")";
        return std::unexpected(std::move(error));
    }
    adaptation.draft.set("prompt", list->children.front().text);
    return {};
}

}  // namespace tollweir
