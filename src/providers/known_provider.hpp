#pragma once

#include <span>
#include <string_view>

#include "tollweir/providers/provider.hpp"

namespace tollweir {

/// A provider that configurations may name and whose adapter comes with a later part: its
/// deployments load, every call answers 501.
struct KnownProviderRow {
    std::string_view name;
    std::string_view base;        // default; empty: from the configuration
    std::string_view key_names;   // environment, space between; empty: <NAME>_API_KEY
    std::string_view base_names;  // likewise, <NAME>_API_BASE
};

std::span<const KnownProviderRow> known_provider_rows();

class KnownProvider final : public Provider {
public:
    explicit KnownProvider(const KnownProviderRow& row) : row_(row) {}

    std::string_view name() const override { return row_.name; }
    std::optional<Dialect> dialect(Endpoint) const override { return std::nullopt; }
    Result<UpstreamHead> head(const Deployment&, const UpstreamCall&) const override;
    std::string body_model(const UpstreamCall& call) const override {
        return std::string(call.model);
    }
    Result<AnswerNeeds> adapt(ObjectEdits&, const Deployment&, const UpstreamCall&) const override;
    std::unique_ptr<AnswerTidier> open_answer(const Deployment&, Endpoint,
                                              const AnswerNeeds&) const override {
        return nullptr;
    }
    std::string_view family(const Deployment&, std::string_view model) const override {
        return model;
    }
    std::vector<std::string_view> supported_params(Endpoint, std::string_view) const override {
        return {};
    }
    StreamUsage stream_usage(Endpoint) const override { return {}; }
    GatewayError parse_error(int status, std::string_view body) const override;

private:
    const KnownProviderRow& row_;
};

}  // namespace tollweir
