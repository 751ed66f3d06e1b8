#pragma once

#include "providers/openai/dialects.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {

/// Every provider that speaks OpenAI's dialect, told apart by its row.
class OpenAiProvider final : public Provider {
public:
    explicit OpenAiProvider(const OpenAiDialect& row) : row_(row) {}

    std::string_view name() const override { return row_.name; }
    std::optional<Dialect> dialect(Endpoint endpoint) const override;
    Result<UpstreamHead> head(const Deployment& deployment,
                              const UpstreamCall& call) const override;
    std::string body_model(const UpstreamCall& call) const override;
    Result<AnswerNeeds> adapt(ObjectEdits& edits, const Deployment& deployment,
                              const UpstreamCall& call) const override;
    std::unique_ptr<AnswerTidier> open_answer(const Deployment& deployment, Endpoint endpoint,
                                              const AnswerNeeds& needs) const override;
    std::string_view family(const Deployment& deployment, std::string_view model) const override;
    std::vector<std::string_view> supported_params(Endpoint endpoint,
                                                   std::string_view family) const override;
    StreamUsage stream_usage(Endpoint endpoint) const override;
    GatewayError parse_error(int status, std::string_view body) const override;

private:
    const OpenAiDialect& row_;
};

}  // namespace tollweir
