#pragma once

#include <memory>

#include "providers/openai/dialects.hpp"
#include "tollweir/core/answer_tidier.hpp"
#include "tollweir/core/deployment.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {

/// What the row's answers on this endpoint need; null: nothing, as of OpenAI itself.
std::unique_ptr<AnswerTidier> open_openai_answer(const OpenAiDialect& row,
                                                 const Deployment& deployment, Endpoint endpoint,
                                                 const AnswerNeeds& needs);

}  // namespace tollweir
