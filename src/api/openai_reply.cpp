#include "api/embedding_base64.hpp"
#include "tollweir/api/front.hpp"

namespace tollweir {

Result<void> ReplyEditor::edit(std::string_view body, std::string_view model, bool want_base64,
                               Pieces& out) {
    usage_ = {};
    upstream_model_.clear();
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
        append_json_string(literal, model);
        edits_.replace(*member, literal);
    }
    if (const JsonMember* const member = object_.find("usage")) {
        if (const auto usage = read_openai_usage(member->value)) usage_ = *usage;
    }
    const JsonMember* const data = want_base64 ? object_.find("data") : nullptr;
    if (data != nullptr && data->type == JsonType::array) {
        const auto packed = with_base64_embeddings(data->value);
        if (!packed) return std::unexpected(packed.error());
        edits_.replace(*data, *packed);
    }
    edits_.splice(out);
    return {};
}

}  // namespace tollweir
