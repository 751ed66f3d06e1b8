#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/answer_tidier.hpp"
#include "tollweir/core/deployment.hpp"
#include "tollweir/core/endpoint.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/splice.hpp"

namespace tollweir {

/// One call, as far as it decides what goes upstream beside the deployment and the body.
struct UpstreamCall {
    Endpoint endpoint = Endpoint::chat_completions;
    std::string_view model;        // the upstream's; may come from a client through a wildcard
    std::string_view api_version;  // `?api-version=` of the client's; empty: the deployment's
};

/// What the answer to an adapted request needs before it is the client's.
struct AnswerNeeds {
    bool json_tool = false;  // it stands in the arguments of a tool that the gateway made up
    bool whole = false;      // `stream` was taken out: a stream must be made of the whole answer
};

/// How an upstream reports the usage of a stream.
struct StreamUsage {
    bool on_request = false;      // where `stream_options.include_usage` asks for it; else unasked
    bool beside_choices = false;  // on chunks that have choices
};

/// An API dialect we call upstream. No state, no I/O; one object a provider for the whole process.
/// A provider that speaks OpenAI's dialect is a row in `providers/openai/dialects.cpp`.
class Provider {
public:
    virtual ~Provider() = default;

    /// LiteLLM's prefix: `openai`, `hosted_vllm`.
    virtual std::string_view name() const = 0;

    /// The wire format spoken for `endpoint`. Equal to the client's own: the body passes through.
    /// Nothing: the endpoint is not offered (or not built yet, see `docs/status.md`): 501.
    virtual std::optional<Dialect> dialect(Endpoint endpoint) const = 0;

    /// Path and headers. No credential where the deployment's must be fetched
    /// (`Deployment::token_recipe`). Errors: `bad_request` where a name cannot stand in a path.
    virtual Result<UpstreamHead> head(const Deployment& deployment,
                                      const UpstreamCall& call) const = 0;

    /// What the body's `model` is for this call: mostly the call's own.
    virtual std::string body_model(const UpstreamCall& call) const = 0;

    /// Renames, drops and rewrites of this dialect's rows on a body that passes through. `edits`
    /// were reset to the client's body; `model`, defaults and stream options are the caller's.
    /// Errors: `unsupported_params` where a parameter can be neither sent nor dropped.
    virtual Result<AnswerNeeds> adapt(ObjectEdits& edits, const Deployment& deployment,
                                      const UpstreamCall& call) const = 0;

    /// What must be put right in the answer; null where nothing is, as for OpenAI itself.
    virtual std::unique_ptr<AnswerTidier> open_answer(const Deployment& deployment,
                                                      Endpoint endpoint,
                                                      const AnswerNeeds& needs) const = 0;

    /// The name that decides where models differ: a base model, a part of the model's name, or
    /// `model` itself.
    virtual std::string_view family(const Deployment& deployment, std::string_view model) const = 0;

    /// The names of the OpenAI parameters that may be sent for `endpoint`, always in the same
    /// order; empty where it is not offered. `family`: as the function of that name tells it.
    virtual std::vector<std::string_view> supported_params(Endpoint endpoint,
                                                           std::string_view family) const = 0;

    virtual StreamUsage stream_usage(Endpoint endpoint) const = 0;

    /// The error an answer with `status` >= 400 stands for.
    virtual GatewayError parse_error(int status, std::string_view body) const = 0;
};

}  // namespace tollweir
