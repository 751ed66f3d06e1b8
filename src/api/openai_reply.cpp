#include "api/embedding_forms.hpp"
#include "tollweir/api/front.hpp"

namespace tollweir {

Result<void> ReplyEditor::edit(std::string_view body, const ReplyEdits& wanted, Pieces& out) {
    usage_ = {};
    choices_ = {};
    upstream_model_.clear();
    response_id_.clear();
    if (!object_.scan(body)) {
        return fail(ErrorKind::bad_gateway, "The upstream's answer is not a JSON object.",
                    ErrorSource::upstream);
    }
    edits_.reset(object_);
    if (const JsonMember* const member = object_.find("model")) {
        if (member->type == JsonType::string) {
            upstream_model_ = decode_json_string(member->value).value_or("");
        }
        std::string literal;
        append_json_string(literal, wanted.model);
        edits_.replace(*member, literal);
    }
    if (const JsonMember* const member = object_.find("id");
        member != nullptr && member->type == JsonType::string)
        response_id_ = decode_json_string(member->value).value_or("");
    if (const JsonMember* const member = object_.find("choices")) choices_ = member->value;
    if (const JsonMember* const member = object_.find("usage")) {
        if (const auto usage = read_openai_usage(member->value)) usage_ = *usage;
    }
    const JsonMember* const data =
        wanted.embeddings == EmbeddingForm::as_sent ? nullptr : object_.find("data");
    if (data != nullptr && data->type == JsonType::array) {
        const auto formed = embeddings_in_form(data->value, wanted.embeddings);
        if (!formed) return std::unexpected(formed.error());
        if (*formed) edits_.replace(*data, **formed);
    }
    edits_.splice(out);
    return {};
}

}  // namespace tollweir
