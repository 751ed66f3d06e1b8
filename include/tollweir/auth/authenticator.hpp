#pragma once

#include <string>
#include <string_view>

#include "tollweir/config/config.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/net/http_request.hpp"

namespace tollweir {

/// The credential a request carries: first present wins (spec/management-api.md, 1.1).
struct Credential {
    std::string_view key() const { return decoded.empty() ? std::string_view(text) : decoded; }

    std::string_view text;  // a view into the head
    std::string decoded;    // of a query parameter
    bool present = false;
    bool malformed = false;  // a header that needs a prefix is there without one
};
Credential find_credential(const Config& config, const net::RequestHead& head);

/// What a head alone tells of its caller.
struct Caller {
    enum class Kind : unsigned char {
        anonymous,  // no master key is set: anybody
        master,
        key,  // well-formed; whether there is such a key must be looked up
    };
    Kind kind = Kind::anonymous;
    Sha256Digest digest{};  // with Kind::key
};

/// Errors: authentication, worded as 1.4 has it: no key, a malformed one, none of ours. No I/O.
Result<Caller> read_caller(const Config& config, const net::RequestHead& head);

/// There is no such key: the refusal of a key that `read_caller` let pass.
GatewayError unknown_key(const Config& config, const net::RequestHead& head);

/// Keys cannot be checked since the gateway runs without a store.
GatewayError no_key_store();

}  // namespace tollweir
