#include <cstdint>
#include <cstdlib>
#include <string>

#include "tollweir/core/splice.hpp"
#include "tollweir/providers/registry.hpp"

using namespace tollweir;

namespace {

Deployment make_deployment(const ProviderEntry& entry) {
    Deployment deployment;
    deployment.provider = entry.provider;
    deployment.model = "o3-mini";
    deployment.drop_params = true;
    deployment.additional_drop_params = {"tools[*].function.strict", "extra[0].a", "seed"};
    return deployment;
}

// What goes upstream must be one valid object in which no key stands twice.
void adapt_with(const ProviderEntry& entry, const ObjectView& view) {
    const auto deployment = make_deployment(entry);
    ObjectEdits edits;
    edits.reset(view);
    if (!entry.provider->adapt(edits, deployment,
                               {Endpoint::chat_completions, deployment.model, {}})) {
        return;
    }
    Pieces pieces;
    edits.splice(pieces);
    std::string out;
    for (const auto piece : pieces) out += piece;
    const auto size = out.size();
    out.append(kJsonPadding, '\0');
    ObjectView edited;
    if (!edited.scan({out.data(), size})) std::abort();
    for (const char* gone : {"tags", "seed", "litellm_metadata", "drop_params"}) {
        if (edited.find(gone) != nullptr) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string body(reinterpret_cast<const char*>(data), size);
    body.append(kJsonPadding, '\0');
    ObjectView view;
    if (!view.scan({body.data(), size})) return 0;
    for (const auto& entry : providers()) {
        if (entry.provider->dialect(Endpoint::chat_completions)) adapt_with(entry, view);
    }
    return 0;
}
