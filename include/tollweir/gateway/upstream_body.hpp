#pragma once

#include <string>
#include <string_view>

#include "tollweir/api/front.hpp"
#include "tollweir/config/config.hpp"
#include "tollweir/core/deployment.hpp"

namespace tollweir {

/// The body of one attempt: the client's, with what this deployment needs changed. Holds what the
/// pieces point into.
class UpstreamBody {
public:
    /// Sets the model, the deployment's defaults and forced fields, asks for usage where the
    /// accounting needs it, and lets the provider adapt the rest. Errors: the provider's.
    Result<void> build(const ChatView& view, const Deployment& deployment, std::string_view model,
                       const Config& config);

    const Pieces& pieces() const { return pieces_; }
    /// The gateway asked for usage in the stream and the client did not.
    bool hides_usage() const { return hides_usage_; }

private:
    Result<const ObjectView*> with_defaults(const ChatView& view, const Deployment& deployment);
    Result<void> ask_for_usage(const ObjectView& object);
    void set(std::string_view name, std::string_view json);

    std::string merged_;
    ObjectView merged_view_;
    std::string options_;
    ObjectView options_view_;
    ObjectEdits edits_;
    ObjectEdits option_edits_;
    Pieces pieces_;
    bool hides_usage_ = false;
};

}  // namespace tollweir
