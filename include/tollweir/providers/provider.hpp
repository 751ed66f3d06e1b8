#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/endpoint.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/splice.hpp"

namespace tollweir {

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

    /// Path and headers for `model` (which may come from a client through a wildcard). Errors:
    /// `bad_request` where the name cannot stand in a path.
    virtual Result<UpstreamHead> head(const Deployment& deployment, Endpoint endpoint,
                                      std::string_view model) const = 0;

    /// Renames, drops and rewrites of this dialect's rows on a body that passes through. `edits`
    /// were reset to the client's body; `model`, defaults and stream options are the caller's.
    /// Errors: `unsupported_params` where a parameter can be neither sent nor dropped.
    virtual Result<void> adapt(ObjectEdits& edits, const Deployment& deployment, Endpoint endpoint,
                               std::string_view model) const = 0;

    /// The names of the OpenAI parameters that may be sent for `endpoint`, always in the same
    /// order; empty where it is not offered. `model` decides where models differ: a deployment's
    /// base model if it has one, else its model.
    virtual std::vector<std::string_view> supported_params(Endpoint endpoint,
                                                           std::string_view model) const = 0;

    /// May `stream_options.include_usage` be set upstream to learn the usage of a stream?
    virtual bool takes_stream_options() const = 0;

    /// The error an answer with `status` >= 400 stands for.
    virtual GatewayError parse_error(int status, std::string_view body) const = 0;
};

}  // namespace tollweir
