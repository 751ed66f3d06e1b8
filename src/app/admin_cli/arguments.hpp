#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/admin_cli/command.hpp"
#include "tollweir/app/gateway_client.hpp"
#include "tollweir/config/load.hpp"

namespace tollweir::admin_cli {

/// A command as it was given, checked.
struct Request {
    const Command* command = nullptr;
    std::vector<std::string> words;
    std::vector<std::pair<const Option*, std::string>> values;  // as given; each once, `set` often
    GatewayAddress gateway;

    /// Null: not given.
    const std::string* find(std::string_view option) const;
    bool has(std::string_view option) const { return find(option) != nullptr; }
};

/// Why nothing is sent. No message: somebody asked for help.
struct Usage {
    std::string message;
    std::string help;
};

/// `arguments` begin with the group. What is not given comes from the environment: LiteLLM's names
/// for its own client, then the master key's.
std::expected<Request, Usage> parse_arguments(const std::vector<std::string>& arguments,
                                              const Environment& environment);

}  // namespace tollweir::admin_cli
