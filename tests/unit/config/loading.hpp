#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tollweir/config/load.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {

inline Environment environment_of(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const std::string& name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

inline std::string all_text(const std::vector<ConfigFinding>& findings) {
    std::string out;
    for (const auto& finding : findings) out += finding.text() + '\n';
    return out;
}

/// Loads a text as `config.yaml`; an error fails the test.
inline LoadedConfig loaded(const std::string& text,
                           std::map<std::string, std::string> variables = {},
                           const ConfigOverrides& overrides = {}) {
    auto result = load_config_text(text, "config.yaml", overrides, environment_of(variables));
    if (result) return std::move(*result);
    ADD_FAILURE() << all_text(result.error());
    return {};
}

/// The errors of a text, a line each; empty if it loads.
inline std::string errors_of(const std::string& text,
                             std::map<std::string, std::string> variables = {}) {
    auto result = load_config_text(text, "config.yaml", {}, environment_of(variables));
    return result ? std::string() : all_text(result.error());
}

inline std::string warnings_of(const std::string& text,
                               std::map<std::string, std::string> variables = {}) {
    return all_text(loaded(text, std::move(variables)).warnings);
}

}  // namespace tollweir
