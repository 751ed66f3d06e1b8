#include "providers/openai/supported_set.hpp"

#include "providers/openai/openai_models.hpp"
#include "providers/openai/param_lists.hpp"

namespace tollweir {

ParamSet supported_set(const OpenAiDialect& row, Endpoint endpoint, std::string_view model) {
    switch (endpoint) {
        case Endpoint::chat_completions: {
            const auto refused =
                row.knows_openai_models ? openai_model_rules(model).refused : ParamSet{0};
            return row.supported & ~refused;
        }
        case Endpoint::completions:
            return kTextParams;
        case Endpoint::embeddings:
            return kEmbeddingParams;
        case Endpoint::moderations:
            return 0;
    }
    return 0;
}

}  // namespace tollweir
