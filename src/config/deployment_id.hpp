#pragma once

#include <map>
#include <string>

#include "config/findings.hpp"
#include "config/node.hpp"

namespace tollweir {

/// Gives every deployment of a load an id of its own. Made ids survive a new key: they are SHA-256
/// over group and parameters in a fixed order, without secrets. Equal entries are told apart by
/// their order in the file.
class DeploymentIds {
public:
    explicit DeploymentIds(Findings& findings) : findings_(findings) {}

    std::string make(const std::string& group, const Node& params);
    /// Takes `id` as written; an error where an earlier entry has it.
    void claim(const std::string& id, const Position& at, const std::string& path);

private:
    Findings& findings_;
    std::map<std::string, Position> taken_;
};

}  // namespace tollweir
