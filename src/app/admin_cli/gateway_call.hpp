#pragma once

#include <string>
#include <string_view>

#include "app/admin_cli/arguments.hpp"
#include "tollweir/core/clock.hpp"

namespace tollweir::admin_cli {

/// What is sent for a command.
struct GatewayCall {
    std::string method;
    std::string target;
    std::string body;  // empty for GET
};

/// `now` says which days are meant where none are named.
GatewayCall plan_call(const Request& request, WallTime now);

/// Asks for the keys of that alias, to learn the hash.
GatewayCall plan_alias_search(std::string_view alias);

/// A key or its hash: what the API takes. Else it is an alias.
bool names_key_itself(std::string_view word);

}  // namespace tollweir::admin_cli
