#pragma once

#include "config/findings.hpp"
#include "config/node.hpp"
#include "config/section.hpp"
#include "tollweir/config/load.hpp"

namespace tollweir {

/// What a load works on, and where findings go.
struct LoadContext {
    const Node& root;       // the merged file, with what variables and flags say in its place
    const Node& variables;  // those that no key of the file stands for
    const Environment& environment;
    const ConfigOverrides& overrides;
    Findings& findings;
};

/// A top-level section, absent ones included.
Section section_of(const LoadContext& context, std::string_view name);

/// Environment variables that no key of the file stands for, as a section.
Section variables_of(const LoadContext& context);

void read_general_settings(const LoadContext& context, Config& config);
void read_litellm_settings(const LoadContext& context, Config& config);
void read_router_settings(const LoadContext& context, Config& config);
void read_tollweir_settings(const LoadContext& context, Config& config);

/// Level and form of the logs: `general_settings.logging`, `litellm_settings`, LITELLM_LOG,
/// JSON_LOGS, then the flags; later ones win.
void read_log_settings(const LoadContext& context, Config& config);

}  // namespace tollweir
