#pragma once

#include <string>
#include <string_view>

#include "tollweir/config/config.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/net/http_request.hpp"

namespace tollweir {

/// Who is asking. Virtual keys will add their record here.
struct Identity {
    enum class Role : unsigned char {
        master,     // the master key: everything
        anonymous,  // no master key is set and the data plane is open
    };
    Role role = Role::anonymous;

    bool is_admin() const { return role == Role::master; }
};

/// Finds the key where LiteLLM's clients put it (spec/management-api.md, 1.1) and says whose it is.
/// Errors: authentication, worded as 1.4 has it. No I/O.
Result<Identity> authenticate(const Config& config, const net::RequestHead& head);

/// The credential a request carries: first present wins; empty if none. A header that is there
/// without a prefix we know yields a malformed one.
struct Credential {
    std::string_view key;
    bool present = false;
    bool malformed = false;
};
Credential find_credential(const Config& config, const net::RequestHead& head);

}  // namespace tollweir
