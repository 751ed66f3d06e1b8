#pragma once

#include <string>
#include <string_view>

#include "tollweir/api/front.hpp"
#include "tollweir/config/config.hpp"
#include "tollweir/core/deployment.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {

/// The body of one attempt: the client's, with what this deployment needs changed. Holds what the
/// pieces point into.
class UpstreamBody {
public:
    /// Sets the model, the deployment's defaults and forced fields, asks for usage where the
    /// accounting needs it, and lets the provider adapt the rest. Errors: the provider's.
    Result<void> build(const ChatView& view, const Deployment& deployment, const UpstreamCall& call,
                       const Config& config);

    const Pieces& pieces() const { return pieces_; }
    const AnswerNeeds& needs() const { return needs_; }
    /// The client is to see no usage in its stream: it did not ask.
    bool hides_usage() const { return hides_usage_; }
    /// It asked, and the upstream sends usage beside choices.
    bool sets_usage_apart() const { return sets_usage_apart_; }

private:
    Result<void> settle_usage(const ChatView& view, const Deployment& deployment,
                              const ObjectView& object, const Config& config);
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
    AnswerNeeds needs_;
    bool hides_usage_ = false;
    bool sets_usage_apart_ = false;
};

}  // namespace tollweir
