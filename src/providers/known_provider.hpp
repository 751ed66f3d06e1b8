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
    Result<UpstreamHead> head(const Deployment&, Endpoint, std::string_view) const override;
    Result<void> adapt(ObjectEdits&, const Deployment&, Endpoint, std::string_view) const override;
    std::vector<std::string_view> supported_params(Endpoint, std::string_view) const override {
        return {};
    }
    bool takes_stream_options() const override { return false; }
    GatewayError parse_error(int status, std::string_view body) const override;

private:
    const KnownProviderRow& row_;
};

}  // namespace tollweir
