#include "providers/openai/embedding_input.hpp"

namespace tollweir {
namespace {

// `[1,2]` or `[[1,2]]`: the first value that is no list tells.
bool holds_token_ids(std::string_view input) {
    if (!input.starts_with('[')) return false;
    const auto first = input.find_first_not_of("[ \t\r\n");
    return first != std::string_view::npos &&
           (input[first] == '-' || (input[first] >= '0' && input[first] <= '9'));
}

}  // namespace

Result<void> rewrite_embedding(Adaptation& adaptation) {
    auto& draft = adaptation.draft;
    const auto* input = draft.object().find("input");
    if (input != nullptr && !adaptation.has(Quirk::takes_token_arrays) &&
        holds_token_ids(input->value)) {
        GatewayError error(ErrorKind::bad_request, ErrorSource::client,
                           "provider '" + std::string(adaptation.row.name) +
                               "' takes no token ids as `input`: send the text.");
        error.param_json = R"("input")";
        return std::unexpected(std::move(error));
    }
    const auto unsupported =
        draft.present() & kEmbeddingParams & ~adaptation.row.supported_embedding;
    for (const auto param : {Param::encoding_format, Param::user}) {
        // Both SDKs ask for base64 unasked; the gateway turns the answer into what was asked for.
        if ((unsupported & bit(param)) != 0 && !adaptation.policy.allows(param)) {
            draft.remove(param);
        }
    }
    if (adaptation.has(Quirk::floats_only) && draft.has(Param::encoding_format)) {
        draft.set(Param::encoding_format, R"("float")");
    }
    if ((unsupported & bit(Param::dimensions)) != 0 && adaptation.may_change(Param::dimensions)) {
        return adaptation.refuse_value(Param::dimensions);
    }
    return {};
}

}  // namespace tollweir
