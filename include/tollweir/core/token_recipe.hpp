#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/secret.hpp"

namespace tollweir {

/// One HTTP call that gets a token, ready to be sent but for its framing.
struct TokenCall {
    Origin origin;
    UpstreamHead head;  // `headers` end with what the recipe knows; no Content-Length
    // Fields of a form, in order; sent percent-encoded. None: no body.
    std::vector<std::pair<std::string, Secret>> form;
};

/// Where the assertion comes from that stands for a secret (workload identity, `oidc/...`).
struct AssertionSource {
    enum class Kind : std::uint8_t { none, text, file, call };
    Kind kind = Kind::none;
    Secret text;
    std::string file;           // read anew each time: the platform renews it
    TokenCall call;             // answered by JSON; `answer_member` holds the assertion,
    std::string answer_member;  // empty: the answer is the assertion itself
};

/// How an access token is had for deployments that have no key: an OAuth call answered by JSON with
/// `access_token` and `expires_in`. Made once a configuration, immutable.
struct TokenRecipe {
    std::string key;     // the same key stands for the same token; holds no secret
    std::string issuer;  // for messages: `Microsoft Entra ID`
    TokenCall call;
    AssertionSource assertion;  // goes into the form as `client_assertion`
};

}  // namespace tollweir
