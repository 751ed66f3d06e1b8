#pragma once

#include "config/findings.hpp"
#include "config/node.hpp"
#include "config/section.hpp"
#include "tollweir/config/load.hpp"

namespace tollweir {

/// What a load works on: the merged file, the environment under it, and where findings go.
struct LoadContext {
    const Node& root;
    const Environment& environment;
    const ConfigOverrides& overrides;
    Findings& findings;
};

/// A top-level section, absent ones included.
Section section_of(const LoadContext& context, std::string_view name);

/// Whether a variable is set to a true word; other words than true and false are a warning.
bool environment_flag(const LoadContext& context, const std::string& name);

void read_general_settings(const LoadContext& context, Config& config);
void read_litellm_settings(const LoadContext& context, Config& config);
void read_router_settings(const LoadContext& context, Config& config);
void read_tollweir_settings(const LoadContext& context, Config& config);

/// Level and form of the logs: `general_settings.logging`, `litellm_settings`, LITELLM_LOG,
/// JSON_LOGS, then the flags; later ones win.
void read_log_settings(const LoadContext& context, Config& config);

/// `drop_params` for every deployment: file, LITELLM_DROP_PARAMS, flag.
bool drops_params_everywhere(const LoadContext& context);

}  // namespace tollweir
