#pragma once

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>

#include "tollweir/core/splice.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir::test {

/// JSON text with the padding that the scanner asks for.
class Padded {
public:
    explicit Padded(std::string_view text) : bytes_(text), size_(text.size()) {
        bytes_.append(kJsonPadding, '\0');
    }
    std::string_view view() const { return {bytes_.data(), size_}; }

private:
    std::string bytes_;
    std::size_t size_;
};

inline Deployment deployment_of(std::string_view provider, std::string_view model = "m") {
    Deployment deployment;
    deployment.id = "id-1";
    deployment.group = "group";
    deployment.model = model;
    deployment.model_string = std::string(provider) + "/" + std::string(model);
    deployment.provider = find_provider(provider)->provider;
    deployment.origin = {true, "api.openai.com", 443};
    deployment.base_path = "/v1";
    return deployment;
}

/// The body that goes upstream, but for what the caller of `adapt` does.
inline Result<std::string> adapt(const Deployment& deployment, std::string_view body,
                                 Endpoint endpoint = Endpoint::chat_completions,
                                 std::string_view api_version = {}) {
    const Padded padded(body);
    ObjectView view;
    if (auto scanned = view.scan(padded.view()); !scanned) return std::unexpected(scanned.error());
    ObjectEdits edits;
    edits.reset(view);
    const auto adapted =
        deployment.provider->adapt(edits, deployment, {endpoint, deployment.model, api_version});
    if (!adapted) return std::unexpected(adapted.error());
    Pieces pieces;
    edits.splice(pieces);
    std::string out;
    for (const auto piece : pieces) out += piece;
    return out;
}

inline nlohmann::json golden(const std::string& name) {
    std::ifstream file(std::string(TOLLWEIR_SOURCE_DIR) + "/tests/golden/" + name + ".json");
    return nlohmann::json::parse(file);
}

}  // namespace tollweir::test
